import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError

from civicloop.config.beside import Beside, Step, command

pytestmark = pytest.mark.one_database

KILLED_WITH_US = """
import sys, time
from civicloop.config.beside import Beside, Step, command
if __name__ == "__main__":
    sleeping = f"import os, time; open({sys.argv[1]!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    with Beside([Step("asleep", [command("shell", "--no-imports", "-c", sleeping)])]):
        time.sleep(600)
"""


def test_the_steps_are_told_in_their_order_each_under_its_heading():
    with Beside(
        [Step("一", [command("check")]), Step("二", [command("check"), command("check")])]
    ) as beside:
        said = "".join(beside.rest())

    first, second = said.removeprefix("· 一\n").split("· 二\n")
    assert first.count("System check") == 1
    assert second.count("System check") == 2


def test_a_step_that_cannot_be_taken_says_so_and_the_next_is_not_taken():
    with Beside(
        [Step("一", [command("no-such-command")]), Step("二", [command("check")])]
    ) as beside:
        with pytest.raises(CommandError, match=r"一.*no-such-command"):
            list(beside.rest())

        assert not list(beside.said())


def test_a_process_that_dies_is_noticed():
    dying = command("shell", "--no-imports", "-c", "import os; os._exit(3)")
    with Beside([Step("一", [dying])]) as beside, pytest.raises(CommandError, match="3"):
        list(beside.rest())


def test_the_process_ends_when_we_are_killed(tmp_path):
    script, noted = tmp_path / "kill_me.py", tmp_path / "pid"
    script.write_text(KILLED_WITH_US)
    with subprocess.Popen([sys.executable, script, noted]) as ours:
        beside = int(_written(noted))
        ours.kill()

    deadline = time.monotonic() + 60
    while _is_running(beside):
        assert time.monotonic() < deadline, "it outlived the one who started it"
        time.sleep(0.05)


def _written(noted):
    deadline = time.monotonic() + 120
    while not (noted.exists() and noted.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return noted.read_text()


def _is_running(pid):
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
