"""The work order (工单), the units that handle it and each step it took."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected, Sight, sight_now
from civicloop.apps.intake.models import Appeal, HoldsNotes, Kind, LimitCase, Topic, Urgency
from civicloop.apps.places.models import Area, Unit, UnitLevel

NUMBER_DAY_DIGITS = 8
TITLE_CHARACTERS = 30


class OrderState(models.TextChoices):
    """Where a work order stands; which moves lead where is in dispatch/transitions.py."""

    RECEIVED = "received", _("received")
    INCOMPLETE = "incomplete", _("incomplete")
    REGISTERED = "registered", _("registered")
    TRIAGE = "triage", _("to be dispatched")
    CONSULTATION = "consultation", _("in consultation")
    DISPATCHED = "dispatched", _("dispatched")
    OBJECTED = "objected", _("objected to")
    SIGNED = "signed", _("signed for")
    IN_PROGRESS = "in_progress", _("in progress")
    SUSPENDED = "suspended", _("suspended")
    REPLIED = "replied", _("replied")
    REVIEWED = "reviewed", _("reply reviewed")
    CALL_BACK = "call_back", _("being called back")
    MERGED = "merged", _("merged into another")
    CLOSED = "closed", _("closed")
    ARCHIVED = "archived", _("archived")


ENDED = (OrderState.CLOSED, OrderState.ARCHIVED)
BEFORE_REPLY = (
    OrderState.RECEIVED,
    OrderState.INCOMPLETE,
    OrderState.REGISTERED,
    OrderState.TRIAGE,
    OrderState.CONSULTATION,
    OrderState.DISPATCHED,
    OrderState.OBJECTED,
    OrderState.SIGNED,
    OrderState.IN_PROGRESS,
)  # its time runs: the citizen waits for a first answer


class CloseType(models.TextChoices):
    """Why an order ended."""

    ANSWERED = "answered", _("answered on the spot")
    NOT_ACCEPTED = "not_accepted", _("not accepted")
    TRANSFERRED = "transferred", _("passed to an emergency line")
    RESOLVED = "resolved", _("resolved, says the citizen")
    EXPLAINED = "explained", _("explained")
    FINAL_REPLY = "final_reply", _("final reply")
    UNREACHED = "unreached", _("citizen not reached")
    NOT_SAMPLED = "not_sampled", _("not sampled for a call-back")
    WITHDRAWN = "withdrawn", _("withdrawn by the citizen")
    WITH_MASTER = "with_master", _("ended with its main order")


class OrderLimitCase(models.TextChoices):
    """What a person said that an order is, where the city gives it a limit of its own for that."""

    UTILITIES = LimitCase.UTILITIES.value, LimitCase.UTILITIES.label
    COMPLEX = LimitCase.COMPLEX.value, LimitCase.COMPLEX.label
    USUAL = "usual", _("neither: the usual limit")


class DispatchBasis(models.TextChoices):
    PERSON = "person", _("decided by a person")
    AUTOMATIC = "automatic", _("automatic: directory and experience agree")
    DESIGNATED = "designated", _("designated after an objection")


class WorkOrder(HoldsNotes):
    """What must be done about one appeal, or about one of its several problems."""

    APPEAL: ClassVar = ("appeal",)
    NOT_NOTES: ClassVar = frozenset({"respondent_name"})  # by it is known whom it must not reach
    PROTECTED: ClassVar = {
        "respondent_name": Protected.WORDS,
        "problem": Protected.WORDS,
    }

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="orders")
    part = models.PositiveSmallIntegerField(_("part"), default=1)  # of an appeal that was divided
    problem = models.TextField(_("problem"), blank=True)  # of the appeal's several; blank: all
    state = models.CharField(
        _("state"), max_length=12, choices=OrderState, default=OrderState.RECEIVED
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    version = models.PositiveIntegerField(_("version"), default=1)  # grows with every step
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)
    urgency = models.CharField(
        _("urgency"), max_length=10, choices=Urgency, default=Urgency.GENERAL
    )
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    respondent_name = models.CharField(_("whom it is about"), max_length=200, blank=True)
    limit_case = models.CharField(
        _("case of limits"), max_length=10, blank=True, choices=OrderLimitCase
    )  # blank: as its topic says
    place_key = models.CharField(max_length=32, blank=True)  # see place_keys.py; blank: none
    respondent_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # never the unit that handles the order
    lead_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    master = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_orders"
    )
    dispatch_basis = models.CharField(
        _("dispatch decided"), max_length=10, choices=DispatchBasis, blank=True
    )
    routing = models.JSONField(_("why here"), default=dict)  # rule, suggestions, model, agreement
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    return_count = models.PositiveSmallIntegerField(_("returns"), default=0)
    is_designated = models.BooleanField(_("designated, cannot be returned"), default=False)
    is_escalated = models.BooleanField(_("escalated"), default=False)
    escalated_from = models.CharField(
        _("escalated from"), max_length=10, choices=UnitLevel, blank=True
    )  # the level whose unit it was taken from; blank: by a joint meeting, or never
    supervision_level = models.PositiveSmallIntegerField(_("supervision level"), default=0)
    claim = models.CharField(_("the unit says"), max_length=12, blank=True)  # a ReplyClaim
    resolved = models.CharField(_("the citizen says"), max_length=8, blank=True)  # a Resolved
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    registered_at = models.DateTimeField(_("registered at"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("citizen contacted at"), null=True, blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    called_back_at = models.DateTimeField(_("called back at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_type = models.CharField(_("end"), max_length=12, choices=CloseType, blank=True)

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints = [
            models.UniqueConstraint(fields=["appeal", "part"], name="dispatch_order_part_once"),
            models.CheckConstraint(
                name="dispatch_order_closed_has_end",
                condition=(
                    Q(state__in=ENDED, closed_at__isnull=False) & ~Q(close_type="")
                    | ~Q(state__in=ENDED) & Q(closed_at=None, close_type="")
                ),
            ),
            models.CheckConstraint(
                name="dispatch_order_merged_has_master",
                condition=~Q(state=OrderState.MERGED) | Q(master__isnull=False),
            ),
            models.CheckConstraint(
                name="dispatch_order_not_by_respondent",
                condition=Q(respondent_unit=None)
                | Q(lead_unit=None)
                | ~Q(lead_unit=F("respondent_unit")),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="dispatch_order_board"),
            models.Index(fields=["lead_unit", "state", "due_at", "id"], name="dispatch_order_lead"),
            models.Index(fields=["opened_at", "id"], name="dispatch_order_opened"),
            models.Index(
                fields=["place_key", "opened_at", "id"],
                name="dispatch_order_place",
                condition=~Q(place_key=""),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="dispatch_order_late",
                condition=Q(state__in=BEFORE_REPLY),
            ),
            models.Index(
                fields=["supervision_level", "due_at", "id"],
                name="dispatch_order_supervised",
                condition=Q(supervision_level__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def sight_at(self, column: str) -> Sight:
        """Of a report a unit is told of nobody's home, whoever it is about."""
        known = self.__dict__
        if known.get("kind", Kind.REPORT) == Kind.REPORT or known.get("is_confidential", True):
            return sight_now(Protected.WORDS_OF_REPORT)
        return super().sight_at(column)

    @property
    def number(self) -> str:
        """The order's number (工单编号): the day it was opened and its number in the city."""
        return f"{timezone.localtime(self.opened_at):%Y%m%d}{self.pk:07d}"

    @property
    def title(self) -> str:
        """What the order is about, in a few of the citizen's words."""
        return self.problem[:TITLE_CHARACTERS] or str(self.appeal)

    @property
    def words(self) -> str:
        """What the order is about: one of the appeal's problems, or all that was written."""
        return self.problem or self.appeal.text

    @property
    def is_report(self) -> bool:
        """Whether it reports a wrong, also where only the appeal says so, by a later row of its source."""
        return Kind.REPORT in {self.kind, self.appeal.kind}

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def answer_due_at(self) -> datetime | None:
        """By when a unit must answer; None while no unit has the order: what is due then is to dispatch it."""
        return None if self.is_ended or self.lead_unit_id is None else self.due_at


class PartyRole(models.TextChoices):
    LEAD = "lead", _("lead unit")
    ASSIST = "assist", _("assisting unit")


class OrderParty(models.Model):
    """A unit's part in an order, from the moment it was given to it until it ends."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="parties")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(_("role"), max_length=6, choices=PartyRole)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    assigned_at = models.DateTimeField(_("assigned at"))
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("citizen contacted at"), null=True, blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    is_open = models.BooleanField(_("open"), default=True)
    is_released = models.BooleanField(_("order taken from the unit"), default=False)

    class Meta:
        verbose_name = _("party to an order")
        verbose_name_plural = _("parties to orders")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "unit"], condition=Q(is_open=True), name="dispatch_party_once"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(is_open=True, role=PartyRole.LEAD),
                name="dispatch_party_one_lead",
            ),
            models.CheckConstraint(
                name="dispatch_party_ended", condition=Q(is_open=Q(ended_at=None))
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "is_open", "due_at", "id"], name="dispatch_party_inbox"),
            models.Index(
                fields=["unit", "due_at", "order"],
                name="dispatch_party_assisting",
                condition=Q(is_open=True, role=PartyRole.ASSIST),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.unit_id} {self.role}"


class OrderCopy(models.Model):
    """A unit that may see an order without handling it: the county of the township that does."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="copies")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("at"))
    is_released = models.BooleanField(_("order taken from the unit"), default=False)

    class Meta:
        verbose_name = _("copy of an order")
        verbose_name_plural = _("copies of orders")
        indexes = [models.Index(fields=["unit", "is_released", "order"], name="dispatch_copy_unit")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.unit_id}"


class OrderStep(HoldsNotes):
    """One step of an order's history; written once, never edited."""

    PROTECTED: ClassVar = {
        "note": Protected.WORDS,
        "details": Protected.WORDS,
    }

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    version = models.PositiveIntegerField(_("version"))  # of the order after the step
    name = models.CharField(_("step"), max_length=30)
    from_state = models.CharField(_("from"), max_length=12, choices=OrderState, blank=True)
    to_state = models.CharField(_("to"), max_length=12, choices=OrderState)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: a job of the platform
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # for which the actor acted
    reason = models.CharField(_("reason"), max_length=30, blank=True)
    note = models.TextField(_("note"), blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("step of an order")
        verbose_name_plural = _("steps of orders")
        ordering = ["order", "version"]
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="dispatch_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.version} {self.name}"
