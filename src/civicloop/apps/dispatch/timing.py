"""Which clocks a work order's steps start and stop; the limits are those of the city's preset.

An order's clocks have the owner type "work_order" and, where a unit must act, the unit: lead and
assisting units each have their own time, and a unit that gets the order anew begins anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.clocks.actions.pausing import PauseOutsideClockError, pause_clock, resume_clock
from civicloop.apps.clocks.actions.several import (
    Start,
    count_clocks,
    run_on,
    start_clocks,
    stop_clocks,
)
from civicloop.apps.clocks.limits import SourcedLimit
from civicloop.apps.clocks.models import Clock, ClockName, PauseReason
from civicloop.apps.clocks.presets import knows_case, sourced_limit
from civicloop.apps.dispatch.models import (
    OrderParty,
    OrderState,
    PartyRole,
    Urgency,
    WorkOrder,
)
from civicloop.apps.dispatch.step import Step, StepRefusedError
from civicloop.apps.intake.models import Kind, LimitCase

OWNER = "work_order"
OF_HANDLING = (ClockName.HANDLE, ClockName.CONSULT)
CASES = {Urgency.URGENT: "urgent", Urgency.CRITICAL: "urgent"}
BY_WEB = "web"
WEB_CHANNELS = frozenset({"web", "app", "wechat", "message_board", "mailbox"})

Effect = Callable[[WorkOrder, Step], None]


def keep_time(order: WorkOrder, step: Step) -> None:
    """Start and stop what the step starts and stops; sets the order's `due_at`, saved by the caller.

    Raises:
        StepRefusedError: the cause of a suspension is not on the list, or has no evidence.
    """
    effect = EFFECTS.get(step.name)
    if effect:
        effect(order, step)


def clocks_of(order: WorkOrder) -> list[Clock]:
    """Every clock of the order, oldest first, with its unit, pauses and extensions."""
    clocks = Clock.objects.of_owner(OWNER, order.pk).select_related("unit")
    return list(clocks.prefetch_related("pauses", "extensions"))


def count_new_order(
    order: WorkOrder, parties: Sequence[OrderParty], *, now: datetime
) -> list[Clock]:
    """The clocks of an order that is opened now and, where it has parties, dispatched as well.

    Nothing is written: sets the due times of order and parties; the time to dispatch was none.
    """
    starts = [
        *_start_of_dispatch(order),
        *(s for party in parties for s in _starts_of(order, party)),
    ]
    clocks = count_clocks(owner_type=OWNER, starts=starts, started_at=now, now=now)
    dispatch = [clock for clock in clocks if clock.name == ClockName.DISPATCH]
    order.due_at = dispatch[0].due_at if dispatch else None
    if parties:
        for clock in dispatch:
            clock.stopped_at = now
        _set_due_times(order, parties, clocks)
    return clocks


def answer_expected_at(order: WorkOrder, *, now: datetime) -> datetime | None:
    """By when the citizen may expect the answer: no later than this if every limit is kept.

    Before a unit has the order its time is counted from the end of the time to dispatch, or from
    now where that is over; a merged order is answered with its master. None where the order has
    ended or a limit is not known.
    """
    if order.state == OrderState.MERGED and order.master is not None:
        return answer_expected_at(order.master, now=now)
    if order.is_ended or order.lead_unit_id is not None or order.due_at is None:
        return order.answer_due_at
    sourced = limit_of_handling(order)
    if sourced is None:
        return None
    starts = [Start(name=_handling(order), sourced=sourced)]
    [clock] = count_clocks(
        owner_type=OWNER, starts=starts, started_at=max(order.due_at, now), now=now
    )
    return clock.due_at


def _await_dispatch(order: WorkOrder, step: Step) -> None:
    clocks = _start(order, _start_of_dispatch(order), step.actor, step.now)
    order.due_at = clocks[0].due_at if clocks else None


def _start_of_dispatch(order: WorkOrder) -> list[Start]:
    sourced = sourced_limit(settings.CLOCK_PRESET, ClockName.DISPATCH, *_cases(order))
    return [Start(name=ClockName.DISPATCH, sourced=sourced)] if sourced else []


def _taken_back(order: WorkOrder, step: Step) -> None:
    """The unit's time is over with its part; how long the dispatcher takes is measured anew."""
    stop_all(order, step)
    _await_dispatch(order, step)


def _dispatched(order: WorkOrder, step: Step) -> None:
    stop_all(order, step)
    give_time(order, actor=step.actor, now=step.now)


def _given_again(order: WorkOrder, step: Step) -> None:
    give_time(order, actor=step.actor, now=step.now)


def give_time(order: WorkOrder, *, actor: User | None, now: datetime) -> None:
    """Start the clocks of every open party; the order is due when its lead unit is."""
    parties = list(order.parties.filter(is_open=True).select_related("unit"))
    starts = [start for party in parties for start in _starts_of(order, party)]
    _set_due_times(order, parties, _start(order, starts, actor, now))
    OrderParty.objects.bulk_update(parties, ["due_at"])


def _set_due_times(
    order: WorkOrder, parties: Sequence[OrderParty], clocks: Sequence[Clock]
) -> None:
    ends = {clock.unit_id: clock.due_at for clock in clocks if clock.name in OF_HANDLING}
    for party in parties:
        party.due_at = ends.get(party.unit_id)
        if party.role == PartyRole.LEAD:
            order.due_at = party.due_at


def _starts_of(order: WorkOrder, party: OrderParty) -> Iterator[Start]:
    names = [_handling(order)]
    if party.signed_at is None:
        names.append(ClockName.SIGN)
    if party.role == PartyRole.LEAD and party.signed_at is None:
        names += [ClockName.OBJECT, ClockName.FIRST_CONTACT]
    if party.role == PartyRole.LEAD and order.urgency != Urgency.GENERAL:
        names.append(ClockName.RESPOND)
    for name in names:
        sourced = sourced_limit(settings.CLOCK_PRESET, name, *_cases(order))
        if sourced:
            yield Start(name=name, sourced=sourced, unit=party.unit)


def limit_of_handling(order: WorkOrder) -> SourcedLimit | None:
    """The limit that a unit's work on the order has by the city's rules."""
    return sourced_limit(settings.CLOCK_PRESET, _handling(order), *_cases(order))


def _handling(order: WorkOrder) -> ClockName:
    """An enquiry that a unit must answer has its own limit where the city gives it one."""
    if order.kind == Kind.ENQUIRY and sourced_limit(settings.CLOCK_PRESET, ClockName.CONSULT):
        return ClockName.CONSULT
    return ClockName.HANDLE


def _cases(order: WorkOrder) -> list[str]:
    """What makes an order's limits others than the usual, the weightiest first.

    What a person said of the order goes before what its topic says. Few cities look at the topic or the
    channel, and they are looked up for those alone.
    """
    preset = settings.CLOCK_PRESET
    urgency = CASES.get(Urgency(order.urgency), "")
    by_matter = any(knows_case(preset, case) for case in LimitCase.values)
    matter = order.limit_case or (order.topic.limit_case if by_matter and order.topic else "")
    is_by_web = knows_case(preset, BY_WEB) and order.appeal.channel.code in WEB_CHANNELS
    return [case for case in (urgency, matter, BY_WEB if is_by_web else "") if case]


def _start(order: WorkOrder, starts: list[Start], actor: User | None, now: datetime) -> list[Clock]:
    return start_clocks(
        owner_type=OWNER,
        owner_id=order.pk,
        starts=starts,
        started_at=now,
        actor=actor,
        now=now,
    )


def stop_all(order: WorkOrder, step: Step) -> None:
    """Nothing of the order is waited for any more."""
    stop_clocks(owner_type=OWNER, owner_id=order.pk, actor=step.actor, now=step.now)


def _stopping(*names: ClockName) -> Effect:
    """Stop clocks of the actor's unit: those of these names or, where none is named, all."""

    def stop(order: WorkOrder, step: Step) -> None:
        stop_clocks(
            owner_type=OWNER,
            owner_id=order.pk,
            names=names or None,
            unit_id=step.actor.unit_id if step.actor else None,
            actor=step.actor,
            now=step.now,
        )

    return stop


def _objected(order: WorkOrder, step: Step) -> None:
    """The time to object is over for good at its end, also for a unit that took an objection back."""
    clocks = Clock.objects.of_owner(OWNER, order.pk).filter(name=ClockName.OBJECT)
    if has_lapsed(clocks.filter(unit=order.lead_unit_id).order_by("pk").last(), now=step.now):
        raise StepRefusedError(_("The time to object has passed: the unit handles the order."))
    stop_clocks(
        owner_type=OWNER,
        owner_id=order.pk,
        names=[ClockName.OBJECT],
        actor=step.actor,
        now=step.now,
    )


def has_lapsed(clock: Clock | None, *, now: datetime) -> bool:
    """Whether a right is not to be used any more; one without a limit never is."""
    return clock is not None and clock.due_at is not None and now > clock.due_at


def _run_on(order: WorkOrder, step: Step) -> None:
    if order.lead_unit_id:
        run_on(
            owner_type=OWNER,
            owner_id=order.pk,
            names=OF_HANDLING,
            unit_id=order.lead_unit_id,
            actor=step.actor,
            now=step.now,
        )


def _pause(order: WorkOrder, step: Step) -> None:
    if step.reason not in PauseReason.values or not step.note.strip():
        raise StepRefusedError(_("Name a listed cause and the evidence for it."))
    running = Clock.objects.of_owner(OWNER, order.pk).filter(stopped_at=None, paused_at=None)
    clocks = list(running.filter(name__in=OF_HANDLING))
    if clocks and not sum(_stands(clock, step) for clock in clocks):
        raise StepRefusedError(_("The time stands already, or it is out."))


def _stands(clock: Clock, step: Step) -> bool:
    """Whether the clock stands from now on; one that is out stays so."""
    try:
        pause_clock(
            clock=clock,
            reason=PauseReason(step.reason),
            evidence=step.note,
            from_at=step.now,
            actor=step.actor,
            now=step.now,
        )
    except PauseOutsideClockError:
        return False
    return True


def _resume(order: WorkOrder, step: Step) -> None:
    paused = Clock.objects.of_owner(OWNER, order.pk).exclude(paused_at=None)
    for clock in paused.filter(stopped_at=None):
        resume_clock(clock=clock, actor=step.actor, now=step.now)
    take_due_times(order)


def take_due_times(order: WorkOrder) -> None:
    """Bring the due times of order and parties into line with their clocks, after one was moved."""
    running = list(Clock.objects.of_owner(OWNER, order.pk).filter(stopped_at=None))
    ends = {clock.unit_id: clock.due_at for clock in running if clock.name in OF_HANDLING}
    for clock in running:
        if clock.name == ClockName.DISPATCH:
            order.due_at = clock.due_at
    parties = list(order.parties.filter(is_open=True))
    for party in parties:
        party.due_at = ends.get(party.unit_id, party.due_at)
        if party.role == PartyRole.LEAD:
            order.due_at = party.due_at
    OrderParty.objects.bulk_update(parties, ["due_at"])


EFFECTS: Mapping[str, Effect] = {
    "reopen": _await_dispatch,
    "part": _await_dispatch,
    "take_up": _await_dispatch,
    "uphold_objection": _taken_back,
    "redispatch": _taken_back,
    "escalate": _taken_back,
    "take_from_accused": _taken_back,
    "dispatch": _dispatched,
    "redo": _given_again,
    "sign": _stopping(ClockName.SIGN),
    "sign_part": _stopping(ClockName.SIGN),
    "reply_part": _stopping(),
    "begin": _stopping(ClockName.FIRST_CONTACT, ClockName.RESPOND, ClockName.OBJECT),
    "object": _objected,
    "reply": stop_all,
    "fail_review": _run_on,
    "suspend": _pause,
    "resume": _resume,
    "answer_by_plan": stop_all,
    "merge": stop_all,
    "answer": stop_all,
    "refuse": stop_all,
    "transfer": stop_all,
    "withdraw": stop_all,
    "reply_finally": stop_all,
}
