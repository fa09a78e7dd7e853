"""An appeal's way in plain words for its citizen; nothing that was written inside is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.dispatch.actions.citizens import (
    may_add,
    may_rate,
    may_reopen,
    may_withdraw,
    orders_of,
)
from civicloop.apps.dispatch.actions.dispatching import BY_CITIZEN
from civicloop.apps.dispatch.models import OrderParty, OrderState, OrderStep, WorkOrder
from civicloop.apps.dispatch.timing import answer_expected_at
from civicloop.apps.intake.actions.revealing import revealed_at
from civicloop.apps.intake.models import Appeal

STEP_WORDS: Mapping[str, Promise] = {
    "open": _("We have received it."),
    "register": _("It is registered."),
    "ask_for_more": _("We need to know more from you."),
    "pass_on": _("We look for the office that can act."),
    "answer": _("We have answered it."),
    "refuse": _("We may not handle it. The answer says who may."),
    "transfer": _("It went to an emergency line."),
    "merge": _("Others told us the same. It is handled together."),
    "part": _("It is handled by itself again."),
    "end_with_master": _("The matter has ended. You have your own answer."),
    "dispatch": _("An office has been given it."),
    "uphold_objection": _("That office cannot act. We look for another."),
    "escalate": _("A higher office takes it over."),
    "redispatch": _("That office cannot act. We look for another."),
    "take_from_accused": _("That office cannot act. We look for another."),
    "sign": _("The office has taken it on."),
    "begin": _("The office is working on it."),
    "suspend": _("The work must wait for a while."),
    "resume": _("The work goes on."),
    "reply": _("The office has reported. We check it."),
    "fail_review": _("The report was not enough. The office works on."),
    "pass_review": _("The answer has been checked."),
    "answer_by_plan": _("You have been answered."),
    "call_back": _("We ask you whether it is solved."),
    "close": _("The matter has ended."),
    "close_unasked": _("The matter has ended."),
    "redo": _("The office must work on it again."),
    "take_up": _("We look for the office that can act."),
    "reply_finally": _("A final answer has ended the matter."),
    "withdraw": _("You have taken it back."),
    "reopen": _("It is looked at again."),
    "divide": _("You told us of several things. Each goes to its own office."),
    "add_information": _("You have added something."),
}
LOOKED = _("The hotline looked up your name and number.")
STATE_WORDS: Mapping[str, Promise] = {
    OrderState.RECEIVED: _("received"),
    OrderState.INCOMPLETE: _("waiting for you"),
    OrderState.SUSPENDED: _("waiting"),
    OrderState.REPLIED: _("the answer is being checked"),
    OrderState.REVIEWED: _("answered"),
    OrderState.CALL_BACK: _("answered"),
    OrderState.CLOSED: _("ended"),
    OrderState.ARCHIVED: _("ended"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of the way; `own_words` are the citizen's."""

    at: datetime
    words: str
    own_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer; `about` is the problem where the appeal told of several."""

    at: datetime
    text: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrated:
    """An answer of which the citizen has not said what came of it; `about` as in `Answered`."""

    part: int
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One of an appeal's several problems."""

    words: str
    state_words: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """All that the page of an appeal shows."""

    appeal: Appeal
    state_words: str
    due_at: datetime | None
    happened: list[Happened]  # newest first
    answers: list[Answered]  # newest first
    problems: list[Problem]  # none where the appeal is handled as one
    unit_count: int
    may_add: bool
    may_withdraw: bool
    unrated: list[Unrated]
    may_reopen: bool


def followed(appeal: Appeal, *, now: datetime) -> Followed:
    """What the citizen may know of the own appeal."""
    own = orders_of(appeal)
    orders = own + [one for part in appeal.split_off.all() for one in orders_of(part.appeal)]
    expected = {order.pk: answer_expected_at(order, now=now) for order in orders}
    return Followed(
        appeal=appeal,
        state_words=_state_of(orders),
        due_at=max((moment for moment in expected.values() if moment), default=None),
        happened=_happened(appeal, orders),
        answers=sorted(
            (
                Answered(at=answer.at, text=answer.text, about=order.problem)
                for order in orders
                for answer in order.answers.all()
            ),
            key=lambda one: one.at,
            reverse=True,
        ),
        problems=[
            Problem(
                words=order.problem,
                state_words=_words_of(order),
                due_at=expected[order.pk],
            )
            for order in own
            if order.problem
        ],
        unit_count=OrderParty.objects.filter(order__in=orders).values("unit").distinct().count(),
        may_add=any(map(may_add, own)),
        may_withdraw=any(map(may_withdraw, own)),
        unrated=[Unrated(part=one.part, about=one.problem) for one in own if may_rate(one)],
        may_reopen=any(map(may_reopen, own)),
    )


def _state_of(orders: list[WorkOrder]) -> str:
    open_orders = [order for order in orders if not order.is_ended] or orders
    return _words_of(open_orders[0])


def _words_of(order: WorkOrder) -> str:
    return str(STATE_WORDS.get(order.state, _("being handled")))


def _happened(appeal: Appeal, orders: list[WorkOrder]) -> list[Happened]:
    steps = OrderStep.objects.filter(order__in=orders, name__in=STEP_WORDS).order_by("at", "id")
    lines: list[Happened] = []
    for step in steps:
        own_words = step.note if step.reason == BY_CITIZEN else ""
        line = Happened(at=step.at, words=str(STEP_WORDS[step.name]), own_words=own_words)
        if line not in lines[-len(orders) :]:  # several parts took the step together
            lines.append(line)
    for seen in revealed_at(appeal):
        words = _("%(unit)s looked up your name and number.") if seen.unit else LOOKED
        lines.append(Happened(at=seen.at, words=words % {"unit": seen.unit}, own_words=""))
    return sorted(lines, key=lambda line: line.at)[::-1]
