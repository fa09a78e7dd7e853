"""Clocks: what must be done by when, who stopped the time and who lengthened it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.clocks.calendar_tables import (
    CalendarDay,
    CalendarDayKind,
    CalendarVersion,
    CalendarYear,
)
from civicloop.apps.places.models import Unit

__all__ = [
    "RIGHTS",
    "CalendarDay",
    "CalendarDayKind",
    "CalendarVersion",
    "CalendarYear",
    "Clock",
    "ClockBasis",
    "ClockExtension",
    "ClockName",
    "ClockPause",
    "PauseReason",
]


class ClockName(models.TextChoices):
    """What a clock measures."""

    DISPATCH = "dispatch", _("intake and dispatch")
    SIGN = "sign", _("signing for an order")
    FIRST_CONTACT = "first_contact", _("first contact")
    RESPOND = "respond", _("response to an urgent matter")
    OBJECT = "object", _("objection")
    CONSULT = "consult", _("answer to an enquiry")
    HANDLE = "handle", _("handling and reply")
    REVIEW = "review", _("review of the reply")
    CALL_BACK = "call_back", _("call back")
    ACCEPT = "accept", _("decision to accept")
    CHECK = "check", _("check of a report")
    INFORM = "inform", _("telling the result")
    MEDIATE = "mediate", _("mediation")
    CONFIRM = "confirm", _("judicial confirmation")
    DISCLOSE = "disclose", _("answer to an information request")
    PETITION_TRANSFER = "petition_transfer", _("transfer of a petition")
    PETITION_ACCEPT = "petition_accept", _("telling a petitioner of acceptance")
    PETITION_OBJECT = "petition_object", _("objection to a petition")
    PETITION_HANDLE = "petition_handle", _("handling of a petition")
    PETITION_ASK_REVIEW = "petition_ask_review", _("request for review of a petition")
    PETITION_REVIEW = "petition_review", _("review of a petition")
    PETITION_ASK_RE_REVIEW = "petition_ask_re_review", _("request for re-review of a petition")
    PETITION_RE_REVIEW = "petition_re_review", _("re-review of a petition")
    DEPLOY = "deploy", _("study and deployment")
    FEEDBACK = "feedback", _("feedback")
    SUPERVISE_REPLY = "supervise_reply", _("reply to a supervision sheet")
    DECISION = "decision", _("carrying out a decision")


RIGHTS = frozenset(
    {
        ClockName.OBJECT,
        ClockName.PETITION_OBJECT,
        ClockName.PETITION_ASK_REVIEW,
        ClockName.PETITION_ASK_RE_REVIEW,
    }
)  # what somebody may do by then: once the time is out it has lapsed, and nothing is late


class ClockBasis(models.TextChoices):
    PRESET = "preset", _("the city's own limit")
    STATUTE = "statute", _("a statute or sector rule")
    LEADER = "leader", _("a leader's instruction")


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> Self:
        """Neither stopped nor paused."""
        return self.filter(stopped_at=None, paused_at=None)

    def of_owner(self, owner_type: str, owner_id: int) -> Self:
        """All clocks of one owner, oldest first."""
        return self.filter(owner_type=owner_type, owner_id=owner_id).order_by("id")


class Clock(models.Model):
    """One limit of one party: lead and assisting units each have their own."""

    owner_type = models.CharField(_("owner type"), max_length=30)
    owner_id = models.PositiveBigIntegerField(_("owner id"))
    name = models.CharField(_("what it measures"), max_length=24, choices=ClockName)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("unit"),
        db_index=False,  # clocks are found by their owner
    )
    started_at = models.DateTimeField(_("started at"))

    limit = models.JSONField(_("limit"))
    limit_basis = models.CharField(_("basis of the limit"), max_length=10, choices=ClockBasis)
    limit_source = models.TextField(_("source of the limit"))
    limit_set_at = models.DateTimeField(_("limit set at"))
    extension_rules = models.JSONField(_("extensions allowed"), default=dict)
    must_tell_caller = models.BooleanField(_("the caller must be told the limit"), default=False)
    caller_told_at = models.DateTimeField(_("caller told at"), null=True)

    leader = models.CharField(_("leader"), max_length=40, blank=True)
    leader_limit = models.JSONField(_("leader's limit"), null=True)
    leader_given_at = models.DateTimeField(_("instruction given at"), null=True)

    basis = models.CharField(_("basis"), max_length=10, choices=ClockBasis)  # what binds now
    due_at = models.DateTimeField(_("due at"), null=True)
    near_due_at = models.DateTimeField(_("reminder at"), null=True)
    explanation = models.JSONField(_("explanation"), default=list)
    calendar_version = models.ForeignKey(
        CalendarVersion,
        on_delete=models.PROTECT,
        verbose_name=_("calendar version"),
        db_index=False,  # asked for when a calendar changes, and then of nearly every open clock
    )
    waits_for_year = models.PositiveSmallIntegerField(_("waits for the year"), null=True)

    paused_at = models.DateTimeField(_("paused at"), null=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    overdue_at = models.DateTimeField(_("found overdue at"), null=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        indexes = [
            models.Index(fields=["owner_type", "owner_id"], name="clocks_clock_owner"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(stopped_at=None, paused_at=None, overdue_at=None),
                name="clocks_clock_to_be_overdue",
            ),
            models.Index(
                fields=["near_due_at", "id"],
                condition=Q(stopped_at=None, paused_at=None, reminded_at=None, overdue_at=None),
                name="clocks_clock_to_remind",
            ),
            models.Index(
                fields=["waits_for_year"],
                condition=Q(stopped_at=None) & ~Q(waits_for_year=None),
                name="clocks_clock_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=None) ^ Q(waits_for_year=None),
                name="clocks_clock_due_or_waiting",
            ),
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "name", "unit"],
                condition=Q(stopped_at=None) & ~Q(unit=None),
                name="clocks_clock_one_open_of_unit",
            ),
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "name"],
                condition=Q(stopped_at=None, unit=None),
                name="clocks_clock_one_open_without_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_type} {self.owner_id} {self.name}"


class PauseReason(models.TextChoices):
    """The only causes for which time does not count."""

    HEARING = "hearing", _("hearing")
    TEST = "test", _("test or inspection")
    APPRAISAL = "appraisal", _("appraisal")
    STATUTE = "statute", _("another cause set by statute")


class ClockPause(models.Model):
    """A time that does not count, with its evidence."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(_("reason"), max_length=10, choices=PauseReason)
    evidence = models.TextField(_("evidence"))
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"), null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["from_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(to_at=None), name="clocks_clockpause_one_open"
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")),
                name="clocks_clockpause_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.reason}"


class ClockExtension(models.Model):
    """More time, granted on a request that came before due."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="extensions")
    seq = models.PositiveSmallIntegerField(_("number"))
    n = models.DecimalField(_("how much"), max_digits=9, decimal_places=4)
    unit = models.CharField(_("counted in"), max_length=20)  # engines.clocks.TimeUnit
    is_long_cycle = models.BooleanField(_("long-cycle matter"), default=False)
    reason = models.TextField(_("reason"))
    approver = models.CharField(_("approved by"), max_length=40)
    asked_at = models.DateTimeField(_("asked at"))
    granted_at = models.DateTimeField(_("granted at"))
    caller_informed_at = models.DateTimeField(_("caller informed at"), null=True)
    centre_informed_at = models.DateTimeField(_("centre informed at"), null=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["clock", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "seq"], name="clocks_clockextension_seq")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.seq}"
