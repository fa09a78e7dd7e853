"""How long a new appeal takes to find its event, with so many appeals in the index.

`python -m benchmarks arrivals [--appeals 20000] [--arrivals 300] [--database sqlite|postgresql]`
`python -m benchmarks arrivals --index-in FOLDER [--appeals 1000000] [--arrivals 300]`

The sample city is imported but for its last appeals; its events are found in one go. Then the
last appeals are imported and placed one at a time, each in a transaction of its own, as if they
came in singly. Each wait is told by the clock and in CPU time of the process, which is what other
work on the machine leaves alone. At the end all are looked at in one go again: the agreement is the
pairwise F1 of both results (`--no-agreement` saves that look). The baseline is a look at all of
them, which one would need without an index.

With `--index-in` only the index is made, by the same code, from the city's file: the appeals before
the last ones are in the index, but no rows of their own. That takes a third of the time, and the
SQLite stays in the folder, so that a second call measures at once, in a process that built nothing.
What is found is not stored, so nothing is told of storing and agreement.
"""

import argparse
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.databases import (
    INSIDE,
    prepare,
    run_inside,
    sqlite_in,
    throw_away_environments,
)
from benchmarks.sample_messages import LAST_DAY

if TYPE_CHECKING:
    from civicloop.engines.text.events import Message

BUILT = "index-is-built"
LAST_MOMENT = datetime.combine(LAST_DAY, datetime.min.time(), UTC)


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks arrivals")
    parser.add_argument("--appeals", type=int, default=20_000)
    parser.add_argument("--arrivals", type=int, default=300)
    parser.add_argument("--no-agreement", action="store_true")
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--index-in", type=Path)
    options = parser.parse_args(words)
    if options.index_in:
        _with_an_index_alone(options.index_in.resolve(), options.appeals, options.arrivals)
        return
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            inner = [
                name,
                str(options.appeals),
                str(options.arrivals),
                environment["CIVICLOOP_DATA"],
                str(not options.no_agreement),
            ]
            run_inside("benchmarks.arrivals", inner, environment)


def _with_an_index_alone(folder: Path, count: int, arrivals: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    environment = sqlite_in(folder)
    if not (folder / BUILT).exists():
        run_inside("benchmarks.arrivals", [str(count), str(arrivals), str(folder)], environment)
    run_inside("benchmarks.arrivals", [str(folder)], environment)


def build_index(count: int, arrivals: int, folder: Path) -> None:
    """Find the events of all but the last appeals and keep the index; then import the last ones."""
    prepare()
    from django.db import connection

    from civicloop.apps.issues.event_store import replace_filings, replace_readings
    from civicloop.apps.issues.looked_at import ranges_of
    from civicloop.apps.issues.models import SimilarityBasis
    from civicloop.engines.text.events import find_events
    from civicloop.engines.text.events.storage import pack_background

    first, last = _files(count, arrivals, folder / "city")
    messages = list(_messages(first))
    ids = [message.id for message in messages]
    _say(f"{len(messages):,} appeals read")
    began = time.process_time()
    clustering = find_events(messages)
    _say(f"events found in {time.process_time() - began:,.0f} CPU-seconds")
    connection.disable_constraint_checking()  # the index alone: the appeals have no rows
    replace_readings(clustering, ids)
    replace_filings(clustering, ids)
    SimilarityBasis.objects.create(
        learned_at=LAST_MOMENT,
        appeal_count=len(ids),
        payload=pack_background(clustering.background),
        looked_at=ranges_of(ids),
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'intake_appeal'")
        cursor.execute("INSERT INTO sqlite_sequence VALUES ('intake_appeal', %s)", [len(ids)])
    connection.close()
    _import(last)
    (folder / BUILT).touch()
    _say("index and last appeals stored")


def measure_index(folder: Path) -> None:
    prepare()
    found, _ = _placed_singly(stores=False)
    size = (folder / "civicloop.sqlite3").stat().st_size
    print(
        f"{len(found.wall)} appeals one at a time: found in {found};"
        f" load {os.getloadavg()[0]:.0f}; memory at most {_peak():,.0f} MiB,"
        f" database {size / 2**20:,.0f} MiB",
        flush=True,
    )


def _messages(file: Path) -> Iterator["Message"]:
    """The appeals of a file as the engine would read them from the database, numbered from 1."""
    from civicloop.apps.intake.callers import CallerKeys
    from civicloop.connectors.spreadsheets.reading import inspect, read_rows
    from civicloop.engines.text.events import Message

    callers, number = CallerKeys("bench"), 0
    for batch in read_rows(file, shape=inspect(file), today=LAST_DAY):
        for row in batch.rows:
            number, values = number + 1, row.values
            address = "" if values.address in values.text else f"\n{values.address}"
            yield Message(
                id=number,
                subject=values.subject,
                text=f"{values.text}{address}",
                author=callers.key(values),
                received_at=values.received_at,
                place=values.area,
            )


def _say(words: str) -> None:
    spent = f"{time.process_time():,.0f} CPU-seconds by now, {_peak():,.0f} MiB at most"
    print(f"{words} ({spent})", flush=True)


def measure(name: str, count: int, arrivals: int, folder: Path, *, agreement: bool) -> None:
    prepare()
    from django.utils import timezone

    from civicloop.apps.issues.actions.find_events import find_events_in_history

    first, last = _files(count, arrivals, folder / name)
    _import(first)
    began = time.perf_counter()
    find_events_in_history(now=timezone.now())
    whole = (time.perf_counter() - began) * 1000
    _import(last)
    before = _held_now()
    found, placed = _placed_singly()
    half = sorted(found.wall)[len(found.wall) // 2]
    print(
        f"{name:11} {count:,} appeals, {len(found.wall)} of them one at a time: found in {found},"
        f" found and stored in {placed}; a look at all takes {whole / 1000:,.0f} s, ratio"
        f" {whole / half:,.0f}; load {os.getloadavg()[0]:.0f}; memory held {_held_now():,.0f} MiB"
        f" (after the look at all, {before:,.0f}), at most {_peak():,.0f}",
        flush=True,
    )
    if agreement:
        one_by_one = _pairs()
        find_events_in_history(now=timezone.now())
        in_one_go = _pairs()
        both = 2 * len(one_by_one & in_one_go) / (len(one_by_one) + len(in_one_go))
        print(f"{'':11} agreement {both:.4f}", flush=True)


class Waits:
    """Milliseconds, by the clock and in CPU time of this process, and statements."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []
        self.statements: list[float] = []
        self._asked = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        from django.db import connection

        self._asked = 0
        with connection.execute_wrapper(self._ask):
            wall, cpu = time.perf_counter(), time.process_time()
            yield
            self.wall.append((time.perf_counter() - wall) * 1000)
            self.cpu.append((time.process_time() - cpu) * 1000)
        self.statements.append(self._asked)

    def _ask(self, execute: Any, *statement: Any) -> Any:
        self._asked += 1
        return execute(*statement)

    def __str__(self) -> str:
        (p50, p95), (cpu50, cpu95) = map(self._p50_p95, (self.wall, self.cpu))
        asked = "{:.0f}, {:.0f}".format(*self._p50_p95(self.statements))
        return (
            f"p50 {p50:.1f} ms, p95 {p95:.1f} ms (CPU {cpu50:.1f}, {cpu95:.1f}; statements {asked})"
        )

    @staticmethod
    def _p50_p95(waits: list[float]) -> tuple[float, float]:
        ordered = sorted(waits)
        return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]


def _placed_singly(*, stores: bool = True) -> tuple[Waits, Waits]:
    """How long each appeal not looked at yet takes to be found its event, and to be stored."""
    from django.db import transaction
    from django.utils import timezone

    from civicloop.apps.issues.actions.find_events import background_of, find_places, place_appeals
    from civicloop.apps.issues.looked_at import not_looked_at
    from civicloop.apps.issues.messages import place_names
    from civicloop.apps.issues.models import SimilarityBasis

    basis = SimilarityBasis.objects.defer("payload").get()
    places = place_names()
    background_of(basis.pk)  # read once a process
    found, placed = Waits(), Waits()
    for number in not_looked_at(basis.looked_at):
        with transaction.atomic(), found.one():
            find_places([number], basis_id=basis.pk, places=places, constraints=[])
        if stores:
            with placed.one():
                place_appeals([number], basis_id=basis.pk, places=places, now=timezone.now())
    return found, placed


def _held_now() -> float:
    """MiB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _peak() -> float:
    """MiB that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _files(count: int, arrivals: int, folder: Path) -> tuple[Path, Path]:
    """Part the city's appeals into two files, the last ones in the second."""
    from django.core.management import call_command

    from civicloop.apps.places.models import Area
    from civicloop.connectors.sample_city import CityPlan, write_sample_city

    folder.mkdir(parents=True, exist_ok=True)
    files = write_sample_city(CityPlan(appeals=count, last_day=LAST_DAY), folder)
    if not Area.objects.exists():
        call_command("load_reference", "areas", str(files.areas), verbosity=0)
    lines = files.appeals.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    first, last = folder / "first.csv", folder / "last.csv"
    first.write_text("".join(lines[:-arrivals]), encoding="utf-8")
    last.write_text("".join([lines[0], *lines[-arrivals:]]), encoding="utf-8")
    return first, last


def _import(file: Path) -> None:
    from django.core.management import call_command

    with Path("/dev/null").open("w") as silent:
        call_command("import_appeals", str(file), source="bench", stdout=silent, stderr=silent)


def _pairs() -> set[tuple[int, int]]:
    from civicloop.apps.issues.models import EventMember

    members = defaultdict(list)
    rows = EventMember.objects.order_by("appeal_id").values_list("event_id", "appeal_id")
    for event, appeal in rows.iterator():
        members[event].append(appeal)
    return {pair for ids in members.values() for pair in combinations(ids, 2)}


def _inside(words: list[str]) -> None:
    if len(words) == 1:
        measure_index(Path(words[0]))
    elif len(words) == 3:
        build_index(int(words[0]), int(words[1]), Path(words[2]))
    else:
        name, count, arrivals, folder, agreement = words
        measure(name, int(count), int(arrivals), Path(folder), agreement=agreement == "True")


if __name__ == "__main__" and sys.argv[1:2] == [INSIDE]:
    _inside(sys.argv[2:])
