import signal
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from tests.apps.clocks.clocks_for_tests import at, started
from tests.apps.clocks.told import tell, told

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.clocks.actions import seed_calendar, stop_clock, sweep_clocks
from civicloop.apps.clocks.models import Clock

LATE = at("2023-11-21 09:00")  # the clocks of five days are due on the 21st at 00:00


def silent(clocks):
    """Told of nothing that matters."""


def many(count: int, **fields) -> list[int]:
    """So many clocks of which all are due at the same moment, and the numbers of them."""
    first = started(owner_id=1_000_000)
    Clock.objects.filter(pk=first.pk).update(**fields)
    first.refresh_from_db()
    copies = []
    for number in range(1, count):
        copy = Clock.objects.get(pk=first.pk)
        copy.pk, copy.owner_id = None, 1_000_000 + number
        copies.append(copy)
    Clock.objects.bulk_create(copies)
    return sorted(Clock.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_what_is_late_is_told_once_and_marked(calendar):
    clock = started()

    first = sweep_clocks(now=LATE, on_overdue=tell, on_near_due=silent)
    second = sweep_clocks(now=LATE + timedelta(hours=1), on_overdue=tell, on_near_due=silent)

    clock.refresh_from_db()
    assert (first.overdue, second.overdue) == (1, 0)
    assert told() == [clock.pk]
    assert clock.overdue_at == LATE
    assert AuditEvent.objects.get(action="mark_overdue").details == {"clocks": [clock.pk]}


@pytest.mark.django_db
def test_a_clock_is_late_only_after_its_end(calendar):
    clock = started()

    swept = sweep_clocks(now=clock.due_at, on_overdue=tell, on_near_due=silent)

    assert swept.overdue == 0


@pytest.mark.django_db
def test_what_is_nearly_due_is_told_once_and_not_when_it_is_late(calendar):
    near, late = started("2023-11-14 10:00"), started(owner_id=2)
    now = at("2023-11-21 00:01")

    first = sweep_clocks(now=now, on_overdue=silent, on_near_due=tell)
    second = sweep_clocks(now=now, on_overdue=silent, on_near_due=tell)

    assert (first.overdue, first.near_due, second.near_due) == (1, 1, 0)
    assert told() == [near.pk]
    late.refresh_from_db()
    assert late.reminded_at is None


@pytest.mark.django_db
def test_stopped_paused_and_waiting_clocks_are_left_alone_and_waiting_ones_counted(calendar):
    stopped = started()
    stop_clock(clock=stopped, actor=None, now=at("2023-11-14 09:00"))
    started("2026-12-30 10:00", owner_id=2)

    swept = sweep_clocks(now=at("2027-06-01 09:00"), on_overdue=tell, on_near_due=tell)

    assert (swept.overdue, swept.near_due, swept.waiting) == (0, 0, 1)
    assert told() == []


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 7, 20, 50])
def test_batches_of_any_size_skip_no_row_even_where_all_are_due_at_once(calendar, batch):
    numbers = many(20)

    swept = sweep_clocks(now=LATE, on_overdue=tell, on_near_due=silent, batch=batch)

    assert swept.overdue == 20
    assert told() == numbers


@pytest.mark.django_db
def test_the_same_clocks_as_a_plain_look_at_every_row_are_found(calendar):
    days = ["2023-11-06", "2023-11-13", "2023-11-14", "2023-11-20", "2023-10-09"]
    clocks = [started(f"{day} 10:00", owner_id=n) for n, day in enumerate(days)]
    plainly = [
        clock.pk
        for clock in Clock.objects.all()
        if clock.due_at < LATE and clock.stopped_at is None and clock.paused_at is None
    ]

    sweep_clocks(now=LATE, on_overdue=tell, on_near_due=silent, batch=2)

    assert told() == sorted(plainly)
    assert len(plainly) == 3
    assert len(clocks) == 5


@pytest.mark.django_db
def test_what_the_upper_app_refuses_is_not_marked(calendar):
    clock = started()

    def refuse(clocks):
        tell(clocks)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        sweep_clocks(now=LATE, on_overdue=refuse, on_near_due=silent)

    clock.refresh_from_db()
    assert clock.overdue_at is None
    assert told() == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("batch", "when"), [(1, "before"), (3, "before"), (1, "after"), (3, "after")]
)
def test_a_sweep_killed_in_the_middle_is_taken_up_by_the_next(start_process, batch, when):
    seed_calendar(actor=None, now=at("2023-01-01 09:00"))
    numbers = many(45)

    killed = start_process("-m", "tests.apps.clocks.killed_sweep", LATE.isoformat(), batch, when)
    output, _ = killed.communicate()
    done = 10 * (batch - 1 if when == "before" else batch)
    between = told()
    swept = sweep_clocks(now=LATE, on_overdue=tell, on_near_due=silent, batch=10)

    assert killed.returncode == -signal.SIGKILL, output
    assert between == numbers[:done]
    assert swept.overdue == 45 - done
    assert told() == numbers


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks the file, not the row")
def test_rows_that_somebody_holds_are_waited_for_not_skipped():
    seed_calendar(actor=None, now=at("2023-01-01 09:00"))
    numbers = many(6)
    holds, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Clock.objects.select_for_update().get(pk=numbers[0])
            stopped = Clock.objects.select_for_update().get(pk=numbers[1])
            stopped.stopped_at = at("2023-11-20 09:00")
            stopped.save()
            holds.set()
            may_go.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert holds.wait(20)
    threading.Timer(1.0, may_go.set).start()
    began = time.monotonic()
    swept = sweep_clocks(now=LATE, on_overdue=tell, on_near_due=silent, batch=2)
    holder.join()

    assert swept.overdue == 5
    assert told() == [numbers[0], *numbers[2:]]
    assert time.monotonic() - began >= 0.5


@pytest.mark.both_databases
def test_two_sweeps_at_once_tell_of_each_clock_once(start_process):
    seed_calendar(actor=None, now=at("2023-01-01 09:00"))
    numbers = many(300)
    never = 1_000  # the process dies in a batch that never comes

    both = [
        start_process("-m", "tests.apps.clocks.killed_sweep", LATE.isoformat(), never, "before")
        for _ in range(2)
    ]
    outputs = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], outputs
    assert told() == numbers
