"""The figures of the hotline (KPI), each defined once: cohort, denominator, numerator, what is left out.

Source: the measures of Beijing's 接诉即办 regulation (Art. 32), GB/T 33357-2016 and 国办函[2025]66号
(tiered comparison, no one-sided ranking). A figure is a question about work orders, so every number
opens the orders behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.fields import DateTimeField
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.dispatch.models import (
    CallBack,
    CloseType,
    DispatchBasis,
    ExtensionRequest,
    Objection,
    OrderParty,
    OrderState,
    OrderStep,
    PartyRole,
    ReplyClaim,
    RequestState,
    Resolved,
    Verdict,
)
from civicloop.apps.dispatch.queries.repeats import REPEATED_WITHIN
from civicloop.apps.dispatch.timing import OF_HANDLING, OWNER
from civicloop.apps.intake.models import Appeal, Kind

Condition = Q | Exists
SATISFIED_FROM = 4  # of 5


class Cohort(StrEnum):
    """Which orders a period's figure is about, by the day on which something befell them."""

    OPENED = "opened_at"
    DISPATCHED = "dispatched_at"
    DUE = "due_at"
    REPLIED = "replied_at"
    CALLED_BACK = "called_back_at"
    CLOSED = "closed_at"


COHORT_WORDS: Mapping[Cohort, Promise] = {
    Cohort.OPENED: _("orders opened in the period"),
    Cohort.DISPATCHED: _("orders dispatched in the period"),
    Cohort.DUE: _("orders due in the period"),
    Cohort.REPLIED: _("orders replied to in the period"),
    Cohort.CALLED_BACK: _("orders whose citizen was heard in the period"),
    Cohort.CLOSED: _("orders closed in the period"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days, both included."""

    first_day: date
    last_day: date

    def holds(self, column: str) -> Q:
        """What lies within the period by a moment of its; an end at 24:00 is of the day that ends."""
        zone = timezone.get_current_timezone()
        first = datetime.combine(self.first_day, time.min, tzinfo=zone)
        after = datetime.combine(self.last_day + timedelta(days=1), time.min, tzinfo=zone)
        if column == Cohort.DUE:
            return Q(**{f"{column}__gt": first, f"{column}__lte": after})
        return Q(**{f"{column}__gte": first, f"{column}__lt": after})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A share of orders: `part` of `whole`, both within the cohort of the period."""

    words: Promise
    cohort: Cohort
    part: Callable[[], Condition]
    whole: Callable[[], Condition]
    left_out: Promise
    is_better_high: bool | None  # None: neither


def _excluded() -> Exists:
    """Of this round: what was left out of an earlier one says nothing about the later."""
    same = CallBack.objects.filter(order=OuterRef("pk"), round=OuterRef("round"))
    return Exists(same.exclude(excluded_for=""))


def _objected(*verdicts: Verdict) -> Exists:
    objections = Objection.objects.filter(order=OuterRef("pk"))
    return Exists(objections.filter(verdict__in=verdicts) if verdicts else objections)


def _accepted() -> Q:
    return ~Q(close_type__in=[CloseType.NOT_ACCEPTED, CloseType.TRANSFERRED])


def _heard() -> Q:
    return Q(resolved__in=Resolved.values) & ~Q(_excluded())


def _rated() -> Q:
    return Q(satisfaction__isnull=False) & ~Q(_excluded())


def _ended() -> Q:
    return Q(state__in=[OrderState.CLOSED, OrderState.ARCHIVED]) & Q(dispatched_at__isnull=False)


def _clocks(*names: ClockName) -> QuerySet[Clock]:
    return Clock.objects.filter(owner_type=OWNER, owner_id=OuterRef("pk"), name__in=names)


def _of_unit(*names: ClockName) -> QuerySet[Clock]:
    """What the unit that has the order was given to do by a time, since it was given to it."""
    return _clocks(*names).filter(
        unit=OuterRef("lead_unit"), started_at__gte=OuterRef("dispatched_at")
    )


def _measured(clocks: QuerySet[Clock], step: str) -> Exists:
    """Done by this step, or found late; what ended otherwise, or still runs, says nothing."""
    done = OrderStep.objects.filter(
        order=OuterRef("owner_id"), name=step, at=OuterRef("stopped_at")
    )
    return Exists(clocks.filter(Q(overdue_at__isnull=False) | Q(Exists(done))))


def _signed() -> QuerySet[Clock]:
    return _of_unit(ClockName.SIGN)


def _contacted() -> QuerySet[Clock]:
    return _of_unit(ClockName.FIRST_CONTACT, ClockName.RESPOND)


def _talked_too_late() -> Exists:
    """One of the unit's times went by without a talk with the citizen."""
    talk = OrderParty.objects.filter(
        order=OuterRef("owner_id"),
        unit=OuterRef("unit"),
        first_contact_at__gte=OuterRef("started_at"),
        first_contact_at__lte=OuterRef("due_at"),
    )
    return Exists(_contacted().filter(~Exists(talk)))


def _with_a_unit() -> Q:
    """What waits for a dispatcher again, or is merged, is due by another's time than a unit's."""
    return Q(dispatched_at__isnull=False, lead_unit__isnull=False)


def _is_out() -> Q:
    """A unit's time is over: of what is not due yet nobody knows whether it will be in time."""
    return _with_a_unit() & Q(due_at__lte=Now())


def _overdue() -> Exists:
    """The time by which the order is due went by, as the sweep or a late reply found."""
    return Exists(_clocks(*OF_HANDLING).filter(due_at=OuterRef("due_at"), overdue_at__isnull=False))


def _given_more_time() -> Exists:
    granted = ExtensionRequest.objects.filter(state=RequestState.GRANTED)
    return Exists(granted.filter(order=OuterRef("pk"), party__role=PartyRole.LEAD))


def _done_again() -> Exists:
    return Exists(OrderStep.objects.filter(order=OuterRef("pk"), name__in=["redo", "take_up"]))


def _told_before() -> Q:
    """The same caller told of the same event by another appeal, at most a month before.

    Most have no event, or no caller who is known again: nothing more is asked of those.
    """
    since = ExpressionWrapper(
        OuterRef("appeal__received_at") - REPEATED_WITHIN, output_field=DateTimeField()
    )
    earlier = Appeal.objects.filter(
        ~Q(caller_key=""),
        ~Q(kind=Kind.REPORT),
        caller_key=OuterRef("appeal__caller_key"),
        event_member__event=OuterRef("appeal__event_member__event"),
        received_at__gte=since,
        received_at__lt=OuterRef("appeal__received_at"),
    )
    can_be_known = Q(appeal__event_member__isnull=False) & ~Q(appeal__caller_key="")
    return can_be_known & Q(Exists(earlier))


NOTHING = _("nothing")
BY_EXCLUSION = _("call-backs excluded by rule: out of scope, malicious, legal route")

FIGURES: Mapping[str, Figure] = {
    "on_the_spot": Figure(
        words=_("answered on the spot"),
        cohort=Cohort.OPENED,
        part=lambda: Q(close_type=CloseType.ANSWERED),
        whole=_accepted,
        left_out=_("not accepted, passed to an emergency line"),
        is_better_high=True,
    ),
    "told_again": Figure(
        words=_("told again within 30 days"),
        cohort=Cohort.OPENED,
        part=_told_before,
        whole=lambda: _accepted() & ~Q(kind=Kind.REPORT),
        left_out=_("not accepted, passed to an emergency line, reports of a wrong"),
        is_better_high=None,
    ),
    "dispatched_in_time": Figure(
        words=_("dispatched in time"),
        cohort=Cohort.DISPATCHED,
        part=lambda: ~Q(Exists(_clocks(ClockName.DISPATCH).filter(overdue_at__isnull=False))),
        whole=lambda: Q(Exists(_clocks(ClockName.DISPATCH))),
        left_out=_("orders without a time limit for it"),
        is_better_high=True,
    ),
    "dispatched_rightly": Figure(
        words=_("dispatched rightly at once"),
        cohort=Cohort.DISPATCHED,
        part=lambda: Q(return_count=0),
        whole=Q,
        left_out=NOTHING,
        is_better_high=True,
    ),
    "dispatched_automatically": Figure(
        words=_("dispatched automatically (coverage)"),
        cohort=Cohort.DISPATCHED,
        part=lambda: Q(dispatch_basis=DispatchBasis.AUTOMATIC),
        whole=Q,
        left_out=NOTHING,
        is_better_high=None,
    ),
    "automatic_rightly": Figure(
        words=_("of the automatic ones dispatched rightly (accuracy)"),
        cohort=Cohort.DISPATCHED,
        part=lambda: Q(return_count=0),
        whole=lambda: Q(dispatch_basis=DispatchBasis.AUTOMATIC),
        left_out=NOTHING,
        is_better_high=True,
    ),
    "by_person_rightly": Figure(
        words=_("of those by a person dispatched rightly"),
        cohort=Cohort.DISPATCHED,
        part=lambda: Q(return_count=0),
        whole=lambda: Q(dispatch_basis=DispatchBasis.PERSON),
        left_out=NOTHING,
        is_better_high=True,
    ),
    "objected": Figure(
        words=_("objected to by the unit"),
        cohort=Cohort.DISPATCHED,
        part=_objected,
        whole=Q,
        left_out=NOTHING,
        is_better_high=False,
    ),
    "objections_upheld": Figure(
        words=_("of the decided objections upheld"),
        cohort=Cohort.DISPATCHED,
        part=lambda: _objected(Verdict.UPHELD),
        whole=lambda: _objected(Verdict.UPHELD, Verdict.REJECTED),
        left_out=_("objections not decided yet"),
        is_better_high=None,
    ),
    "signed_in_time": Figure(
        words=_("signed for in time"),
        cohort=Cohort.DISPATCHED,
        part=lambda: ~Q(Exists(_signed().filter(overdue_at__isnull=False))),
        whole=lambda: Q(_measured(_signed(), "sign")),
        left_out=_("orders without a time limit for it, or taken back before it ended"),
        is_better_high=True,
    ),
    "contacted_in_time": Figure(
        words=_("citizen contacted in time"),
        cohort=Cohort.DISPATCHED,
        part=lambda: ~Q(_talked_too_late()),
        whole=lambda: Q(_measured(_contacted(), "begin")),
        left_out=_("orders without a time limit for it, or taken back before it ended"),
        is_better_high=True,
    ),
    "on_time": Figure(
        words=_("replied to in time"),
        cohort=Cohort.DUE,
        part=lambda: Q(replied_at__lte=F("due_at")),
        whole=_is_out,
        left_out=_("orders without a time limit, whose time still runs, that no unit has"),
        is_better_high=True,
    ),
    "overdue": Figure(
        words=_("overdue"),
        cohort=Cohort.DUE,
        part=_overdue,
        whole=_is_out,
        left_out=_("orders without a time limit, whose time still runs, that no unit has"),
        is_better_high=False,
    ),
    "given_more_time": Figure(
        words=_("given more time"),
        cohort=Cohort.DUE,
        part=_given_more_time,
        whole=_with_a_unit,
        left_out=_("orders without a time limit, orders that no unit has"),
        is_better_high=None,
    ),
    "claimed_solved": Figure(
        words=_("solved, says the unit"),
        cohort=Cohort.REPLIED,
        part=lambda: Q(claim=ReplyClaim.SOLVED),
        whole=Q,
        left_out=NOTHING,
        is_better_high=None,
    ),
    "resolved": Figure(
        words=_("resolved, says the citizen"),
        cohort=Cohort.CALLED_BACK,
        part=lambda: Q(resolved=Resolved.YES),
        whole=_heard,
        left_out=BY_EXCLUSION,
        is_better_high=True,
    ),
    "satisfied": Figure(
        words=_("satisfied (4 or 5 of 5)"),
        cohort=Cohort.CALLED_BACK,
        part=lambda: Q(satisfaction__gte=SATISFIED_FROM),
        whole=_rated,
        left_out=BY_EXCLUSION,
        is_better_high=True,
    ),
    "heard": Figure(
        words=_("citizen reached by call-back (response share)"),
        cohort=Cohort.CLOSED,
        part=lambda: Q(called_back_at__isnull=False),
        whole=lambda: _ended() & ~Q(close_type=CloseType.NOT_SAMPLED),
        left_out=_("orders not sampled for a call-back"),
        is_better_high=True,
    ),
    "at_first_go": Figure(
        words=_("closed in the first round"),
        cohort=Cohort.CLOSED,
        part=lambda: Q(round=1),
        whole=_ended,
        left_out=_("orders that no unit had"),
        is_better_high=True,
    ),
    "done_again": Figure(
        words=_("done again as the citizen asked"),
        cohort=Cohort.CLOSED,
        part=_done_again,
        whole=_ended,
        left_out=_("orders that no unit had"),
        is_better_high=False,
    ),
}
