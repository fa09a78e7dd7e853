"""How fast jobs are drained, and how long one waits, beside a bare INSERT and UPDATE.

Each job writes one row. The baseline is what no queue can do without: for each job one
transaction that inserts a row and one that updates it. Latency: from the commit that asks for a
job until its change is committed, one at a time, with workers that have nothing else to do.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments

MODULE = "benchmarks.jobs"


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("--jobs", type=int, default=400)
    parser.add_argument("--singles", type=int, default=20, help="jobs of the latency")
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            print(f"{name}, load {os.getloadavg()[0]:.1f}:", flush=True)
            run_inside(MODULE, [str(options.jobs), str(options.singles)], environment)


def _measure(jobs: int, singles: int) -> None:
    rate = _baseline(jobs)
    print(f"  baseline, INSERT and UPDATE: {rate:,.0f}/s", flush=True)
    for workers in (1, 2):
        print(f"  {workers} worker(s) drain {_drain(jobs, workers):,.0f} jobs/s", flush=True)
    waits = _latencies(singles)
    middle, worst = statistics.median(waits), max(waits)
    print(f"  one job waits {middle * 1000:.0f} ms (median), {worst * 1000:.0f} ms (most)")


def _baseline(count: int) -> float:
    from django.utils import timezone

    from civicloop.apps.audit.models import AuditEvent

    began = time.perf_counter()
    for number in range(count):
        row = AuditEvent.objects.create(
            at=timezone.now(),
            action="a",
            object_type="b",
            object_id=str(number),
            chain=0,  # of no chain: only the price of a plain row is asked
            position=number,
            key_id="",
            mac=b"",
        )
        AuditEvent.objects.filter(pk=row.pk).update(action="done")
    return count / (time.perf_counter() - began)


def _start_workers(count: int) -> list[subprocess.Popen[bytes]]:
    """Workers that have given their sign of life."""
    from civicloop.apps.jobs.models import WorkerSign

    command = [sys.executable, "-m", "civicloop", "work", "--parent", str(os.getpid())]
    workers = [subprocess.Popen(command) for _ in range(count)]
    while WorkerSign.objects.count() < count:
        time.sleep(0.05)
    return workers


def _stop(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.wait()


def _drain(count: int, workers: int) -> float:
    """From the commit that puts all of them in the queue until none waits."""
    from django.db import transaction
    from django.utils import timezone

    from benchmarks.noted_job import note
    from civicloop.apps.jobs.actions import enqueue
    from civicloop.apps.jobs.library import TaskRow

    running = _start_workers(workers)
    with transaction.atomic():
        for number in range(count):
            enqueue(note, number, now=timezone.now())
    began = time.perf_counter()
    while TaskRow.objects.filter(status__in=["READY", "RUNNING"]).exists():
        time.sleep(0.02)
    rate = count / (time.perf_counter() - began)
    _stop(running)
    return rate


def _latencies(count: int) -> list[float]:
    from django.utils import timezone

    from benchmarks.noted_job import note
    from civicloop.apps.audit.models import AuditEvent
    from civicloop.apps.jobs.actions import enqueue

    workers = _start_workers(1)
    waits = []
    for number in range(count):
        enqueue(note, 1_000_000 + number, now=timezone.now())
        began = time.perf_counter()
        mine = AuditEvent.objects.filter(object_id=str(1_000_000 + number))
        while not mine.exists():
            time.sleep(0.002)
        waits.append(time.perf_counter() - began)
    _stop(workers)
    return waits


if __name__ == "__main__" and INSIDE in sys.argv:
    prepare()
    _measure(int(sys.argv[2]), int(sys.argv[3]))
elif __name__ == "__main__":
    main(sys.argv[1:])
