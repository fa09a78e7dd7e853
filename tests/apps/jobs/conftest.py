import time
from collections.abc import Callable, Iterable
from subprocess import Popen

import pytest

from civicloop.apps.audit.models import AuditEvent

WORK = ["-m", "civicloop", "work", "--lease", "1"]


def effects() -> list[str]:
    """What the jobs of a test have done, each as often as it was done."""
    told = AuditEvent.objects.filter(action="effect").values_list("object_id", flat=True)
    return sorted(told)


def wait_until(is_so: Callable[[], bool], *, seconds: float = 120) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()


@pytest.fixture
def work_off(start_process) -> Callable[[], str]:
    """Let a worker of its own do what waits now, dead workers' jobs included."""

    def run() -> str:
        time.sleep(1.1)  # the leases of this test's workers end after one second
        process = start_process(*WORK, "--until-empty")
        output, _ = process.communicate(timeout=180)
        assert process.returncode == 0, output
        return output

    return run


def kill_all(processes: Iterable[Popen]) -> None:
    for process in processes:
        process.kill()
        process.wait()
