"""Which steps an order's page offers to whom; the step itself is checked again when it is taken."""

from datetime import datetime

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.clocks.models import ClockName
from civicloop.apps.dispatch.actions.extending import allows_more_time
from civicloop.apps.dispatch.actions.handling import SIGNED_FOR
from civicloop.apps.dispatch.actions.limit_cases import OPEN_TO_IT, cases_to_choose
from civicloop.apps.dispatch.actions.moving import may_take
from civicloop.apps.dispatch.actions.replying import FINAL_FROM
from civicloop.apps.dispatch.models import (
    ExtensionRequest,
    OrderParty,
    OrderState,
    PartyRole,
    RequestState,
    SheetState,
)
from civicloop.apps.dispatch.queries.order_clocks import ClockShown
from civicloop.apps.dispatch.queries.order_page import OrderDetails, waiting_reply
from civicloop.apps.dispatch.timing import OF_HANDLING, has_lapsed
from civicloop.apps.dispatch.transitions import AT_UNIT
from civicloop.engines.routing.levels import HEIGHT, HIGHEST, Level

FIRST = (  # what stands open: the first of these that is offered
    "sign", "reply", "contact", "give_opinion",
    "decide_objection", "review", "decide_final", "decide_extension",
    "pass_on", "dispatch", "hear", "reply_sheet",
)  # fmt: skip


def steps_offered(details: OrderDetails, user: User, *, now: datetime) -> list[str]:
    """The names of the steps that the user may take now, the next one first."""
    is_of_unit = user.role in OF_A_UNIT
    offered = _unit_steps(details, user, now) if is_of_unit else _centre_steps(details, user)
    return sorted(offered, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))


def _unit_steps(details: OrderDetails, user: User, now: datetime) -> list[str]:
    if details.own_party is None and details.order.state == OrderState.CONSULTATION:
        return ["give_opinion"]
    owes_account = _has_sheet(details, SheetState.OPEN, unit_id=user.unit_id)
    steps = _party_steps(details, user, now)
    if owes_account and _has_instruction(details, user):
        steps = [*steps, "feedback_sheet"]
    return [*steps, "reply_sheet"] if owes_account else steps  # also after the order has ended


def _party_steps(details: OrderDetails, user: User, now: datetime) -> list[str]:
    if details.own_party is None or details.own_party.role == PartyRole.ASSIST:
        return _assisting_steps(details, user, now)
    order = details.order
    steps = {
        "sign": may_take(order, "sign", user),
        "contact": order.state in SIGNED_FOR,
        "reply": may_take(order, "reply", user),
        "evidence": order.state in SIGNED_FOR,
        "object": may_take(order, "object", user)
        and not order.is_designated
        and not _can_object_no_more(details, now),
        "withdraw_objection": may_take(order, "withdraw_objection", user),
        "begin": may_take(order, "begin", user),
        "message": len(details.parties) > 1 and order.state in SIGNED_FOR,
        "ask_extension": _may_ask_for_time(details, user, now),
        "sign_final": user.role == Role.UNIT_HEAD
        and order.state in FINAL_FROM
        and not _waits_for_final(details),
    }
    return [name for name, is_offered in steps.items() if is_offered]


def _assisting_steps(details: OrderDetails, user: User, now: datetime) -> list[str]:
    party, order = details.own_party, details.order
    if party is None or order.state not in SIGNED_FOR | {OrderState.DISPATCHED}:
        return []
    steps = {
        "sign": party.signed_at is None,
        "reply": party.replied_at is None and order.state in SIGNED_FOR,
        "contact": order.state in SIGNED_FOR,
        "evidence": order.state in SIGNED_FOR,
        "message": True,
        "ask_extension": _may_ask_for_time(details, user, now),
    }
    return [name for name, is_offered in steps.items() if is_offered]


def _centre_steps(details: OrderDetails, user: User) -> list[str]:
    order = details.order
    steps = {
        "decide_objection": may_take(order, "uphold_objection", user),
        "review": may_take(order, "pass_review", user) and waiting_reply(details) is not None,
        "decide_final": user.role == Role.DISPATCHER and _waits_for_final(details),
        "decide_extension": user.role == Role.DISPATCHER and _waiting(details) is not None,
        "consult": may_take(order, "consult", user),
        "conclude": may_take(order, "conclude", user),
        "shorten_time": user.role == Role.DISPATCHER and order.state in AT_UNIT,
        "limit_case": user.role == Role.DISPATCHER
        and order.state in OPEN_TO_IT
        and bool(cases_to_choose()),
        "statute_limit": user.role == Role.DISPATCHER and order.state in AT_UNIT,
        "suspend": may_take(order, "suspend", user),
        "resume": may_take(order, "resume", user),
        "redispatch": may_take(order, "redispatch", user),
        "escalate": may_take(order, "escalate", user) and _has_level_above(details),
        "name_respondent": user.role == Role.DISPATCHER and order.state != OrderState.ARCHIVED,
        "register": may_take(order, "register", user),
        "pass_on": may_take(order, "pass_on", user),
        "dispatch": may_take(order, "dispatch", user),
        "answer": may_take(order, "answer", user),
        "refuse": may_take(order, "refuse", user),
        "transfer": may_take(order, "transfer", user),
        "part": may_take(order, "part", user),
        "begin_call_back": may_take(order, "call_back", user),
        "hear": may_take(order, "close", user),
        "withdraw": may_take(order, "withdraw", user),
        "reopen": may_take(order, "reopen", user),
        "supervise": may(user, Action.SUPERVISE) and not order.is_ended,
        "instruct": user.role == Role.LEADER and _may_be_instructed(details),
        "note_instruction": may(user, Action.SUPERVISE) and _may_be_instructed(details),
        "end_sheet": may(user, Action.SUPERVISE)
        and _has_sheet(details, SheetState.OPEN, SheetState.REPLIED),
    }
    return [name for name, is_offered in steps.items() if is_offered]


def _may_be_instructed(details: OrderDetails) -> bool:
    """A unit leads, and no instruction is open: one matter, one sheet."""
    order = details.order
    is_open = any(sheet.is_instruction_open for sheet in details.sheets)
    return order.lead_unit_id is not None and not order.is_ended and not is_open


def _has_level_above(details: OrderDetails) -> bool:
    unit = details.order.lead_unit
    return unit is not None and HEIGHT[Level(unit.level)] > HIGHEST


def _has_sheet(details: OrderDetails, *states: SheetState, unit_id: int | None = None) -> bool:
    return any(
        sheet.state in states and unit_id in {None, sheet.unit_id} for sheet in details.sheets
    )


def _has_instruction(details: OrderDetails, user: User) -> bool:
    own = (sheet for sheet in details.sheets if sheet.unit_id == user.unit_id)
    return any(sheet.is_instruction_open for sheet in own)


def _can_object_no_more(details: OrderDetails, now: datetime) -> bool:
    clocks = (shown.clock for shown in details.clocks)
    return any(clock.name == ClockName.OBJECT and has_lapsed(clock, now=now) for clock in clocks)


def _may_ask_for_time(details: OrderDetails, user: User, now: datetime) -> bool:
    party = details.own_party
    if user.role != Role.UNIT_HEAD or details.order.state not in SIGNED_FOR:
        return False
    if party is None or party.replied_at is not None or _waiting(details) is not None:
        return False
    clock = next((shown.clock for shown in details.clocks if _is_of_handling(shown, party)), None)
    if clock is None:
        return False
    granted = _granted_since(details, party, clock.limit_set_at)
    return allows_more_time(clock, now=now, granted=granted)


def _is_of_handling(shown: ClockShown, party: OrderParty) -> bool:
    clock = shown.clock
    is_own = clock.unit_id == party.unit_id and clock.name in OF_HANDLING
    return is_own and clock.stopped_at is None


def _granted_since(details: OrderDetails, party: OrderParty, moment: datetime) -> list[bool]:
    """Of what was granted since, whether it was of a long-cycle matter."""
    return [
        one.is_long_cycle
        for one in details.requests
        if one.state == RequestState.GRANTED
        and one.party_id == party.pk
        and one.decided_at is not None
        and one.decided_at >= moment
    ]


def _waiting(details: OrderDetails) -> ExtensionRequest | None:
    requests = (one for one in details.requests if one.state == RequestState.PENDING)
    return next((one for one in requests if one.party.is_open), None)


def _waits_for_final(details: OrderDetails) -> bool:
    return any(
        shown.reply.is_final
        and shown.review is None
        and shown.reply.round == details.order.round
        and shown.reply.party.is_open
        for shown in details.replies
    )
