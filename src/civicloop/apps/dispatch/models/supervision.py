"""Supervision sheets (督办单): one matter one sheet, with a light that word, shape and colour tell."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.dispatch.models.orders import WorkOrder
from civicloop.apps.intake.models import HoldsNotes
from civicloop.apps.places.models import Unit


class SheetState(models.TextChoices):
    OPEN = "open", _("waiting for the unit")
    REPLIED = "replied", _("unit has replied")
    ENDED = "ended", _("ended")
    WITHDRAWN = "withdrawn", _("withdrawn")


class SheetCause(models.TextChoices):
    OVERDUE = "overdue", _("overdue")
    UNANSWERED = "unanswered", _("the lower sheet was not answered in time")
    NOT_CONTENT_TWICE = "not_content_twice", _("the citizen was not content twice")
    BY_HAND = "by_hand", _("issued by the supervision office")
    LEADER = "leader", _("a leader's instruction")


class SupervisionSheet(HoldsNotes):
    """The supervision office asks a unit to account for one order."""

    PROTECTED: ClassVar = {
        "reason": Protected.WORDS,
        "leader": Protected.WORDS,
        "reply": Protected.WORDS,
        "end_note": Protected.WORDS,
    }

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="sheets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"))  # 1 blue … 4 joint meeting
    cause = models.CharField(_("cause"), max_length=30, choices=SheetCause)
    reason = models.TextField(_("reason"))
    leader = models.CharField(_("leader"), max_length=40, blank=True)  # who instructed
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: by rule
    issued_at = models.DateTimeField(_("issued at"))
    due_at = models.DateTimeField(_("reply due at"), null=True, blank=True)
    reply = models.TextField(_("reply"), blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SheetState, default=SheetState.OPEN)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_note = models.TextField(_("how it ended"), blank=True)

    class Meta:
        verbose_name = _("supervision sheet")
        verbose_name_plural = _("supervision sheets")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="dispatch_sheet_open"),
            models.Index(
                fields=["replied_at", "id"],
                name="dispatch_sheet_replied",
                condition=Q(state="replied"),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="dispatch_sheet_leader",
                condition=Q(cause="leader", state__in=["open", "replied"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="dispatch_sheet_level", condition=Q(level__gte=1, level__lte=4)
            ),
            models.UniqueConstraint(
                fields=["order", "unit"],
                condition=Q(state__in=["open", "replied"]),
                name="dispatch_sheet_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} L{self.level}"

    @property
    def is_instruction_open(self) -> bool:
        """Whether it is a leader's instruction that is not ended."""
        return self.cause == SheetCause.LEADER and self.state in {
            SheetState.OPEN,
            SheetState.REPLIED,
        }


class FeedbackStage(models.TextChoices):
    DEPLOYED = "deployed", _("studied and assigned")
    UNDER_WAY = "under_way", _("how far it is")
    DONE = "done", _("accounted for")


class SheetFeedback(HoldsNotes):
    """What a unit tells of a leader's instruction, stage by stage; written once."""

    APPEAL: ClassVar = ("sheet__order__appeal",)
    PROTECTED: ClassVar = {"text": Protected.WORDS}

    sheet = models.ForeignKey(SupervisionSheet, on_delete=models.CASCADE, related_name="feedback")
    stage = models.CharField(_("stage"), max_length=10, choices=FeedbackStage)
    text = models.TextField(_("feedback"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("feedback on an instruction")
        verbose_name_plural = _("feedback on instructions")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.stage}"
