"""The one table of a work order's moves: from where, to where, by whom, and under what condition.

The table is DOMAIN's state machine of an appeal and its order. What is not in it cannot happen:
every change of state goes through actions/moving.py, which reads this table and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.models import OrderState as State


class Guard(StrEnum):
    """A condition beyond state and role; dispatch/guards.py says how each is checked."""

    COMPLETE = "complete"  # the five elements are there
    NOT_THE_RESPONDENT = "not_the_respondent"  # no party is the unit complained of
    GRASSROOTS_ALLOWED = "grassroots_allowed"  # a department's matter is not pushed to a township
    ALONE_IN_KIND = "alone_in_kind"  # a report never merges with anything but the same kind
    LEAD_OF_ORDER = "lead_of_order"  # the actor's unit leads
    RETURNABLE = "returnable"  # not designated
    HIGHER_LEVEL = "higher_level"  # of an escalated order: the lead is above the unit before
    PARTIES_REPLIED = "parties_replied"  # every assisting unit has answered the lead unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One allowed move; `asks_reason` makes a reason compulsory."""

    sources: frozenset[State]
    target: State
    actors: frozenset[Role]
    why: Promise  # what the move is for, in words
    guards: tuple[Guard, ...] = ()
    asks_reason: bool = False
    by_platform: bool = False  # a job may make it, without a person


CENTRE = frozenset({Role.DISPATCHER})
SEATS = CENTRE | {Role.OPERATOR}
UNIT = frozenset({Role.UNIT_CLERK, Role.UNIT_HEAD})
HEAD = frozenset({Role.UNIT_HEAD})
REVIEWERS = CENTRE | {Role.REVIEWER}
CALLERS = CENTRE | {Role.CALLER_BACK}
WATCHERS = CENTRE | {Role.SUPERVISOR}

BEFORE_DISPATCH = frozenset(
    {State.RECEIVED, State.INCOMPLETE, State.REGISTERED, State.TRIAGE, State.CONSULTATION}
)
AT_UNIT = frozenset({State.DISPATCHED, State.SIGNED, State.IN_PROGRESS})
UNENDED = BEFORE_DISPATCH | AT_UNIT | {State.OBJECTED, State.SUSPENDED, State.REPLIED}
ANSWERABLE = frozenset({State.RECEIVED, State.REGISTERED, State.TRIAGE})


def _move(
    sources: State | frozenset[State],
    target: State,
    actors: frozenset[Role],
    why: Promise,
    *guards: Guard,
    asks_reason: bool = False,
    by_platform: bool = False,
) -> Transition:
    return Transition(
        sources=frozenset({sources}) if isinstance(sources, State) else sources,
        target=target,
        actors=actors,
        why=why,
        guards=guards,
        asks_reason=asks_reason,
        by_platform=by_platform,
    )


TRANSITIONS: Mapping[str, Transition] = {
    "register": _move(
        frozenset({State.RECEIVED, State.INCOMPLETE}),
        State.REGISTERED,
        SEATS,
        _("The five elements are known: who, when, where, cause and course."),
        Guard.COMPLETE,
        by_platform=True,
    ),
    "ask_for_more": _move(
        frozenset({State.RECEIVED, State.REGISTERED, State.TRIAGE}),
        State.INCOMPLETE,
        SEATS,
        _("Something is missing that nobody could act without."),
        asks_reason=True,
    ),
    "pass_on": _move(
        State.REGISTERED, State.TRIAGE, SEATS, _("A unit must act."), by_platform=True
    ),
    "answer": _move(
        ANSWERABLE, State.CLOSED, SEATS, _("The operator answers on the spot."), asks_reason=True
    ),
    "refuse": _move(
        ANSWERABLE,
        State.CLOSED,
        SEATS,
        _("The hotline may not handle it; the citizen is told the route that may."),
        asks_reason=True,
    ),
    "transfer": _move(
        ANSWERABLE | {State.INCOMPLETE},
        State.CLOSED,
        SEATS,
        _("An emergency goes to 110, 119, 120 or 122 at once."),
        asks_reason=True,
    ),
    "merge": _move(
        BEFORE_DISPATCH | AT_UNIT,
        State.MERGED,
        SEATS,
        _("Another order is about the same matter; this citizen still gets an own answer."),
        Guard.ALONE_IN_KIND,
        asks_reason=True,
    ),
    "part": _move(
        State.MERGED,
        State.TRIAGE,
        CENTRE,
        _("It was another matter, or the main order ended without an answer."),
        asks_reason=True,
        by_platform=True,
    ),
    "end_with_master": _move(
        State.MERGED,
        State.CLOSED,
        CENTRE,
        _("The main order has ended and this citizen has been answered."),
        by_platform=True,
    ),
    "consult": _move(
        State.TRIAGE,
        State.CONSULTATION,
        CENTRE,
        _("Units are heard before the order is given to one."),
        asks_reason=True,
    ),
    "conclude": _move(
        State.CONSULTATION, State.TRIAGE, CENTRE, _("The units have been heard."), asks_reason=True
    ),
    "dispatch": _move(
        State.TRIAGE,
        State.DISPATCHED,
        CENTRE,
        _("The directory, or a person, names who must act."),
        Guard.NOT_THE_RESPONDENT,
        Guard.GRASSROOTS_ALLOWED,
        Guard.HIGHER_LEVEL,
        by_platform=True,
    ),
    "object": _move(
        frozenset({State.DISPATCHED, State.SIGNED}),
        State.OBJECTED,
        UNIT,
        _("The unit says that it is not the one to act."),
        Guard.LEAD_OF_ORDER,
        Guard.RETURNABLE,
        asks_reason=True,
    ),
    "uphold_objection": _move(
        State.OBJECTED,
        State.TRIAGE,
        CENTRE,
        _("The unit is right; another must act."),
        asks_reason=True,
    ),
    "reject_objection": _move(
        State.OBJECTED,
        State.DISPATCHED,
        CENTRE,
        _("The unit is designated and cannot return the order."),
        asks_reason=True,
    ),
    "withdraw_objection": _move(
        State.OBJECTED,
        State.DISPATCHED,
        UNIT,
        _("The unit takes the order after all."),
        Guard.LEAD_OF_ORDER,
    ),
    "redispatch": _move(
        AT_UNIT,
        State.TRIAGE,
        CENTRE,
        _("The order went to the wrong unit; the next gets its own time."),
        asks_reason=True,
    ),
    "escalate": _move(
        AT_UNIT,
        State.TRIAGE,
        WATCHERS,
        _("It is handled badly or pushed around; a unit of a higher level takes it."),
        asks_reason=True,
    ),
    "take_from_accused": _move(
        AT_UNIT | {State.OBJECTED, State.SUSPENDED, State.REPLIED, State.REVIEWED, State.CALL_BACK},
        State.TRIAGE,
        CENTRE,
        _("The appeal turns out to be about the lead unit: another must act."),
        Guard.NOT_THE_RESPONDENT,
        asks_reason=True,
    ),
    "sign": _move(
        State.DISPATCHED, State.SIGNED, UNIT, _("The unit takes the order."), Guard.LEAD_OF_ORDER
    ),
    "begin": _move(
        State.SIGNED,
        State.IN_PROGRESS,
        UNIT,
        _("The unit has contacted the citizen, or says why not."),
        Guard.LEAD_OF_ORDER,
    ),
    "suspend": _move(
        frozenset({State.SIGNED, State.IN_PROGRESS}),
        State.SUSPENDED,
        CENTRE,
        _("A listed cause stops the clock, with evidence."),
        asks_reason=True,
    ),
    "resume": _move(
        State.SUSPENDED,
        State.IN_PROGRESS,
        CENTRE,
        _("The cause is gone; the clock runs again."),
        by_platform=True,
    ),
    "reply": _move(
        State.IN_PROGRESS,
        State.REPLIED,
        UNIT,
        _("The unit says what it did and found."),
        Guard.LEAD_OF_ORDER,
        Guard.PARTIES_REPLIED,
    ),
    "answer_by_plan": _move(
        frozenset({State.TRIAGE, State.CONSULTATION, State.REPLIED}) | AT_UNIT,
        State.REVIEWED,
        CENTRE,
        _(
            "One plan ends a class of orders; this citizen is told what it means for the own matter."
        ),
        asks_reason=True,
    ),
    "pass_review": _move(
        State.REPLIED,
        State.REVIEWED,
        REVIEWERS,
        _("The reply answers what was asked and is borne out."),
        by_platform=True,
    ),
    "fail_review": _move(
        State.REPLIED,
        State.IN_PROGRESS,
        REVIEWERS,
        _("The reply does not answer what was asked, or nothing bears it out."),
        asks_reason=True,
    ),
    "call_back": _move(
        State.REVIEWED, State.CALL_BACK, CALLERS, _("The citizen is asked."), by_platform=True
    ),
    "close": _move(
        State.CALL_BACK,
        State.CLOSED,
        CALLERS,
        _("The citizen has been heard."),
        by_platform=True,
    ),
    "close_unasked": _move(
        State.REVIEWED,
        State.CLOSED,
        CALLERS,
        _("The order is not in the sample of call-backs."),
        by_platform=True,
    ),
    "redo": _move(
        State.CALL_BACK,
        State.IN_PROGRESS,
        CALLERS,
        _("The citizen says that it is not solved, or is not content with how it was done."),
        asks_reason=True,
        by_platform=True,
    ),
    "take_up": _move(
        State.CALL_BACK,
        State.TRIAGE,
        CALLERS,
        _(
            "The citizen is not content with a plan's answer and no unit had the order: one is named."
        ),
        asks_reason=True,
        by_platform=True,
    ),
    "reply_finally": _move(
        frozenset({State.IN_PROGRESS, State.REVIEWED, State.CALL_BACK}),
        State.CLOSED,
        CENTRE,
        _("A signed and sealed final reply ends the matter; the citizen's other routes stay."),
        asks_reason=True,
    ),
    "withdraw": _move(
        UNENDED,
        State.CLOSED,
        SEATS | CALLERS,
        _("The citizen takes the appeal back."),
        asks_reason=True,
        by_platform=True,
    ),
    "reopen": _move(
        State.CLOSED,
        State.TRIAGE,
        SEATS | CALLERS,
        _("There is a new fact or reason."),
        asks_reason=True,
        by_platform=True,
    ),
    "archive": _move(
        State.CLOSED,
        State.ARCHIVED,
        CENTRE,
        _("The order is kept by the archive's rules."),
        by_platform=True,
    ),
}
