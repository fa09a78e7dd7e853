"""The figures of the hotline (KPI), each defined once: cohort, denominator, numerator, what is left out.

Source: the measures of Beijing's 接诉即办 regulation (Art. 32), GB/T 33357-2016 and 国办函[2025]66号
(tiered comparison, no one-sided ranking). A figure is a question about work orders, so every number
opens the orders behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.dispatch.models import (
    CallBack,
    CloseType,
    DispatchBasis,
    Objection,
    OrderState,
    ReplyClaim,
    Resolved,
    Verdict,
)

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
    "on_time": Figure(
        words=_("replied to in time"),
        cohort=Cohort.DUE,
        part=lambda: Q(replied_at__lte=F("due_at")),
        whole=lambda: Q(dispatched_at__isnull=False),
        left_out=_("orders without a time limit, orders that no unit had"),
        is_better_high=True,
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
}
