"""The machine's clock was a day ahead, and is right again."""

from datetime import timedelta

import pytest
from tests.apps.jobs.conftest import effects
from tests.apps.jobs.sample_jobs import sweep

from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.actions.jumps import undo_jumps
from civicloop.apps.jobs.actions.leases import LONGEST_PAUSE, claim_job, reap_jobs
from civicloop.apps.jobs.actions.periodic import declare_periodic, start_due
from civicloop.apps.jobs.declaring import Periodic
from civicloop.apps.jobs.models import JobState, PeriodicSlot
from civicloop.apps.jobs.worker import Worker

LEASE, AHEAD = timedelta(seconds=30), timedelta(days=1)
TABLE = [Periodic(name="sweep", every=timedelta(minutes=5), job=sweep)]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """A worker begins anew with its connections; a test has but one."""
    monkeypatch.setattr("civicloop.apps.jobs.worker.close_old_connections", lambda: None)


def work_off(now) -> int:
    worker = Worker(clock=lambda: now)
    worker._look_around()
    while worker.run_next():
        pass
    return len(effects())


def test_a_job_that_was_queued_under_a_clock_ahead_is_done_now(now):
    enqueue(sweep, now=now + AHEAD)

    assert work_off(now) == 1


def test_a_job_that_waits_for_its_time_goes_on_waiting(now):
    enqueue(sweep, now=now, after=LONGEST_PAUSE)

    assert not undo_jumps(table=[], now=now)
    assert work_off(now) == 0


def test_the_job_of_a_worker_that_died_under_a_clock_ahead_is_given_back(now):
    enqueue(sweep, now=now)
    claim_job(worker="dead", now=now + AHEAD, lease=LEASE)
    assert not reap_jobs(now=now + 2 * LEASE)  # what would be without it

    assert undo_jumps(table=[], now=now) == 1
    assert reap_jobs(now=now + timedelta(seconds=1)) == 1


def test_a_lease_that_runs_is_left_alone(now):
    enqueue(sweep, now=now)
    claim_job(worker="alive", now=now, lease=LEASE)

    assert not undo_jumps(table=[], now=now)
    assert JobState.objects.get().lease_until == now + LEASE


def test_a_periodic_job_that_ran_under_a_clock_ahead_runs_again_at_its_time(now):
    declare_periodic(table=TABLE, now=now)
    assert start_due(table=TABLE, now=now + AHEAD) == 1
    assert start_due(table=TABLE, now=now + timedelta(minutes=10)) == 0

    assert undo_jumps(table=TABLE, now=now) == 2  # the slot, and the job that waits for tomorrow

    assert PeriodicSlot.objects.get().next_at - now <= timedelta(minutes=5)
    assert start_due(table=TABLE, now=now + timedelta(minutes=10)) == 1
