"""How long a city's backup takes, and the drill that brings it back and reads its audit.

`python -m benchmarks restoring [--appeals 20000] [--events 20000] [--database sqlite|postgresql]`

Every appeal has its work order with steps, parties and clocks; the audit has so many events more.
The drill checks the backup's parts, brings keys and database back into an empty place, counts the
rows of every table and reads the audit's chain from end to end. The baseline, in the same run, is
the database's own means: SQLite's file is copied, PostgreSQL's dump is brought back by `pg_restore`.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.audit import write_linked
from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments
from benchmarks.inbox import write_units
from benchmarks.lists import fill
from benchmarks.order_history import write_order_history

MODULE = "benchmarks.restoring"


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("--appeals", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            run_inside(MODULE, [name, str(options.appeals), str(options.events)], environment)


def measure(name: str, appeals: int, events: int) -> None:
    prepare()
    from django.utils import timezone

    fill(appeals)
    write_units()
    write_order_history(now=timezone.now())
    write_linked(events)
    print(f"{name}, load {os.getloadavg()[0]:.1f}", flush=True)
    measure_drill()


def measure_drill() -> None:
    """Back up what is there, and try that it can be brought back."""
    from django.utils import timezone

    from civicloop.config.backups import back_up, drill

    with tempfile.TemporaryDirectory(prefix="civicloop-bench-") as place:
        folder = Path(place) / "backup"
        kept = back_up(folder, keys=None, now=timezone.now(), progress=lambda _share: None)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
        print(
            f"  backup {kept.seconds:.1f} s: {kept.row_count:,} rows, {size:,.0f} MiB", flush=True
        )
        bare = _bare_seconds(folder)
        seconds = drill(folder, keys=None, now=timezone.now())
        print(
            f"  drill {seconds:.1f} s, by the database's own means {bare:.1f} s:"
            f" {seconds / bare:.1f} times",
            flush=True,
        )


def _bare_seconds(folder: Path) -> float:
    from civicloop.config.copied_databases import (
        MAIN,
        file_name,
        server_of,
        throw_away_databases,
        vendor_of,
    )
    from civicloop.connectors.backups.postgresql import restore_postgresql

    copy = folder / file_name(MAIN, vendor_of(MAIN))
    with tempfile.TemporaryDirectory(prefix="civicloop-bench-") as place:
        if vendor_of(MAIN) == "sqlite":
            began = time.perf_counter()
            shutil.copyfile(copy, Path(place) / copy.name)
            return time.perf_counter() - began
        with throw_away_databases(Path(place)) as urls:
            database = next(iter(urls.values())).rsplit("/", 1)[-1]
            began = time.perf_counter()
            restore_postgresql(replace(server_of(MAIN), database=database), copy)
            return time.perf_counter() - began


if __name__ == "__main__" and sys.argv[1:2] == [INSIDE]:
    measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
