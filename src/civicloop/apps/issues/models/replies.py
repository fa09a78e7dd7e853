"""What a reply answers, what it promises, and the words sent to many."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Appeal


class ReplyVerdict(models.TextChoices):
    """What a reply comes to, in order of how much it needs another look."""

    EMPTY = "empty", _("tells nothing")
    BESIDE = "beside", _("no answer found")
    UNCLEAR = "unclear", _("answered in other words, or not")
    PARTIAL = "partial", _("some requests not found")
    ANSWERS = "answers", _("goes into what was asked")


class ReplyTemplate(HoldsWords):
    """Words that were sent, nearly unchanged, about several different matters."""

    PROTECTED: ClassVar = {
        "words": Protected.REPLY,
    }

    words = models.TextField(_("words"))
    reply_count = models.PositiveIntegerField(_("replies"))
    matter_count = models.PositiveIntegerField(_("matters"))

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["-reply_count", "id"]

    def __str__(self) -> str:
        return self.words[:60]


MOSTLY_TEMPLATE = 0.6  # share of a reply from which on its words count as sent to many


class ReplyCheck(HoldsWords):
    """What the engine reads in the reply to one appeal; a person judges."""

    PROTECTED: ClassVar = {
        "parts": Protected.REPLY,
    }

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="reply_check"
    )
    fingerprint = models.CharField(max_length=32)  # of the texts and the engine: read anew?
    replied_at = models.DateTimeField(_("replied at"))
    probability = models.FloatField(_("probability of being substantive"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=ReplyVerdict)
    request_count = models.PositiveSmallIntegerField(_("requests"))
    open_count = models.PositiveSmallIntegerField(_("requests left unanswered"))
    first_due_day = models.DateField(_("first day by which something is promised"), null=True)
    parts = models.JSONField(_("parts"))  # see apps/issues/reply_parts.py
    template = models.ForeignKey(
        ReplyTemplate, on_delete=models.SET_NULL, null=True, related_name="checks"
    )
    template_share = models.FloatField(_("share of the reply that is template"), default=0)

    class Meta:
        verbose_name = _("check of a reply")
        verbose_name_plural = _("checks of replies")
        indexes = [
            models.Index(fields=["replied_at", "appeal"], name="issues_replycheck_replied"),
            models.Index(
                fields=["verdict", "replied_at", "appeal"], name="issues_replycheck_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.verdict}"

    @property
    def is_template(self) -> bool:
        """Whether most of the reply stands in other replies about other matters."""
        return self.template_id is not None and self.template_share >= MOSTLY_TEMPLATE


class ReplyPromise(HoldsWords):
    """Something a reply promises; whether it is overdue depends on the day one looks."""

    PROTECTED: ClassVar = {
        "words": Protected.REPLY,
    }

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="reply_promises")
    start = models.PositiveIntegerField(_("first character in the reply"))
    words = models.TextField(_("words"))
    is_news = models.BooleanField(_("news, not an act, is promised"))
    due_day = models.DateField(_("by"), null=True)
    due_words = models.CharField(_("by, in the reply's words"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("promise in a reply")
        verbose_name_plural = _("promises in replies")
        ordering = ["appeal", "start"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "start"], name="issues_replypromise_once")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.words[:40]}"
