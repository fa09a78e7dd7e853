"""More time (延期): asked for by the head of the unit before it is over, granted by the centre."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.clocks.actions import ExtensionNotAllowedError, extend_clock
from civicloop.apps.clocks.counting import last_day_of
from civicloop.apps.clocks.limits import LONG_CYCLE, USUAL, rule_from_json
from civicloop.apps.clocks.models import Clock
from civicloop.apps.clocks.wording import word_count, word_end
from civicloop.apps.dispatch.actions.handling import SIGNED_FOR, own_party, refuse_unless_in
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, note_step
from civicloop.apps.dispatch.actions.telling import tell_unit
from civicloop.apps.dispatch.models import (
    ExtensionRequest,
    OrderParty,
    RequestState,
    WorkOrder,
)
from civicloop.apps.dispatch.notice_kinds import EXTENSION_GRANTED, EXTENSION_REFUSED
from civicloop.apps.dispatch.queries.order_clocks import handling_clock
from civicloop.apps.dispatch.timing import take_due_times
from civicloop.engines.clocks import (
    ExtensionRefusedError,
    MissingCalendarYearError,
    TimeUnit,
)

LONGEST_NAME = 40  # of an approver


@transaction.atomic
def ask_for_more_time(
    *,
    order_id: int,
    days: int,
    reason: str,
    is_caller_told: bool,
    actor: User,
    now: datetime,
    is_long_cycle: bool = False,
    seen_version: int | None = None,
) -> WorkOrder:
    """Ask the centre for more time and say why; the citizen is told by the unit.

    A long-cycle matter (land, demolition, roads, telecom works) may be given its time once, in place of more
    extensions of the usual kind.

    Raises:
        StepRefusedError: the limit allows none, it is over, or a request waits already.
        StaleOrderError: somebody else has changed the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    party = own_party(order, actor)
    refuse_unless_in(order, SIGNED_FOR)
    if actor.role != Role.UNIT_HEAD:
        raise StepRefusedError(_("Only the head of the unit may ask for more time."))
    if not reason.strip():
        raise StepRefusedError(_("Say why: this step needs a reason."))
    if not is_caller_told:
        raise StepRefusedError(_("Explain the delay to the citizen first, and say so here."))
    if waiting_request(party.order) is not None:
        raise StepRefusedError(_("A request for more time waits for the centre already."))
    _refuse_beyond_rule(handling_clock(party), days, now, is_long_cycle=is_long_cycle)
    request = ExtensionRequest.objects.create(
        order=order,
        party=party,
        days=days,
        is_long_cycle=is_long_cycle,
        reason=reason,
        is_caller_told=is_caller_told,
        asked_by=actor,
        asked_at=now,
    )
    details = {"request": request.pk, "days": days}
    step = Step(name="ask_extension", actor=actor, now=now, note=reason, details={**details})
    return note_step(order=order, step=step)


def may_be_extended(party: OrderParty, *, now: datetime) -> bool:
    """Whether the limit of a party's work allows more time, and is not over."""
    clock = handling_clock(party)
    return clock is not None and allows_more_time(clock, now=now)


def allows_more_time(clock: Clock, *, now: datetime, granted: Sequence[bool] = ()) -> bool:
    """Whether a limit may be extended once more, and is not over.

    Args:
        clock: of the limit.
        now: at most when it is due.
        granted: of each extension that it has, whether that was of a long-cycle matter.
    """
    if clock.due_at is None or now > clock.due_at or any(granted):
        return False
    return LONG_CYCLE in clock.extension_rules or (
        USUAL in clock.extension_rules
        and len(granted) < rule_from_json(clock.extension_rules[USUAL]).count
    )


def _refuse_beyond_rule(
    clock: Clock | None, days: int, now: datetime, *, is_long_cycle: bool
) -> None:
    name = LONG_CYCLE if is_long_cycle else USUAL
    if clock is None or clock.due_at is None or name not in clock.extension_rules:
        raise StepRefusedError(_("This limit cannot be extended."))
    if now > clock.due_at:
        raise StepRefusedError(_("The time is over: more must be asked for before."))
    rule = rule_from_json(clock.extension_rules[name])
    kept = clock.extensions.filter(granted_at__gte=clock.limit_set_at)
    if kept.filter(is_long_cycle=True).exists():
        raise StepRefusedError(_("The time of a long-cycle matter has been given already."))
    if not is_long_cycle and kept.count() >= rule.count:
        raise StepRefusedError(
            _("The limit has been extended %(count)d times; no more is allowed.")
            % {"count": rule.count}
        )
    if not 0 < days <= rule.n:
        raise StepRefusedError(
            _("At most %(time)s may be asked for at once.")
            % {"time": word_count(rule.n, rule.unit)}
        )
    if rule.longest_days and rule.unit == TimeUnit.CALENDAR_DAY:
        _refuse_too_long(clock, clock.due_at, days, rule.longest_days)


def _refuse_too_long(clock: Clock, due_at: datetime, days: int, longest_days: int) -> None:
    spent = (last_day_of(due_at) - timezone.localdate(clock.started_at)).days
    if spent + days > longest_days:
        raise StepRefusedError(
            _("The whole matter may take %(longest)d days: at most %(left)d more can be asked for.")
            % {"longest": longest_days, "left": max(0, longest_days - spent)}
        )


def waiting_request(order: WorkOrder) -> ExtensionRequest | None:
    """The request that the centre has not decided, the lead unit's first."""
    requests = order.extension_requests.filter(state=RequestState.PENDING, party__is_open=True)
    return requests.select_related("party__unit").order_by("-party__role", "pk").first()


@transaction.atomic
def decide_extension(
    *,
    order_id: int,
    is_granted: bool,
    decision: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """Grant what was asked, counted from the end of the limit, or refuse it with a reason.

    Raises:
        StepRefusedError: nothing waits, or the limit allows no such extension any more.
        StaleOrderError: somebody else has changed the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    if not may(actor, Action.DISPATCH_ORDERS):
        raise StepRefusedError(_("Your role may not take this step."))
    request = waiting_request(order)
    if request is None:
        raise StepRefusedError(_("No request for more time waits."))
    if not is_granted and not decision.strip():
        raise StepRefusedError(_("Say why: this step needs a reason."))
    if is_granted:
        _extend(request, actor, now)
        take_due_times(order)
    request.state = RequestState.GRANTED if is_granted else RequestState.REFUSED
    request.decided_by, request.decided_at, request.decision = actor, now, decision
    request.save()
    step = Step(
        name="grant_extension" if is_granted else "refuse_extension",
        actor=actor,
        now=now,
        note=decision,
        details={"request": request.pk, "days": request.days},
    )
    noted = note_step(order=order, step=step)
    _tell(request, now)
    return noted


def _tell(request: ExtensionRequest, now: datetime) -> None:
    party = OrderParty.objects.get(pk=request.party_id)
    tell_unit(
        EXTENSION_GRANTED if request.state == RequestState.GRANTED else EXTENSION_REFUSED,
        order=request.order,
        unit_id=party.unit_id,
        key=f"extension {request.pk}",
        now=now,
        params={"due": word_end(party.due_at) if party.due_at else "–"},
    )


def _extend(request: ExtensionRequest, actor: User, now: datetime) -> None:
    clock = handling_clock(request.party)
    if clock is None:
        raise StepRefusedError(_("The unit's time has ended already."))
    name = LONG_CYCLE if request.is_long_cycle else USUAL
    try:
        extend_clock(
            clock=clock,
            n=Decimal(request.days),
            unit=rule_from_json(clock.extension_rules[name]).unit,
            is_long_cycle=request.is_long_cycle,
            reason=request.reason,
            approver=(actor.get_full_name() or actor.username)[:LONGEST_NAME],
            asked_at=request.asked_at,
            actor=actor,
            now=now,
            caller_informed_at=request.asked_at if request.is_caller_told else None,
            centre_informed_at=request.asked_at,
        )
    except (ExtensionRefusedError, ExtensionNotAllowedError, KeyError) as refused:
        raise StepRefusedError(_("This limit cannot be extended.")) from refused
    except MissingCalendarYearError as missing:
        raise StepRefusedError(
            _("The holidays of the year in which it would end are not loaded yet.")
        ) from missing
