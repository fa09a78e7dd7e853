"""How fast orders are routed, and a changed directory is tried on history.

`python -m benchmarks routing [--orders 100000] [--routed 300] [--only sqlite]`

First the engine alone: both of two directories of 300 rules, a city's number, are asked about every
order; beside it, in the same run, each order is put to one rule after the other until the best is
known. Then whole orders on each database: statements and CPU milliseconds of explaining and
dispatching one order, beside the bare dispatch by a person in the same run.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments
from civicloop.connectors.sample_city import CityPlan, write_sample_city
from civicloop.engines.routing.backtest import backtest
from civicloop.engines.routing.rules import Case, Level, Rule, RuleBook

RULES, AREAS, TOPICS = 300, 120, 223
SCANNED = 2_000  # orders of the baseline
DAY = date(2023, 10, 31)
CITY_APPEALS = 3_000


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks routing")
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--routed", type=int, default=100)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument(INSIDE, action="store_true")
    options = parser.parse_args(words)
    if options.inside:
        route_orders(options.routed)
        return
    try_on_history(options.orders)
    with throw_away_environments(options.only) as environments:
        for name, environment in environments.items():
            print(f"{name}:", flush=True)
            run_inside("benchmarks.routing", ["--routed", str(options.routed)], environment)


def try_on_history(orders: int) -> None:
    stream = random.Random(3)
    rules = [_rule(number, stream) for number in range(1, RULES + 1)]
    changed = [rule if stream.random() > 0.05 else _other_lead(rule) for rule in rules]
    before, after = RuleBook(rules), RuleBook(changed)
    cases = [(str(number), _case(stream)) for number in range(orders)]
    began, cpu = time.perf_counter(), time.process_time()
    result = backtest(before, after, cases)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"back-test of {orders:,} orders by 2 directories of {RULES} rules: {took:.2f} s, "
        f"{cpu:.2f} CPU-s; {len(result.moved):,} orders would go elsewhere"
    )
    began = time.process_time()
    for _key, case in cases[:SCANNED]:
        _scan(rules, case)
        _scan(changed, case)
    scanned = (time.process_time() - began) * orders / SCANNED
    print(
        f"baseline, one rule after the other (from {SCANNED:,} orders): {scanned:.1f} CPU-s; "
        f"ours takes 1/{scanned / cpu:.0f}"
    )


def _rule(number: int, stream: random.Random) -> Rule:
    topic = number % TOPICS
    area = f"9901{stream.randrange(10):02d}" if number >= TOPICS else ""
    level = Level.COUNTY if area else Level.CITY
    lead = f"U{stream.randrange(40):03d}"
    return Rule(
        number=number, topic=f"{topic % 15}/{topic % 91}/{topic}", area=area, lead=lead, level=level
    )


def _other_lead(rule: Rule) -> Rule:
    return Rule(number=rule.number, topic=rule.topic, area=rule.area, lead="U999", level=rule.level)


def _case(stream: random.Random) -> Case:
    topic = stream.randrange(TOPICS)
    area = f"9901{stream.randrange(10):02d}{stream.randrange(AREAS // 10):03d}"
    return Case(topic=f"{topic % 15}/{topic % 91}/{topic}", area=area, day=DAY)


def _scan(rules: list[Rule], case: Case) -> Rule | None:
    """What a directory without an index does: look at each rule."""
    best, depth = None, (-1, -1)
    for rule in rules:
        is_match = f"{case.topic}/".startswith(f"{rule.topic}/") and case.area.startswith(rule.area)
        if is_match and rule.is_valid_on(case.day):
            own = (rule.topic.count("/"), len(rule.area))
            if own > depth:
                best, depth = rule, own
    return best


def route_orders(count: int) -> None:
    prepare()
    _fill()
    from django.utils import timezone

    from civicloop.apps.dispatch.actions.routing import route_order
    from civicloop.apps.dispatch.models import WorkOrder

    now = timezone.now()
    routed, bare = _open(count, now), _open(count, now)
    _measure(
        "route: explain and dispatch, or leave to a person",
        routed,
        lambda pk: route_order(order_id=pk, now=now),
    )
    gone = WorkOrder.objects.filter(pk__in=routed, dispatch_basis="automatic").count()
    print(f"  {gone} of {count} went by themselves")
    _measure("baseline: the bare dispatch by a person", bare, _dispatch_by_hand(now))


def _fill() -> None:
    from django.core.management import call_command

    from civicloop.apps.accounts.actions import ensure_demo_users
    from civicloop.apps.accounts.models import Role

    ensure_demo_users({"author": ("", Role.DISPATCHER), "approver": ("", Role.SUPERVISOR)})
    with tempfile.TemporaryDirectory() as folder:
        files = write_sample_city(CityPlan(appeals=CITY_APPEALS, last_day=DAY), Path(folder))
        quiet = {"stdout": open("/dev/null", "w"), "stderr": open("/dev/null", "w")}  # noqa: PTH123, SIM115
        for table in ("areas", "units", "topics"):
            call_command("load_reference", table, str(getattr(files, table)), **quiet)
        call_command("import_appeals", str(files.appeals), source="city", **quiet)
        call_command(
            "manage_directory", "import", str(files.directory), "--user", "author", **quiet
        )
        call_command("manage_directory", "approve", "1", "--user", "approver", **quiet)
        call_command("import_handled", str(files.handled), source="city", **quiet)
        call_command("train_units", accuracy=0.8, **quiet)


def _open(count: int, now: object) -> list[int]:
    from civicloop.apps.dispatch.actions.dispatching import pass_on
    from civicloop.apps.dispatch.actions.opening import open_order_for
    from civicloop.apps.intake.models import Appeal

    appeals = Appeal.objects.filter(orders=None, topic__isnull=False).order_by("-received_at")[
        :count
    ]
    orders = [
        open_order_for(appeal=appeal, is_registered=True, actor=None, now=now) for appeal in appeals
    ]
    return [pass_on(order_id=order.pk, actor=None, now=now).pk for order in orders]


def _dispatch_by_hand(now: object) -> Callable[[int], object]:
    from civicloop.apps.accounts.models import User
    from civicloop.apps.dispatch.actions.dispatching import dispatch_order
    from civicloop.apps.dispatch.models import DispatchBasis
    from civicloop.apps.places.models import Unit

    actor, unit = User.objects.get(username="author"), Unit.objects.get(code="U001")
    return lambda pk: dispatch_order(
        order_id=pk, lead=unit, basis=DispatchBasis.PERSON, routing={}, actor=actor, now=now
    )


def _measure(what: str, orders: list[int], act: Callable[[int], object]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    act(orders[0])  # what a process reads once
    began = time.process_time()
    for order in orders[1:-1]:
        act(order)
    cpu = (time.process_time() - began) * 1e3 / (len(orders) - 2)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        act(orders[-1])
    print(f"  {what}: {cpu:.1f} CPU-ms, {len(seen)} statements the last", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
