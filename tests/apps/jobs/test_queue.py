"""The queue inside one process."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from tests.apps.jobs.conftest import effects
from tests.apps.jobs.sample_jobs import count, fail, sweep, walk

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.jobs.actions import JobNotFailedError, enqueue, retry_job
from civicloop.apps.jobs.actions.leases import (
    LeaseLostError,
    beat,
    claim_job,
    finish_job,
    in_hand,
    note_progress,
    pause_after,
    reap_jobs,
)
from civicloop.apps.jobs.actions.periodic import declare_periodic, start_due
from civicloop.apps.jobs.declaring import Periodic
from civicloop.apps.jobs.housekeeping import forget_old_jobs
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.models import JobState, PeriodicSlot
from civicloop.apps.jobs.queries import queue_overview
from civicloop.apps.jobs.worker import Worker

LEASE = timedelta(seconds=30)
pytestmark = pytest.mark.django_db


def work_off(now: datetime) -> int:
    worker = Worker(clock=lambda: now)
    done = 0
    while worker.run_next():
        done += 1
    return done


def claim(now: datetime, worker: str = "w"):
    return claim_job(worker=worker, now=now, lease=LEASE)


def row_of(state: JobState) -> TaskRow:
    return TaskRow.objects.get(pk=state.pk)


def test_jobs_run_in_the_order_they_came(now):
    for number in range(3):
        enqueue(count, f"{number}", 0.0, now=now + timedelta(seconds=number))

    work_off(now + timedelta(minutes=1))

    events = AuditEvent.objects.filter(action="effect").order_by("id")
    assert [event.object_id for event in events] == ["0", "1", "2"]
    assert events[0].at == now + timedelta(minutes=1)


def test_a_key_is_run_once_whoever_asks(now):
    first = enqueue(count, "a", 0.0, now=now, key="order 7")
    second = enqueue(count, "a", 0.0, now=now, key="order 7")
    other = enqueue(sweep, now=now, key="order 7")

    work_off(now)
    after = enqueue(count, "a", 0.0, now=now, key="order 7")
    work_off(now)

    assert first.pk == second.pk == after.pk != other.pk
    assert effects() == ["a", "sweep"]


def test_a_job_is_lost_with_the_change_that_asked_for_it(now):
    with transaction.atomic():
        enqueue(count, "a", 0.0, now=now)
        transaction.set_rollback(True)

    assert work_off(now) == 0


def test_a_later_job_waits_for_its_time(now):
    enqueue(sweep, now=now, after=timedelta(hours=1))

    assert work_off(now + timedelta(minutes=59)) == 0
    assert work_off(now + timedelta(hours=1)) == 1


def test_a_job_that_fails_leaves_nothing_waits_and_is_given_up(now):
    state = enqueue(fail, "住青禾苑3-502的王某", now=now)

    work_off(now)
    after_first = row_of(state)
    early = work_off(now + timedelta(seconds=9))
    work_off(now + timedelta(seconds=10))

    assert (after_first.status, after_first.run_after) == ("READY", now + timedelta(seconds=10))
    assert early == 0
    row = row_of(state)
    assert (row.status, row.exception_class_path) == ("FAILED", "builtins.ValueError")
    assert "in fail" in row.traceback
    assert "青禾苑" not in row.traceback  # what citizens wrote is in no page of the administrators
    assert effects() == []


def test_pauses_grow_to_an_hour():
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 4, 7, 30)] == [
        10, 30, 90, 270, 3600, 3600,
    ]  # fmt: skip


def test_a_failed_job_is_tried_again_with_all_its_tries(now):
    state = enqueue(fail, "x", now=now)
    administrator = User.objects.create_user(username="a", role=Role.SYSTEM_ADMIN)
    for minute in range(2):
        work_off(now + timedelta(minutes=minute))

    retry_job(state=state, actor=administrator, now=now + timedelta(hours=1))

    assert row_of(state).status == TaskResultStatus.READY
    assert AuditEvent.objects.get(action="retry_job").actor == administrator
    with pytest.raises(JobNotFailedError):
        retry_job(state=state, actor=administrator, now=now)


def test_a_job_that_the_program_does_not_know_is_a_failure(now):
    state = enqueue(sweep, now=now)
    TaskRow.objects.filter(pk=state.pk).update(task_path="civicloop.apps.jobs.gone")

    work_off(now)

    assert row_of(state).exception_class_path == "builtins.ImportError"


@pytest.mark.parametrize(("per_try", "ends"), [(1, "SUCCESSFUL"), (0, "FAILED")])
def test_a_job_is_not_given_up_while_it_gets_on(per_try, ends, now):
    state = enqueue(walk, ["1", "2", "3", "4", "5"], per_try, now=now)

    for hour in range(6):
        work_off(now + timedelta(hours=hour))

    assert row_of(state).status == ends
    assert effects() == ["1", "2", "3", "4", "5"][: 5 * per_try]


@pytest.mark.parametrize(("gets_on", "ends"), [(True, "READY"), (False, "FAILED")])
def test_a_killed_worker_counts_as_a_try_unless_its_job_got_on(gets_on, ends, now):
    state = enqueue(walk, [], 0, now=now)

    for hour in range(1, 5):
        held = claim(now + timedelta(hours=hour))
        if held and gets_on:
            with in_hand(held), transaction.atomic():
                note_progress()
        reap_jobs(now=now + timedelta(hours=hour, minutes=1))

    assert row_of(state).status == ends


def test_a_step_of_a_worker_thought_dead_does_not_stand(now):
    enqueue(walk, [], 0, now=now)
    slow = claim(now)
    reap_jobs(now=now + LEASE + timedelta(seconds=1))

    with in_hand(slow), pytest.raises(LeaseLostError):
        walk.func(now, ["late"], 1)

    assert effects() == []


def test_a_worker_thought_dead_changes_nothing_when_it_wakes_up(now):
    enqueue(sweep, now=now)
    slow = claim(now)

    later = now + LEASE + timedelta(seconds=1)
    reaped = reap_jobs(now=later)
    with pytest.raises(LeaseLostError):
        finish_job(claim=slow, now=later)
    quick = claim(later, worker="other")
    with pytest.raises(LeaseLostError):
        finish_job(claim=slow, now=later)
    finish_job(claim=quick, now=later)

    assert reaped == 1
    assert row_of(quick.state).status == TaskResultStatus.SUCCESSFUL


def test_effects_of_a_worker_that_lost_its_lease_are_undone(now):
    enqueue(sweep, now=now)
    moments = iter([now, now + LEASE + timedelta(seconds=1)])

    def clock() -> datetime:
        moment = next(moments)
        if moment > now:  # the job has run; its end is about to be noted
            reap_jobs(now=moment)
        return moment

    Worker(clock=clock, lease=LEASE).run_next()

    assert effects() == []
    reap_jobs(now=now + timedelta(hours=1))  # the first was undone with the job's transaction
    assert work_off(now + timedelta(hours=1)) == 1
    assert effects() == ["sweep"]


def test_a_sign_of_life_keeps_the_lease(now):
    enqueue(sweep, now=now)
    mine = claim(now)

    beat(worker="w", claim=mine, now=now + timedelta(seconds=20), lease=LEASE)

    assert reap_jobs(now=now + timedelta(seconds=45)) == 0
    assert reap_jobs(now=now + timedelta(seconds=51)) == 1


def test_periodic_job_runs_once_a_slot_and_missed_slots_run_once(now):
    table = [Periodic(name="sweep", every=timedelta(hours=1), job=sweep)]  # now is 09:30
    declare_periodic(table=table, now=now)

    early = start_due(table=table, now=now + timedelta(minutes=29))
    for _ in range(3):
        start_due(table=table, now=now + timedelta(minutes=31))
    work_off(now + timedelta(minutes=31))
    start_due(table=table, now=now + timedelta(hours=5, minutes=40))
    work_off(now + timedelta(hours=6))

    assert early == 0
    assert effects() == ["sweep", "sweep"]
    slot = PeriodicSlot.objects.get()
    assert slot.next_at.astimezone(UTC) == datetime(2023, 11, 14, 8, tzinfo=UTC)  # 16:00 here


def test_a_daily_job_begins_at_its_local_time(now):
    nightly = Periodic(name="n", every=timedelta(days=1), at=time(3, 10), job=sweep)

    slot = nightly.slot_before(now)

    assert slot.astimezone(UTC) == datetime(2023, 11, 13, 19, 10, tzinfo=UTC)
    before = nightly.slot_before(now.replace(hour=3, minute=9))
    assert before == slot - timedelta(days=1)


def test_a_new_table_replaces_the_old(now):
    hourly = Periodic(name="sweep", every=timedelta(hours=1), job=sweep)
    daily = Periodic(name="sweep", every=timedelta(days=1), job=sweep)
    other = Periodic(name="other", every=timedelta(days=1), job=sweep)
    declare_periodic(table=[hourly, other], now=now)

    declare_periodic(table=[daily], now=now)

    slot = PeriodicSlot.objects.get()
    assert (slot.name, slot.every) == ("sweep", timedelta(days=1))
    assert slot.next_at == now.replace(day=15, hour=0, minute=0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_start_a_slot_once(now):
    table = [Periodic(name=f"sweep {n}", every=timedelta(minutes=1), job=sweep) for n in range(5)]
    declare_periodic(table=table, now=now)
    barrier = threading.Barrier(3)

    def start() -> None:
        barrier.wait()
        start_due(table=table, now=now + timedelta(minutes=1))
        connection.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert JobState.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_make_one_job(now):
    barrier = threading.Barrier(3)

    def ask() -> None:
        barrier.wait()
        enqueue(sweep, now=now, key="same")
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert JobState.objects.count() == TaskRow.objects.count() == 1


def test_old_jobs_that_went_well_are_forgotten(now):
    done, failed = enqueue(sweep, now=now), enqueue(fail, "x", now=now)
    for minute in range(2):
        work_off(now + timedelta(minutes=minute))

    forget_old_jobs.func(now + timedelta(days=29))
    kept = JobState.objects.count()
    forget_old_jobs.func(now + timedelta(days=31))

    assert kept == 2
    assert list(JobState.objects.all()) == [failed]
    assert done.pk != failed.pk


def test_overview_tells_what_waits_runs_and_has_failed(now):
    enqueue(sweep, now=now)
    enqueue(sweep, now=now, after=timedelta(hours=1))
    claim(now)

    queue = queue_overview(now=now, limit=10)

    assert queue.counts == {"ready": 1, "running": 1, "failed": 0, "successful": 0}
    assert [len(jobs) for jobs in (queue.running, queue.waiting, queue.failed)] == [1, 1, 0]
    assert queue.oldest_waiting_at is None  # what waits is not due yet
