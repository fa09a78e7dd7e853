"""Ask the citizen, and let the answer decide: closed, or done again."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, move_order
from civicloop.apps.dispatch.actions.parties import assign_again
from civicloop.apps.dispatch.actions.supervising import supervise_after_call_back
from civicloop.apps.dispatch.models import (
    CONTENT_FROM,
    CallBack,
    CallBackWay,
    CloseType,
    OrderState,
    Resolved,
    WorkOrder,
)
from civicloop.apps.dispatch.sampling import is_sampled

TRIES = 3  # calls that reach nobody before the order is closed by rule


class Exclusion(models.TextChoices):
    """Why a call-back is left out of the figures; nothing else is a reason."""

    OUT_OF_SCOPE = "out_of_scope", gettext_lazy("outside the duties of government")
    MALICIOUS = "malicious", gettext_lazy("malicious")
    LEGAL_ROUTE = "legal_route", gettext_lazy("a legal route is prescribed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one try to hear a citizen brought; `key` is the same when it is delivered twice."""

    key: str
    round: int  # of the order that was asked about
    way: CallBackWay
    is_reached: bool
    resolved: Resolved | None = None
    satisfaction: int | None = None  # 1 to 5
    attitude: int | None = None  # 1 to 5
    reasons: tuple[str, ...] = ()
    note: str = ""
    is_true: bool | None = None
    excluded_for: str = ""

    @property
    def is_content(self) -> bool:
        unsolved = self.resolved == Resolved.NO
        return not unsolved and (self.satisfaction is None or self.satisfaction >= CONTENT_FROM)


@transaction.atomic
def begin_call_back(
    *, order_id: int, actor: User | None, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """A reviewed order is asked about, or closed unasked where it is not in the sample."""
    order = lock_order(order_id, seen_version=seen_version)
    if is_sampled(order, share=settings.SHARE_CALLED_BACK):
        return move_order(order_id=order_id, step=Step(name="call_back", actor=actor, now=now))
    unasked = Step(name="close_unasked", actor=actor, now=now, close_type=CloseType.NOT_SAMPLED)
    return move_order(order_id=order_id, step=unasked)


@transaction.atomic
def record_call_back(*, order_id: int, heard: Heard, actor: User | None, now: datetime) -> CallBack:
    """Keep what the citizen said and move the order accordingly, once.

    A second delivery of the same key changes nothing. What comes late, about an earlier round or
    an order that is not being called back, is kept but moves nothing and is not counted.

    Raises:
        StepRefusedError: the actor may not call back.
    """
    order = lock_order(order_id)
    known = CallBack.objects.filter(key=heard.key).first()
    if known:
        return known
    if heard.excluded_for and heard.excluded_for not in Exclusion.values:
        raise StepRefusedError(heard.excluded_for)
    if order.state == OrderState.REVIEWED and heard.round == order.round:
        order = move_order(order_id=order_id, step=Step(name="call_back", actor=actor, now=now))
    counts = order.state == OrderState.CALL_BACK and heard.round == order.round
    call_back = _keep(order, heard, actor, now, counts=counts)
    if counts:
        _move_on(order, heard, actor, now)
    return call_back


def _keep(
    order: WorkOrder, heard: Heard, actor: User | None, now: datetime, *, counts: bool
) -> CallBack:
    record_event(
        action="call_back_recorded",
        object_type="work_order",
        object_id=order.pk,
        actor=actor,
        now=now,
        details={"reached": heard.is_reached, "round": heard.round, "counted": counts},
    )
    return CallBack.objects.create(
        order=order,
        round=heard.round,
        key=heard.key,
        way=heard.way,
        at=now,
        actor=actor,
        is_reached=heard.is_reached,
        resolved=heard.resolved or "",
        satisfaction=heard.satisfaction,
        attitude=heard.attitude,
        reasons=list(heard.reasons),
        note=heard.note,
        is_true=heard.is_true,
        excluded_for=heard.excluded_for,
        is_counted=counts and not heard.excluded_for,
    )


def _move_on(order: WorkOrder, heard: Heard, actor: User | None, now: datetime) -> None:
    if not heard.is_reached:
        tries = order.call_backs.filter(round=order.round, is_reached=False).count()
        if tries >= TRIES:
            unreached = Step(name="close", actor=actor, now=now, close_type=CloseType.UNREACHED)
            move_order(order_id=order.pk, step=unreached)
        return

    def hear(locked: WorkOrder) -> None:
        is_left_out = bool(heard.excluded_for)  # kept with the call-back, not said of the order
        locked.resolved = "" if is_left_out else heard.resolved or ""
        locked.satisfaction = None if is_left_out else heard.satisfaction
        locked.called_back_at = now

    if heard.is_content or heard.excluded_for:
        end = CloseType.RESOLVED if heard.resolved == Resolved.YES else CloseType.EXPLAINED
        closed = Step(name="close", actor=actor, now=now, close_type=end, note=heard.note)
        move_order(order_id=order.pk, step=closed, effect=hear)
        return

    def do_again(locked: WorkOrder) -> None:
        hear(locked)
        locked.round += 1
        locked.replied_at = locked.reviewed_at = None
        if locked.lead_unit_id:
            assign_again(locked, now=now)

    name = "redo" if order.lead_unit_id else "take_up"
    reason = "unresolved" if heard.resolved == Resolved.NO else "not_content"
    again = Step(name=name, actor=actor, now=now, reason=reason, note=heard.note)
    done_again = move_order(order_id=order.pk, step=again, effect=do_again)
    supervise_after_call_back(done_again, now=now)


@transaction.atomic
def hear_citizen(
    *,
    order_id: int,
    is_reached: bool,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
    resolved: Resolved | None = None,
    satisfaction: int | None = None,
    attitude: int | None = None,
    is_true: bool | None = None,
    excluded_for: str = "",
    note: str = "",
) -> CallBack:
    """Write down a call from the desk; the same form sent twice is one call.

    Raises:
        StepRefusedError: a citizen who was reached said nothing, or the order is not to be called.
        StaleOrderError: somebody else has moved the order.
    """
    order = WorkOrder.objects.get(pk=order_id)
    key = f"desk {order_id} {seen_version if seen_version is not None else order.version}"
    if known := CallBack.objects.filter(key=key).first():
        return known
    order = lock_order(order_id, seen_version=seen_version)
    if order.state not in {OrderState.REVIEWED, OrderState.CALL_BACK}:
        raise StepRefusedError(_("The order is not to be called back now."))
    if is_reached and resolved is None and satisfaction is None:
        raise StepRefusedError(_("Say whether it is resolved and how content the citizen is."))
    heard = Heard(
        key=key,
        round=order.round,
        way=CallBackWay.PHONE,
        is_reached=is_reached,
        resolved=resolved if is_reached else None,
        satisfaction=satisfaction if is_reached else None,
        attitude=attitude if is_reached else None,
        note=note,
        is_true=is_true if is_reached else None,
        excluded_for=excluded_for,
    )
    return record_call_back(order_id=order_id, heard=heard, actor=actor, now=now)
