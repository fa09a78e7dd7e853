"""Joint meetings (联席会议): units that no single one of them can settle a matter without."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import HoldsNotes
from civicloop.apps.places.models import Area, Unit


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("took place")
    CANCELLED = "cancelled", _("cancelled")


class JointMeeting(HoldsWords):
    """One meeting of a city, county, township or village."""

    PROTECTED: ClassVar = {
        "minutes": Protected.CASE,
    }

    title = models.CharField(_("title"), max_length=200)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    convener = models.CharField(_("convener"), max_length=60)
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MeetingState, default=MeetingState.PLANNED
    )
    minutes = models.TextField(_("minutes"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("joint meeting")
        verbose_name_plural = _("joint meetings")
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_meeting_held_has_minutes",
                condition=~Q(state=MeetingState.HELD) | ~Q(minutes=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingMember(models.Model):
    """A unit that is asked to a meeting."""

    meeting = models.ForeignKey(
        JointMeeting, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    was_there = models.BooleanField(_("was there"), null=True)

    class Meta:
        verbose_name = _("member of a meeting")
        verbose_name_plural = _("members of a meeting")
        ordering = ["unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "unit"], name="cases_member_once"),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class MeetingCase(HoldsNotes):
    """A matter on the agenda: a work order, or a question that stands for many."""

    APPEAL: ClassVar = ("order__appeal", "petition__order__appeal")
    PROTECTED: ClassVar = {
        "question": Protected.CASE,
    }

    meeting = models.ForeignKey(JointMeeting, on_delete=models.PROTECT, related_name="cases")
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, null=True, related_name="+")
    petition = models.ForeignKey(
        "cases.PetitionCase", on_delete=models.PROTECT, null=True, related_name="+"
    )
    question = models.TextField(_("question"))

    class Meta:
        verbose_name = _("matter of a meeting")
        verbose_name_plural = _("matters of a meeting")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "order"],
                condition=Q(order__isnull=False),
                name="cases_meetingcase_order_once",
            ),
        ]

    def __str__(self) -> str:
        return self.question[:40]


class DecisionState(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


class MeetingDecision(HoldsNotes):
    """What a meeting decided, who owns it and by when."""

    APPEAL: ClassVar = ("case__order__appeal", "case__petition__order__appeal")
    PROTECTED: ClassVar = {
        "text": Protected.CASE,
        "outcome": Protected.CASE,
    }

    meeting = models.ForeignKey(JointMeeting, on_delete=models.PROTECT, related_name="decisions")
    case = models.ForeignKey(
        MeetingCase, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    text = models.TextField(_("decision"))
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_day = models.DateField(_("due"))
    state = models.CharField(
        _("state"), max_length=10, choices=DecisionState, default=DecisionState.OPEN
    )
    outcome = models.TextField(_("outcome"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision of a meeting")
        verbose_name_plural = _("decisions of a meeting")
        ordering = ["due_day", "id"]
        indexes = [
            models.Index(
                fields=["due_day", "id"],
                condition=Q(state="open"),
                name="cases_decision_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="cases_decision_ended_has_outcome",
                condition=Q(state="open", ended_at=None)
                | ~Q(state="open") & ~Q(outcome="") & Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
