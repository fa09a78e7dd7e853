"""Give orders to their units by the directory and by experience, or leave them to a person."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, note_step
from civicloop.apps.dispatch.models import DispatchBasis, OrderState, WorkOrder
from civicloop.apps.dispatch.routing_facts import (
    Route,
    Router,
    broken_route,
    explain_routes,
    read_router,
)
from civicloop.apps.places.models import Unit
from civicloop.engines.routing.deciding import Automatic, BrokenRuleError

Progress = Callable[[str, int, int], None]

ORDERS_PER_BATCH = 200
AUTOMATIC, PERSON, BROKEN, MOVED_ON = "automatic", "person", "broken", "moved_on"


@dataclass(slots=True, kw_only=True)
class RoutingRun:
    """What became of the orders that waited."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # why orders were left to a person
    broken: list[BrokenRuleError] = field(default_factory=list)

    def count(self, route: Route) -> None:
        """Count an order that was decided."""
        if isinstance(route.decision, Automatic):
            self.outcomes[AUTOMATIC] += 1
            return
        self.outcomes[PERSON] += 1
        self.reasons.update(str(reason) for reason in route.decision.reasons)

    def count_broken(self, error: BrokenRuleError) -> None:
        """Count an order whose rule cannot be carried out."""
        self.outcomes[BROKEN] += 1
        self.broken.append(error)

    @property
    def orders(self) -> int:
        """How many were looked at."""
        return self.outcomes.total()


@transaction.atomic
def route_order(
    *, order_id: int, now: datetime, actor: User | None = None, router: Router | None = None
) -> Route:
    """Explain where an order belongs; give it to its unit, or keep three choices for a person.

    Raises:
        StepRefusedError: the order does not wait for dispatch.
        BrokenRuleError: its rule names a unit that is not there; nothing was written.
    """
    order = lock_order(order_id)
    if order.state != OrderState.TRIAGE:
        raise StepRefusedError(order.get_state_display())
    day = timezone.localdate(now)
    route = explain_routes([order], router or read_router(day), day)[0]
    _carry_out(order, route, actor, now)
    return route


def route_waiting_orders(*, now: datetime, progress: Progress | None = None) -> RoutingRun:
    """Route every order that waits for dispatch and has not been looked at with the same means.

    Each order is one transaction, so the job can be killed and run again. A rule that cannot be
    carried out leaves its orders to a person, is told on each of them and in the result.
    """
    router = read_router(timezone.localdate(now))
    waiting = WorkOrder.objects.filter(state=OrderState.TRIAGE)
    run, last_id = RoutingRun(), 0
    total = waiting.count() if progress else 0
    while batch := list(
        waiting.filter(pk__gt=last_id)
        .order_by("pk")
        .values_list("pk", "routing__means", "version")[:ORDERS_PER_BATCH]
    ):
        for order_id, means, version in batch:
            if means != [*router.means, version]:
                _route_waiting(order_id, router, run, now)
        last_id = batch[-1][0]
        if progress:
            progress("route", run.orders, total)
    return run


def try_waiting_orders(*, now: datetime, progress: Progress | None = None) -> RoutingRun:
    """What would become of the orders that wait; nothing is written."""
    day = timezone.localdate(now)
    router = read_router(day)
    waiting = WorkOrder.objects.filter(state=OrderState.TRIAGE)
    waiting = waiting.select_related("topic", "area", "appeal__topic", "appeal__area")
    run, total = RoutingRun(), waiting.count() if progress else 0
    for order in waiting.order_by("pk").iterator(chunk_size=ORDERS_PER_BATCH):
        try:
            run.count(explain_routes([order], router, day)[0])
        except BrokenRuleError as error:
            run.count_broken(error)
        if progress:
            progress("route", run.orders, total)
    return run


def _route_waiting(order_id: int, router: Router, run: RoutingRun, now: datetime) -> None:
    try:
        run.count(route_order(order_id=order_id, now=now, router=router))
    except StepRefusedError:
        run.outcomes[MOVED_ON] += 1  # somebody was faster
    except BrokenRuleError as error:
        _tell_broken(order_id, error, router, now)
        run.count_broken(error)


def _carry_out(order: WorkOrder, route: Route, actor: User | None, now: datetime) -> None:
    decision = route.decision
    if not isinstance(decision, Automatic):
        _keep(order, route.why, actor, now)
        return
    units = Unit.objects.in_bulk([decision.lead, *decision.assisting], field_name="code")
    dispatch_order(
        order_id=order.pk,
        lead=units[decision.lead],
        assisting=[units[code] for code in decision.assisting],
        basis=DispatchBasis.AUTOMATIC,
        routing=route.why,
        actor=actor,
        now=now,
        seen_version=order.version,
    )


def _keep(order: WorkOrder, why: dict[str, Json], actor: User | None, now: datetime) -> None:
    """Write why a person must choose, once for the same directory, model and state of the order."""
    means = [why["directory"] or 0, why["model"] or 0, order.version + 1]
    order.routing = why | {"means": means}
    note_step(
        order=order,
        step=Step(name="route", actor=actor, now=now, details={"reasons": why["reasons"]}),
    )


@transaction.atomic
def _tell_broken(order_id: int, error: BrokenRuleError, router: Router, now: datetime) -> None:
    order = lock_order(order_id)
    if order.state != OrderState.TRIAGE:
        return
    _keep(order, broken_route(error, router), None, now)
