"""What is read in an appeal: kind, urgency, problems, places, times, respondents."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Appeal, Kind


class KindModelVersion(models.Model):
    """What was learned of kinds from the city's own rows; the newest is in use."""

    trained_at = models.DateTimeField(_("trained at"))
    row_count = models.PositiveIntegerField(_("rows learned from"))
    payload = models.BinaryField()

    class Meta:
        verbose_name = _("model of kinds")
        verbose_name_plural = _("models of kinds")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} ({self.row_count})"


class AppealReading(HoldsWords):
    """What the engine read in one appeal; the spans point into its text as it was received."""

    PROTECTED: ClassVar = {
        "danger_words": Protected.WORDS,
    }

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="reading"
    )
    engine_version = models.PositiveSmallIntegerField(_("version of the engine"))
    content_hash = models.CharField(max_length=32)  # of the appeal when it was read
    kind = models.CharField(_("suggested kind"), max_length=10, choices=Kind)
    kind_probability = models.FloatField(_("probability of the kind"))
    urgency = models.PositiveSmallIntegerField(_("urgency"))  # 0 to 3
    danger_words = models.JSONField(_("words of danger"), default=list)
    request_count = models.PositiveSmallIntegerField(_("problems"))
    spans = models.JSONField(_("spans"))  # by type, see apps/issues/actions/readings.py

    class Meta:
        verbose_name = _("reading of an appeal")
        verbose_name_plural = _("readings of appeals")
        indexes = [
            models.Index(
                fields=["-appeal"], name="issues_reading_urgent", condition=models.Q(urgency=3)
            )
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.urgency}"
