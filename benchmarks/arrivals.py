"""How long a new appeal takes to find its event, with so many appeals in the index.

`python -m benchmarks arrivals [--appeals 20000] [--arrivals 300] [--database sqlite|postgresql]`

The sample city is imported but for its last appeals; its events are found in one go. Then the
last appeals are imported and placed one at a time, each in a transaction of its own, as if they
came in singly. At the end all are looked at in one go again: the agreement is the pairwise F1 of
both results. The baseline is that look at all of them, which one would need without an index.
"""

import argparse
import resource
import sys
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments
from benchmarks.sample_messages import LAST_DAY


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks arrivals")
    parser.add_argument("--appeals", type=int, default=20_000)
    parser.add_argument("--arrivals", type=int, default=300)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            inner = [
                name,
                str(options.appeals),
                str(options.arrivals),
                environment["CIVICLOOP_DATA"],
            ]
            run_inside("benchmarks.arrivals", inner, environment)


def measure(name: str, count: int, arrivals: int, folder: Path) -> None:
    prepare()
    from django.utils import timezone

    from civicloop.apps.issues.actions.find_events import find_events_in_history

    finding, placing = _placed_singly(*_files(count, arrivals, folder / name))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    one_by_one = _pairs()
    began = time.perf_counter()
    find_events_in_history(now=timezone.now())
    whole = (time.perf_counter() - began) * 1000
    in_one_go = _pairs()
    both = 2 * len(one_by_one & in_one_go) / (len(one_by_one) + len(in_one_go))
    finding.sort()
    print(
        f"{name:11} {count:,} appeals, {len(finding)} more: found in {_p50_p95(finding)},"
        f" found and stored in {_p50_p95(placing)}; a look at all takes {whole / 1000:,.0f} s,"
        f" ratio {whole / finding[len(finding) // 2]:,.0f}; agreement {both:.4f};"
        f" peak of the process, history included, {peak:,.0f} MB",
        flush=True,
    )


def _placed_singly(first: Path, last: Path) -> tuple[list[float], list[float]]:
    """Milliseconds in which each appeal of the second file was found its event, and stored."""
    from django.db import transaction
    from django.utils import timezone

    from civicloop.apps.issues.actions.find_events import (
        background_of,
        find_events_in_history,
        find_places,
        place_appeals,
    )
    from civicloop.apps.issues.looked_at import not_looked_at
    from civicloop.apps.issues.messages import place_names
    from civicloop.apps.issues.models import SimilarityBasis

    _import(first)
    find_events_in_history(now=timezone.now())
    _import(last)
    basis = SimilarityBasis.objects.defer("payload").get()
    places = place_names()
    background_of(basis.pk)  # read once a process
    finding, placing = [], []
    for number in not_looked_at(basis.looked_at):
        began = time.perf_counter()
        with transaction.atomic():
            find_places([number], basis_id=basis.pk, places=places, constraints=[])
            finding.append((time.perf_counter() - began) * 1000)
            transaction.set_rollback(True)
        began = time.perf_counter()
        place_appeals([number], basis_id=basis.pk, places=places, now=timezone.now())
        placing.append((time.perf_counter() - began) * 1000)
    return finding, placing


def _p50_p95(waits: list[float]) -> str:
    ordered = sorted(waits)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def _files(count: int, arrivals: int, folder: Path) -> tuple[Path, Path]:
    """Part the city's appeals into two files, the last ones in the second."""
    from django.core.management import call_command

    from civicloop.apps.places.models import Area
    from civicloop.connectors.sample_city import CityPlan, write_sample_city

    folder.mkdir(exist_ok=True)
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


if __name__ == "__main__" and sys.argv[1:2] == [INSIDE]:
    measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
