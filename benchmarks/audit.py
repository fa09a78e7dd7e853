"""What it costs to link an audit event, and how fast the chain is read.

`python -m benchmarks audit [--events 5000] [--database postgresql]`

The baseline, in the same run, is the same `bulk_create` of the same rows without link and head.
Measured three times each in turn, the best of each counts: others use the machine, too. The cost of
a transaction with one event is measured apart, for there the chain's head is taken and kept for one.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments

if TYPE_CHECKING:
    from civicloop.apps.audit.models import AuditEvent

MODULE = "benchmarks.audit"
TURNS = 3
BATCH = 200
SINGLES = 100


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            run_inside(MODULE, [name, str(options.events)], environment)


def measure(name: str, count: int) -> None:
    prepare()
    linked = min(_seconds(write_linked, count) for _ in range(TURNS))
    plain = min(_seconds(_write_plain, count) for _ in range(TURNS))
    print(
        f"{name}, load {os.getloadavg()[0]:.1f}: {linked / count * 1e6:.0f} CPU-µs an event in batches"
        f" of {BATCH}, unchained {plain / count * 1e6:.0f} µs: {(linked - plain) / count * 1e6:.0f} µs"
        f" more, {linked / plain:.2f} times",
        flush=True,
    )
    linked = min(_seconds(_write_singly, SINGLES, is_linked=True) for _ in range(TURNS))
    plain = min(_seconds(_write_singly, SINGLES, is_linked=False) for _ in range(TURNS))
    print(
        f"  a transaction with one event {linked / SINGLES * 1e3:.2f} ms,"
        f" unchained {plain / SINGLES * 1e3:.2f} ms",
        flush=True,
    )
    _read()


def _seconds(write: Callable[..., None], count: int, **more: bool) -> float:
    """CPU of this process for many events, time on the clock for single ones: most of it is waiting."""
    from civicloop.apps.audit.models import AuditEvent

    clock = time.perf_counter if more else time.process_time
    began = clock()
    write(count, **more)
    seconds = clock() - began
    AuditEvent.objects.filter(chain=0).delete()
    return seconds


def _events(first: int, count: int) -> "list[AuditEvent]":
    """As they would be without a chain: of chain 0, which nobody reads."""
    from django.utils import timezone

    from civicloop.apps.audit.models import AuditEvent

    now = timezone.now()
    numbers = range(first, first + count)
    return [
        AuditEvent(
            at=now,
            action="order_dispatch",
            object_type="work_order",
            object_id=str(number),
            details=_details(),
            chain=0,
            position=number,
            key_id="0" * 16,
            mac=bytes(32),
        )
        for number in numbers
    ]


def _details() -> dict[str, str]:
    return {"from": "triage", "to": "dispatched", "reason": "路灯由市政设施管理处负责"}


def _write_plain(count: int) -> None:
    from django.db import transaction

    from civicloop.apps.audit.models import AuditEvent

    for first in range(0, count, BATCH):
        with transaction.atomic():
            AuditEvent.objects.bulk_create(_events(first, BATCH))


def write_linked(count: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from civicloop.apps.audit.actions import record_events
    from civicloop.apps.audit.models import AuditEvent

    last = AuditEvent.objects.count()
    for first in range(last, last + count, BATCH):
        with transaction.atomic():
            record_events(
                action="order_dispatch",
                object_type="work_order",
                details={number: _details() for number in range(first, first + BATCH)},
                actor=None,
                now=timezone.now(),
            )


def _write_singly(count: int, *, is_linked: bool) -> None:
    from django.db import transaction
    from django.utils import timezone

    from civicloop.apps.audit.actions import record_event
    from civicloop.apps.audit.models import AuditEvent

    for number in range(count):
        with transaction.atomic():
            if is_linked:
                now, about = timezone.now(), _details()
                kind = {"action": "order_dispatch", "object_type": "work_order"}
                record_event(**kind, object_id=number, actor=None, now=now, details=about)
            else:
                AuditEvent.objects.bulk_create(_events(number, 1))


def _read() -> None:
    from django.utils import timezone

    from civicloop.apps.audit.verifying import verify_audit

    began = time.perf_counter()
    check = verify_audit(now=timezone.now())
    seconds = time.perf_counter() - began
    assert check.fault_count == 0
    print(
        f"  reading {check.event_count:,} events: {check.event_count / seconds:,.0f}/s", flush=True
    )


if __name__ == "__main__" and sys.argv[1:2] == [INSIDE]:
    measure(sys.argv[2], int(sys.argv[3]))
