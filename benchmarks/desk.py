"""How fast an operator's call becomes an order, and how fast suggestions come while it is typed.

`python -m benchmarks desk [--appeals 20000] [--calls 200] [--clients 4] [--database postgresql]`
`[--imported 20000]`: so many are imported, learned from and put into events, the others of
`--appeals` are copies that PostgreSQL makes of them (a million are there in minutes).

A sample city with its directory, its events, an order for every appeal and what was learned from
it is asked through the pages: what the view does is measured, without a network. CPU is that of
all processes, the database's included. A call finds its event while it is typed, by the
suggestions, and is put into it by the job of every minute. The baseline, in the same run, is bare
INSERTs of the rows that one call writes. Then several clients save calls at the same time by
`civicloop serve` and HTTP.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments
from benchmarks.desk_clients import save_together
from benchmarks.order_history import copy_appeals, write_order_history
from benchmarks.processor_time import seconds_of_database
from benchmarks.sample_messages import LAST_DAY

if TYPE_CHECKING:
    from django.test import Client

    from civicloop.apps.places.models import Area

Told = tuple[str, str]

MODULE = "benchmarks.desk"
WARM, WARM_TOGETHER = 3, 24  # together: every process of the site reads its models
SUGGESTED = 100
TOPIC_ACCURACY = 0.9  # the city's clerks err so often that .965 cannot be had: no call had a topic


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("--appeals", type=int, default=3_000)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--imported", type=int)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    imported = options.imported or options.appeals
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            numbers = [options.appeals, options.calls, options.clients, imported]
            run_inside(MODULE, [name, *map(str, numbers)], environment)


def measure(name: str, appeals: int, calls: int, clients: int, imported: int) -> None:
    prepare()
    began = time.perf_counter()
    _fill(appeals, imported)
    print(
        f"{name}, {appeals:,} appeals, {imported:,} of them imported, filled in {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    client, texts = _operator(), _texts()
    print(f"  load {os.getloadavg()[0]:.1f}", flush=True)
    _suggestions(client, texts)
    _calls(client, texts, calls)
    _events(calls)
    _baseline(calls)
    _together(client, texts, clients, calls)


def _fill(appeals: int, imported: int) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from civicloop.apps.accounts.actions import ensure_demo_users
    from civicloop.apps.accounts.models import Role
    from civicloop.apps.issues.actions.find_events import find_events_in_history
    from civicloop.connectors.sample_city import CityPlan, write_sample_city

    people = {"author": Role.DISPATCHER, "approver": Role.SUPERVISOR, "operator": Role.OPERATOR}
    ensure_demo_users({name: ("", role) for name, role in people.items()})
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as silent:
        files = write_sample_city(CityPlan(appeals=imported, last_day=LAST_DAY), Path(folder))
        quiet = {"stdout": silent, "stderr": silent}
        for table in ("areas", "units", "topics"):
            call_command("load_reference", table, str(getattr(files, table)), **quiet)
        call_command("import_appeals", str(files.appeals), source="city", **quiet)
        directory = ("import", str(files.directory), "--user", "author")
        call_command("manage_directory", *directory, **quiet)
        call_command("manage_directory", "approve", "1", "--user", "approver", **quiet)
        call_command("import_handled", str(files.handled), source="city", **quiet)
        call_command("train_units", accuracy=0.8, **quiet)
        call_command("train_topics", accuracy=TOPIC_ACCURACY, **quiet)
    find_events_in_history(now=timezone.now())
    copy_appeals(appeals)
    write_order_history(now=timezone.now())


def _operator() -> "Client":
    from django.conf import settings
    from django.test import Client

    from civicloop.apps.accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username="operator"))
    return client


def _texts() -> list[Told]:
    """What citizens of the city said before, told anew, and the area as an operator writes it."""
    from django.utils import timezone

    from civicloop.apps.dispatch.at_hand import at_hand
    from civicloop.apps.intake.models import Appeal

    written = {area.pk: name for name, area in at_hand(now=timezone.now()).areas.items()}
    newest = Appeal.objects.filter(source="city").order_by("-id").select_related("area")
    return [(f"{one.text}，请尽快处理", _written_area(one.area, written)) for one in newest[:500]]


def _written_area(area: "Area | None", written: dict[int, str]) -> str:
    """The area or, where it is a village, its township."""
    while area is not None and area.pk not in written:
        area = area.parent
    return written[area.pk] if area else ""


def _call(texts: list[Told], key: str) -> dict[str, str]:
    stream = random.Random(key)
    text, area = stream.choice(texts)
    return {
        "token": key,
        "channel": "hotline",
        "name": "欧阳某",
        "phone": f"138{stream.randrange(10**8):08d}",
        "text": text,
        "area": area,
        "address": f"中山路{stream.randrange(500)}号",
        "is_complete": "on",
        "after": "pass_on",
    }


def _suggestions(client: "Client", texts: list[Told]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    waits = []
    for number in range(SUGGESTED + WARM):
        call = _call(texts, f"suggest {number}")
        call["text"] = call["text"][: 20 + number]  # somebody is still typing
        began = time.perf_counter()
        client.post("/desk/suggest/", call)
        waits.append((time.perf_counter() - began) * 1e3)
    with CaptureQueriesContext(connection) as seen:
        client.post("/desk/suggest/", call)
    print(f"  suggestions: {_p50_p95(waits[WARM:])}, {len(seen)} statements", flush=True)


def _calls(client: "Client", texts: list[Told], calls: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from civicloop.apps.dispatch.models import WorkOrder

    waits = []
    for number in range(calls + WARM):
        if number == WARM:
            before, own = seconds_of_database(), time.process_time()
        began = time.perf_counter()
        client.post("/desk/new/", _call(texts, f"call {number}"))
        waits.append((time.perf_counter() - began) * 1e3)
    own, database = time.process_time() - own, seconds_of_database() - before
    statements = []
    for number in range(10):
        with CaptureQueriesContext(connection) as seen:
            client.post("/desk/new/", _call(texts, f"counted {number}"))
        statements.append(len(seen))
    saved = WorkOrder.objects.exclude(opened_by=None)
    routings = list(saved.values_list("routing", flat=True))
    gone = sum(why["outcome"] == "automatic" for why in routings)
    reasons = Counter(reason for why in routings for reason in why["reasons"]).most_common(4)
    print(
        f"  a call: {_p50_p95(waits[WARM:])}, {(own + database) / calls * 1e3:.1f} CPU-ms"
        f" ({database / calls * 1e3:.1f} of them the database's), at most {max(statements)}"
        f" statements; {gone} of {len(routings)} orders went by themselves, others not for {reasons}",
        flush=True,
    )


def _events(calls: int) -> None:
    """The job of every minute, which gives the calls that were saved their events."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from civicloop.apps.issues.actions.find_events import place_few_appeals

    before, own = seconds_of_database(), time.process_time()
    with CaptureQueriesContext(connection) as seen:
        run = place_few_appeals(now=timezone.now())
    used = time.process_time() - own + seconds_of_database() - before
    if run is None:
        print(f"  {calls} calls are too many for the events of so small a city", flush=True)
        return
    count = run.appeal_count
    print(
        f"  the event of a call, found by the job of every minute: {used / count * 1e3:.1f} CPU-ms,"
        f" {len(seen) / count:.1f} statements",
        flush=True,
    )


def _baseline(calls: int) -> None:
    """The rows of the newest dispatched call, inserted again and taken back."""
    from django.db import models, transaction

    from civicloop.apps.audit.models import AuditEvent
    from civicloop.apps.clocks.models import Clock
    from civicloop.apps.dispatch.models import WorkOrder

    saved = WorkOrder.objects.exclude(opened_by=None)
    order = saved.order_by("-lead_unit_id", "-id").first()
    appeal = order.appeal
    rows: list[list[models.Model]] = [
        [appeal],
        [appeal.registration],
        [appeal.contact],
        [order],
        list(Clock.objects.of_owner("work_order", order.pk)),
        list(order.parties.all()),
        list(order.steps.all()),
        [appeal.receipt],
        list(AuditEvent.objects.filter(object_id__in=[str(order.pk), str(appeal.pk)])),
    ]
    waits = []
    for _ in range(calls):
        with transaction.atomic():
            _take_away(order)
            began = time.perf_counter()
            for table in rows:
                if table:
                    type(table[0]).objects.bulk_create(table)
            waits.append((time.perf_counter() - began) * 1e3)
            transaction.set_rollback(True)
    count = sum(map(len, rows))
    print(f"  baseline, {count} bare INSERTs in 9 statements: {_p50_p95(waits)}", flush=True)


def _take_away(order: "object") -> None:
    from django.db import connection

    from civicloop.apps.dispatch.models import WorkOrder

    assert isinstance(order, WorkOrder)
    where = {
        "audit_auditevent": ("object_id", [str(order.pk), str(order.appeal_id)]),
        "intake_receipt": ("appeal_id", [order.appeal_id]),
        "dispatch_orderstep": ("order_id", [order.pk]),
        "dispatch_orderparty": ("order_id", [order.pk]),
        "clocks_clock": ("owner_id", [order.pk]),
        "dispatch_workorder": ("id", [order.pk]),
        "intake_contact": ("appeal_id", [order.appeal_id]),
        "intake_registration": ("appeal_id", [order.appeal_id]),
        "intake_appeal": ("id", [order.appeal_id]),
    }
    with connection.cursor() as cursor:
        for table, (column, keys) in where.items():
            for key in keys:
                cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [key])


def _together(client: "Client", texts: list[Told], clients: int, calls: int) -> None:
    """The same calls by several operators at once, from the site as it is served."""
    from django.conf import settings

    database = seconds_of_database()
    found = save_together(
        [[_call(texts, f"together {who} {n}") for n in range(calls)] for who in range(clients)],
        warm=[_call(texts, f"warm {number}") for number in range(WARM_TOGETHER)],
        session=client.cookies[settings.SESSION_COOKIE_NAME].value,
    )
    count = len(found.waits)
    per_call = {
        "the site": found.server_seconds,
        "the database": seconds_of_database() - database,
        "the clients": found.own_seconds,
    }
    told = ", ".join(f"{name} {used / count * 1e3:.1f}" for name, used in per_call.items())
    print(
        f"  {clients} clients by HTTP: {count / found.seconds:.1f} calls/s, "
        f"{_p50_p95(found.waits)}; CPU-ms a call: {told}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _p50_p95(waits: list[float]) -> str:
    ordered = sorted(waits)
    return (
        f"p50 {statistics.median(ordered):.1f} ms, p95 {ordered[int(len(ordered) * 0.95)]:.1f} ms"
    )


if __name__ == "__main__" and sys.argv[1:2] == [INSIDE]:
    measure(sys.argv[2], *map(int, sys.argv[3:]))
