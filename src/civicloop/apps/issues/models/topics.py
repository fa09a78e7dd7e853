"""What the topic models learned, and what they suggest."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Appeal, Topic


class TopicModelVersion(models.Model):
    """A trained topic classifier, kept as data (npz and JSON, never a pickle)."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    trained_at = models.DateTimeField(_("trained at"))
    trained_on = models.CharField(_("trained on"), max_length=255)
    is_active = models.BooleanField(_("in use"), default=False)
    summary = models.JSONField(_("summary"))  # rows, accuracy, macro-F1, threshold, coverage
    payload = models.BinaryField()
    hidden_check = models.JSONField(_("check on hidden rows"), default=dict)  # classes, bins, curve
    comparison = models.JSONField(_("comparison with the version before"), null=True)
    learned = models.JSONField(_("learned last"), default=list)  # list of [label, word, gain]
    conflicts = models.JSONField(_("label conflicts"), default=list)  # kind, key, label, other …
    seen = models.BinaryField(_("rows learned from"), default=bytes)  # sorted 8-byte digests
    has_learned_from_appeals = models.BooleanField(_("learned from appeals"), default=False)

    class Meta:
        verbose_name = _("topic model")
        verbose_name_plural = _("topic models")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"v{self.version}"


class TopicSuggestion(HoldsWords):
    """What the classifier thinks of one appeal, and which words led there."""

    PROTECTED: ClassVar = {
        "words": Protected.WORDS,
        "further": Protected.WORDS,
    }

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="topic_suggestion"
    )
    model = models.ForeignKey(TopicModelVersion, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("label"), max_length=190)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    probability = models.FloatField(_("probability"))
    second_label = models.CharField(_("second choice"), max_length=190, blank=True)
    second_probability = models.FloatField(_("probability of the second choice"), default=0)
    is_abstained = models.BooleanField(_("left to a person"))
    words = models.JSONField(_("words that led there"))  # list of [word, weight]
    answer = models.CharField(_("topic answered"), max_length=190, blank=True)  # maybe a parent
    known_ratio = models.FloatField(_("share of known words"), default=1)
    further = models.JSONField(_("further topics"), default=list)  # label, probability, sentence

    class Meta:
        verbose_name = _("topic suggestion")
        verbose_name_plural = _("topic suggestions")

    def __str__(self) -> str:
        return f"{self.label} {self.probability:.2f}"
