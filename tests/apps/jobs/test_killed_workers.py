"""Whatever happens to the workers, each job's effect happens once, and no job is left behind."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from tests.apps.jobs.conftest import WORK, effects, kill_all, wait_until
from tests.apps.jobs.sample_jobs import call_out, count, hang, kill_the_worker

from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.models import JobState

KILLED = Path(__file__).parent / "killed_worker.py"


def statuses() -> list[str]:
    return sorted(TaskRow.objects.values_list("status", flat=True))


@pytest.mark.parametrize(
    ("point", "left"),
    [
        ("after the claim", []),
        ("before the end is noted", []),
        ("before the commit", []),
        ("after the commit", ["one"]),
    ],
)
def test_job_of_a_killed_worker_is_done_once(point, left, start_process, work_off):
    enqueue(count, "one", 0.0, now=timezone.now())

    killed = start_process(KILLED, point)
    killed.communicate()
    between = effects()
    work_off()

    assert killed.returncode == -signal.SIGKILL
    assert between == left
    assert effects() == ["one"]
    assert statuses() == [TaskResultStatus.SUCCESSFUL]


def test_workers_killed_again_and_again_lose_and_double_nothing(start_process, work_off):
    names = [f"job {number:02}" for number in range(40)]
    for name in names:
        enqueue(count, name, 0.05, now=timezone.now())

    for _ in range(4):
        workers = [start_process(*WORK) for _ in range(2)]
        known = len(effects())
        wait_until(lambda known=known: len(effects()) > known + 2)
        kill_all(workers)
    between = len(effects())
    work_off()

    assert between >= 8
    assert effects() == names
    assert set(statuses()) == {TaskResultStatus.SUCCESSFUL}
    assert not JobState.objects.filter(lease_until__isnull=False).exists()


def test_a_job_that_kills_every_worker_is_given_up_after_its_tries(start_process, work_off):
    state = enqueue(kill_the_worker, "deadly", now=timezone.now())

    codes = []
    for _ in range(3):
        process = start_process(*WORK)
        process.communicate(timeout=120)
        codes.append(process.returncode)
        time.sleep(1.1)
    work_off()

    assert codes == [-signal.SIGKILL] * 3
    row = TaskRow.objects.get(pk=state.pk)
    assert row.status == TaskResultStatus.FAILED
    assert row.exception_class_path == "civicloop.apps.jobs.WorkerDied"
    assert effects() == []


def test_a_lease_is_kept_as_long_as_the_worker_lives(start_process, tmp_path):
    state = enqueue(call_out, "slow", now=timezone.now())

    workers = [start_process(*WORK) for _ in range(2)]
    is_done = wait_until(
        lambda: TaskRow.objects.filter(status=TaskResultStatus.SUCCESSFUL).exists()
    )
    kill_all(workers)

    assert is_done
    assert (tmp_path / "called").read_text() == "slow\n"  # three leases long, once
    state.refresh_from_db()
    assert state.attempt == 1


def test_a_job_over_its_limit_frees_its_worker(start_process, work_off):
    state = enqueue(hang, now=timezone.now())

    process = start_process(*WORK)
    output, _ = process.communicate(timeout=120)
    work_off()

    assert process.returncode == 75
    assert "over its time limit" in output
    assert TaskRow.objects.get(pk=state.pk).status == TaskResultStatus.FAILED


def test_worker_told_to_stop_ends_after_the_job_in_hand(start_process):
    for name in ("first", "second"):
        enqueue(count, name, 1.0, now=timezone.now())

    process = start_process(*WORK)
    running = TaskRow.objects.filter(status=TaskResultStatus.RUNNING)
    assert wait_until(running.exists)
    process.terminate()
    process.communicate(timeout=120)

    assert process.returncode == 0
    assert effects() == ["first"]
    assert statuses() == [TaskResultStatus.READY, TaskResultStatus.SUCCESSFUL]


def test_worker_ends_when_its_parent_is_killed(start_process):
    parent = start_process(
        "-c",
        "import os, subprocess, sys\n"
        "worker = subprocess.Popen([sys.executable, '-m', 'civicloop', 'work',"
        " '--parent', str(os.getpid())])\n"
        "print(worker.pid, flush=True)\n"
        "worker.wait()",
    )
    worker = int(parent.stdout.readline())
    enqueue(count, "alive", 0.0, now=timezone.now())
    assert wait_until(lambda: effects() == ["alive"])

    parent.kill()
    parent.wait()

    assert wait_until(lambda: not is_running(worker))


def test_worker_beside_the_site_is_started_again_and_ends_with_it(start_process):
    site = start_process(
        "-c",
        "import sys\n"
        "from civicloop.config.worker_process import worker_beside\n"
        "with worker_beside():\n"
        "    print('up', flush=True)\n"
        "    sys.stdin.readline()\n",
    )
    site.stdout.readline()
    first = wait_for_worker()
    os.kill(first, signal.SIGKILL)
    enqueue(count, "done by the second", 0.0, now=timezone.now())
    is_done = wait_until(lambda: effects() == ["done by the second"])
    second = wait_for_worker(other_than=first)
    site.stdin.write("end\n")
    site.stdin.flush()
    site.communicate(timeout=120)

    assert is_done
    assert not is_running(second)


def wait_for_worker(*, other_than: int = 0) -> int:
    """The process number of a worker that has given a sign of life."""
    from civicloop.apps.jobs.models import WorkerSign

    def found() -> list[int]:
        names = WorkerSign.objects.values_list("worker", flat=True)
        return [pid for name in names if (pid := int(name.split(":")[1])) != other_than]

    assert wait_until(lambda: bool(found())), sys.executable
    return found()[0]


def is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(
    "sqlite" in settings.ENVIRONMENT.database_url, reason="SQLite has no connection to lose"
)
def test_worker_bears_the_loss_of_its_connection(start_process):
    process = start_process(*WORK)
    assert wait_for_worker()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    enqueue(count, "after the loss", 0.0, now=timezone.now())

    assert wait_until(lambda: effects() == ["after the loss"])
    assert process.poll() is None
