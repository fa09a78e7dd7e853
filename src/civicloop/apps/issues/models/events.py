"""Events: the appeals about one concrete matter, why they are together, and what was looked at."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.places.models import Area


class Event(HoldsWords):
    """One concrete matter (事件) that two or more appeals are about."""

    PROTECTED: ClassVar = {
        "title": Protected.WORDS,
        "terms": Protected.WORDS,
        "place": Protected.WORDS,
    }

    title = models.CharField(_("title"), max_length=200)
    terms = models.JSONField(_("telling words"), default=list)
    appeal_count = models.PositiveIntegerField(_("appeals"))
    people_count = models.PositiveIntegerField(_("people"))
    first_at = models.DateTimeField(_("first appeal at"))
    last_at = models.DateTimeField(_("last appeal at"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["last_at", "id"], name="issues_event_last")]

    def __str__(self) -> str:
        return self.title


class EventRun(models.Model):
    """One pass of the same-event engine; appeals with a higher id have not been looked at yet."""

    run_at = models.DateTimeField(_("run at"))
    last_appeal_id = models.BigIntegerField(_("last appeal looked at"))
    appeal_count = models.PositiveIntegerField(_("appeals"))
    event_count = models.PositiveIntegerField(_("events"))
    is_incremental = models.BooleanField(_("new appeals only"))

    class Meta:
        verbose_name = _("run of the same-event engine")
        verbose_name_plural = _("runs of the same-event engine")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.run_at} {self.event_count}"


class MembershipBasis(models.TextChoices):
    ENGINE = "engine", _("found by the text engine")
    PERSON = "person", _("decided by a person")


class EventMember(models.Model):
    """An appeal's place in an event; an appeal belongs to one event at most."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="event_member"
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="members")
    basis = models.CharField(max_length=10, choices=MembershipBasis, default=MembershipBasis.ENGINE)

    class Meta:
        verbose_name = _("event member")
        verbose_name_plural = _("event members")

    def __str__(self) -> str:
        return f"{self.appeal_id} in {self.event_id}"


class SimilarAppeal(HoldsWords):
    """Two appeals the engine compared closely, and why it thinks them one matter or not."""

    PROTECTED: ClassVar = {
        "reasons": Protected.WORDS,
    }

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="similar_appeals")
    other = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField(_("score"))
    is_same_event = models.BooleanField(_("one matter"))
    reasons = models.JSONField(_("reasons"))  # list of [code, detail, weight]
    meaning = models.FloatField(_("likeness of meaning"), null=True)  # -1 to 1; none: not asked

    class Meta:
        verbose_name = _("similar appeal")
        verbose_name_plural = _("similar appeals")
        ordering = ["-score"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "other"], name="issues_similarappeal_once")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} ~ {self.other_id}"


class MeaningComparison(models.Model):
    """The city's own model was asked how alike appeals are, or could not be asked."""

    compared_at = models.DateTimeField(_("compared at"))
    model_name = models.CharField(_("model"), max_length=200)
    pair_count = models.PositiveIntegerField(_("pairs compared"))
    failure = models.CharField(_("why it could not be asked"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("comparison of meanings")
        verbose_name_plural = _("comparisons of meanings")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.compared_at} {self.model_name}"
