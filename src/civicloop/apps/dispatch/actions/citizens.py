"""What a citizen does with the own appeal: adds to it, withdraws it, rates the answer, reopens it."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.dispatch.actions.call_backs import Heard, record_call_back
from civicloop.apps.dispatch.actions.dispatching import BY_CITIZEN, reopen_order
from civicloop.apps.dispatch.actions.moving import (
    Step,
    StepRefusedError,
    lock_order,
    move_order,
    note_step,
)
from civicloop.apps.dispatch.actions.parties import end_parties
from civicloop.apps.dispatch.models import (
    CallBackWay,
    CloseType,
    OrderState,
    Resolved,
    WorkOrder,
)
from civicloop.apps.dispatch.transitions import TRANSITIONS
from civicloop.apps.intake.models import Appeal

RATED_IN = frozenset({OrderState.REVIEWED, OrderState.CALL_BACK, OrderState.CLOSED})


def orders_of(appeal: Appeal) -> list[WorkOrder]:
    """An appeal's orders; several where its problems were parted."""
    return list(appeal.orders.order_by("part").select_related("appeal"))


def may_add(order: WorkOrder) -> bool:
    return not order.is_ended


def may_withdraw(order: WorkOrder) -> bool:
    return order.state in TRANSITIONS["withdraw"].sources


def may_reopen(order: WorkOrder) -> bool:
    return order.state in TRANSITIONS["reopen"].sources


def may_rate(order: WorkOrder) -> bool:
    """Whether the citizen was answered in this round and has not said what came of it."""
    if order.state not in RATED_IN or not order.answers.filter(round=order.round).exists():
        return False
    return not order.call_backs.filter(key=_rating_key(order)).exists()


@transaction.atomic
def add_information(*, appeal: Appeal, text: str, now: datetime) -> None:
    """Add the citizen's words to each order that goes on; the same words again change nothing.

    Raises:
        StepRefusedError: every order has ended.
    """

    def add(order: WorkOrder) -> None:
        if order.steps.filter(reason=BY_CITIZEN, note=text).exists():
            return
        name = "register" if order.state == OrderState.INCOMPLETE else "add_information"
        step = Step(name=name, actor=None, now=now, reason=BY_CITIZEN, note=text)
        if name == "register":
            move_order(order_id=order.pk, step=step)
        else:
            note_step(order=lock_order(order.pk), step=step)

    ended = _("The matter has ended. With a new fact you can have it opened again.")
    _each(appeal, may_add, add, refusal=ended)


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, why: str, now: datetime) -> None:
    """End every order that has not been answered yet.

    Raises:
        StepRefusedError: none can be withdrawn any more.
    """
    step = Step(
        name="withdraw",
        actor=None,
        now=now,
        reason=BY_CITIZEN,
        note=why,
        close_type=CloseType.WITHDRAWN,
    )

    def end(order: WorkOrder) -> None:
        move_order(order_id=order.pk, step=step, effect=lambda own: end_parties(own, now=now))

    answered = _("It has been answered or has ended. It cannot be withdrawn any more.")
    _each(appeal, may_withdraw, end, refusal=answered)
    Appeal.objects.filter(pk=appeal.pk).update(is_waiting=False)


@transaction.atomic
def reopen_appeal(*, appeal: Appeal, new_fact: str, now: datetime) -> None:
    """Have every ended order looked at again, in a new round.

    Raises:
        StepRefusedError: none has ended.
    """

    def reopen(order: WorkOrder) -> None:
        reopen_order(order_id=order.pk, new_fact=new_fact, actor=None, now=now)

    still_open = _("The matter has not ended. You can add to it instead.")
    _each(appeal, may_reopen, reopen, refusal=still_open)


@transaction.atomic
def rate_answer(
    *,
    appeal: Appeal,
    resolved: Resolved,
    satisfaction: int,
    attitude: int,
    note: str,
    now: datetime,
    part: int | None = None,
) -> None:
    """Keep what the citizen says of the answer to a part, or of each answer; once a round.

    Raises:
        StepRefusedError: there is no answer to rate.
    """

    def is_asked(order: WorkOrder) -> bool:
        return part in (None, order.part) and may_rate(order)

    def rate(order: WorkOrder) -> None:
        heard = Heard(
            key=_rating_key(order),
            round=order.round,
            way=CallBackWay.WEB,
            is_reached=True,
            resolved=resolved,
            satisfaction=satisfaction,
            attitude=attitude,
            note=note,
        )
        record_call_back(order_id=order.pk, heard=heard, actor=None, now=now)

    nothing = _("There is no answer that you have not rated.")
    _each(appeal, is_asked, rate, refusal=nothing)


def _rating_key(order: WorkOrder) -> str:
    return sha256(f"web {order.pk} {order.round}".encode()).hexdigest()


def _each(
    appeal: Appeal,
    is_possible: Callable[[WorkOrder], bool],
    act: Callable[[WorkOrder], None],
    *,
    refusal: str,
) -> None:
    possible = [order for order in orders_of(appeal) if is_possible(order)]
    if not possible:
        raise StepRefusedError(refusal)
    for order in possible:
        act(order)
