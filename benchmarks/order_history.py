"""A work order for every appeal, most of them ended.

A thousand are written one by one, the database makes all others as copies of them; so it makes
appeals beyond those that were imported, where more are asked for. In a thousand orders 28 are with units, 5 answered, 3 wait for a dispatcher and 964 are archived. Each has its
steps and a clock, those that were dispatched a lead unit and one in five an assisting one. Half of
all are one unit's, so that there is an inbox as full as a city's fullest.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civicloop.apps.clocks.models import Clock
    from civicloop.apps.dispatch.models import OrderParty, OrderStep, WorkOrder
    from civicloop.apps.intake.models import Appeal
    from civicloop.apps.places.models import Unit

PATTERNS = 1_000
STATES = {"triage": 2, "objected": 1, "dispatched": 9, "signed": 6, "in_progress": 12,
          "suspended": 1, "replied": 3, "reviewed": 1, "call_back": 1}  # fmt: skip
ENDED, WAITING = "archived", "triage"
STEPS = ("open", "pass_on", "dispatch", "sign")
DUE_APART = timedelta(minutes=10)  # half of them are over
ASSISTED = 5  # one order of so many


def copy_appeals(count: int) -> None:
    """Copies of the appeals that are there, each some minutes older, until there are so many."""
    from django.db import connection

    from civicloop.apps.intake.models import Appeal

    there = Appeal.objects.count()
    if count <= there:
        return
    assert connection.vendor == "postgresql", "only PostgreSQL copies appeals here"
    columns = [field.column for field in Appeal._meta.concrete_fields if field.column != "id"]  # noqa: SLF001
    own = {
        "source_key": "source_key || '-' || n",
        "received_at": "received_at - n * interval '7 minutes'",
    }
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(own.get(column, f'"{column}"') for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO intake_appeal ({names}) SELECT {values} FROM intake_appeal
                CROSS JOIN generate_series(1, {-(-count // there)}) n
                ORDER BY n, id LIMIT {count - there}"""
        )


def write_order_history(*, now: datetime) -> None:
    """Orders for all appeals; there must be units, and no orders yet."""
    from django.db import connection, transaction

    from civicloop.apps.clocks.models import Clock
    from civicloop.apps.dispatch.models import OrderParty, OrderStep, WorkOrder
    from civicloop.apps.intake.models import Appeal

    patterns = list(Appeal.objects.order_by("id")[:PATTERNS])
    with transaction.atomic():
        _write_patterns(patterns, now)
        _copy_orders(patterns[0].pk)
        for model, owner in (
            (OrderParty, "order_id"),
            (OrderStep, "order_id"),
            (Clock, "owner_id"),
        ):
            _copy_what_belongs(model, owner, patterns[0].pk)
    if connection.vendor == "postgresql":  # as its own housekeeping does within minutes
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(f"  {WorkOrder.objects.count():,} work orders", flush=True)


def _write_patterns(appeals: Sequence["Appeal"], now: datetime) -> None:
    from civicloop.apps.clocks.models import Clock
    from civicloop.apps.dispatch.models import OrderParty, OrderStep, WorkOrder
    from civicloop.apps.places.models import Unit

    units = list(Unit.objects.order_by("pk"))
    states = [state for state, count in STATES.items() for _ in range(count)]
    orders = [
        _order(appeal, (*states, *[ENDED] * PATTERNS)[number], number, units, now)
        for number, appeal in enumerate(appeals)
    ]
    WorkOrder.objects.bulk_create(orders)
    OrderParty.objects.bulk_create(party for order in orders for party in _parties(order, units))
    OrderStep.objects.bulk_create(step for order in orders for step in _steps(order))
    limits = _counted_clock(now)
    Clock.objects.bulk_create(_clock(order, limits) for order in orders)


def _order(
    appeal: "Appeal", state: str, number: int, units: Sequence["Unit"], now: datetime
) -> "WorkOrder":
    from civicloop.apps.dispatch.models import WorkOrder

    is_dispatched, moment = state != WAITING, appeal.received_at
    unit = units[0 if number % 2 else number // 2 % len(units)]
    return WorkOrder(
        appeal=appeal,
        state=state,
        version=len(STEPS),
        kind=appeal.kind,
        topic_id=appeal.topic_id,
        area_id=appeal.area_id,
        lead_unit=unit if is_dispatched else None,
        routing={
            "outcome": "person",
            "reasons": ["unsure"],
            "choices": [[unit.code, "learned", 0.3] for unit in units[:3]],
        },
        due_at=now + (number * 389 % PATTERNS - PATTERNS // 2) * DUE_APART,
        opened_at=moment,
        registered_at=moment,
        dispatched_at=moment if is_dispatched else None,
        closed_at=moment if state == ENDED else None,
        close_type="resolved" if state == ENDED else "",
    )


def _parties(order: "WorkOrder", units: Sequence["Unit"]) -> Iterator["OrderParty"]:
    from civicloop.apps.dispatch.models import OrderParty

    if order.lead_unit is None:
        return
    assisting = [units[-1]] if order.pk % ASSISTED == 0 and order.lead_unit != units[-1] else []
    for role, unit in [("lead", order.lead_unit), *(("assist", unit) for unit in assisting)]:
        yield OrderParty(
            order=order,
            unit=unit,
            role=role,
            assigned_at=order.opened_at,
            due_at=order.due_at,
            ended_at=order.closed_at,
            is_open=order.closed_at is None,
        )


def _steps(order: "WorkOrder") -> Iterator["OrderStep"]:
    from civicloop.apps.dispatch.models import OrderStep

    for version, name in enumerate(STEPS, start=1):
        yield OrderStep(
            order=order,
            version=version,
            name=name,
            to_state=order.state,
            at=order.opened_at,
            unit_id=order.lead_unit_id,
        )


def _counted_clock(now: datetime) -> dict[str, Any]:
    """The columns of a clock as the platform counts one."""
    from civicloop.apps.clocks.actions.several import Start, count_clocks
    from civicloop.apps.clocks.models import ClockName
    from civicloop.apps.clocks.presets import sourced_limit

    sourced = sourced_limit("lueliang", ClockName.HANDLE)
    assert sourced is not None
    start = Start(name=ClockName.HANDLE, sourced=sourced)
    [clock] = count_clocks(owner_type="work_order", starts=[start], started_at=now, now=now)
    columns = [field.attname for field in clock._meta.concrete_fields]  # noqa: SLF001
    return {column: getattr(clock, column) for column in columns if column != "id"}


def _clock(order: "WorkOrder", counted: Mapping[str, Any]) -> "Clock":
    from civicloop.apps.clocks.models import Clock

    own = {
        "owner_id": order.pk,
        "unit_id": order.lead_unit_id,
        "due_at": order.due_at,
        "stopped_at": order.closed_at,
    }
    return Clock(**{**counted, **own})


def _copy_orders(first: int) -> None:
    """Each has its pattern's columns, but what it has in common with its appeal."""
    from civicloop.apps.dispatch.models import WorkOrder

    of_appeal = {
        "appeal_id": "appeal.id",
        "kind": "appeal.kind",
        "topic_id": "appeal.topic_id",
        "area_id": "appeal.area_id",
        "opened_at": "appeal.received_at",
    }
    _copy(
        WorkOrder,
        of_appeal,
        f"""FROM intake_appeal appeal JOIN dispatch_workorder pattern
            ON pattern.appeal_id = {first} + (appeal.id - {first}) % {PATTERNS}
            WHERE appeal.id >= {first + PATTERNS}""",
    )


def _copy_what_belongs(model: type[Any], owner: str, first: int) -> None:
    """What belongs to the pattern of an order, for the order itself."""
    _copy(
        model,
        {owner: "own.id"},
        f"""FROM dispatch_workorder own JOIN dispatch_workorder other
            ON other.appeal_id = {first} + (own.appeal_id - {first}) % {PATTERNS}
            JOIN {model._meta.db_table} pattern ON pattern.{owner} = other.id
            WHERE own.appeal_id >= {first + PATTERNS}""",  # noqa: SLF001
    )


def _copy(model: type[Any], own: Mapping[str, str], source: str) -> None:
    from django.db import connection

    columns = [field.column for field in model._meta.concrete_fields if field.column != "id"]  # noqa: SLF001
    values = [own.get(column, f'pattern."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} {source}")
