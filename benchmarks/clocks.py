"""How long a sweep takes that finds a million overdue clocks.

`python -m benchmarks clocks [--clocks 1000000] [--database sqlite|postgresql]`

Fills a throw-away database with open clocks, half of them overdue and half nearly due, and sweeps.
The callbacks do nothing. Beside it, in the same run on the same rows: one bare UPDATE that sets the
same two columns in one transaction.
"""

import argparse
import os
import time
from datetime import UTC, datetime, timedelta

from benchmarks.databases import prepare, run_inside, throw_away_environments
from benchmarks.processor_time import seconds_of_database

NOW = datetime(2023, 11, 14, 1, 30, tzinfo=UTC)
BATCH = 10_000


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks clocks")
    parser.add_argument("--clocks", type=int, default=50_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            run_inside("benchmarks.clocks", [name, str(options.clocks)], environment)


def fill(count: int) -> None:
    """Copies of one real clock, each of an owner of its own; due by the second, two days about now."""
    from civicloop.apps.clocks.actions import start_clock
    from civicloop.apps.clocks.models import Clock, ClockName
    from civicloop.apps.clocks.presets import sourced_limit

    began = NOW - timedelta(days=9)
    clock = start_clock(
        owner_type="bench", owner_id=count + 1, name=ClockName.HANDLE, started_at=began,
        preset=sourced_limit("lueliang", ClockName.HANDLE), actor=None, now=began,
    )  # fmt: skip
    fields = {
        field.attname: getattr(clock, field.attname)
        for field in Clock._meta.concrete_fields  # noqa: SLF001
        if field.attname not in {"id", "owner_id", "due_at", "near_due_at"}
    }
    for first in range(0, count, BATCH):
        Clock.objects.bulk_create(
            Clock(
                **fields,
                owner_id=number,
                due_at=NOW + timedelta(seconds=(number * 7919) % 172_800 - 86_400),
                near_due_at=NOW - timedelta(seconds=1 + (number * 104_729) % 86_400),
            )
            for number in range(first, min(first + BATCH, count))
        )
    clock.delete()
    vacuum()


def vacuum() -> None:
    from django.db import connection

    if connection.vendor == "postgresql":  # as its own housekeeping does within minutes
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def inside(database: str, count: int) -> None:
    prepare()
    from django.db import transaction

    from civicloop.apps.clocks.actions import sweep_clocks
    from civicloop.apps.clocks.models import Clock

    fill(count)
    began = time.perf_counter()
    with transaction.atomic():
        late = Clock.objects.filter(due_at__lt=NOW).update(overdue_at=NOW)
        near = Clock.objects.filter(overdue_at=None).update(reminded_at=NOW)
    bare = time.perf_counter() - began
    Clock.objects.update(overdue_at=None, reminded_at=None)
    vacuum()
    told: list[int] = []
    used, server, began = time.process_time(), seconds_of_database(), time.perf_counter()
    swept = sweep_clocks(
        now=NOW,
        on_overdue=lambda clocks: told.append(len(clocks)),
        on_near_due=lambda clocks: told.append(len(clocks)),
    )
    took, used = time.perf_counter() - began, time.process_time() - used
    server = seconds_of_database() - server
    began = time.perf_counter()
    again = sweep_clocks(now=NOW, on_overdue=print, on_near_due=print)
    second = time.perf_counter() - began
    assert (swept.overdue, swept.near_due, sum(told)) == (late, near, count)
    assert (again.overdue, again.near_due) == (0, 0)
    print(
        f"{database}: {count:,} open clocks, {late:,} overdue and {near:,} nearly due: "
        f"sweep {took:.1f} s ({used:.1f} CPU-s of its process, {server:.1f} of the database), bare UPDATE {bare:.1f} s, "
        f"ratio {took / bare:.2f}; with nothing to do {second * 1000:.0f} ms; "
        f"load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    import sys

    inside(sys.argv[2], int(sys.argv[3]))
