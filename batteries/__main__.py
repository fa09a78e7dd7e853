"""`python -m batteries [--quick | --rounds N] [--only NAME]`: batteries, each with its control.

Every battery runs in a throw-away installation and says what it found; its control has the fault in it
that the battery is for, and must be found out.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.made_tables import REPOSITORY

from batteries.places import enter, sqlite_place

INSIDE = "--inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """One fault, how often it is tried, and the control that must be found out."""

    name: str
    fault: str
    size: int
    quick: int
    control: int  # its size


BATTERIES = (
    Battery(name="killing", fault="SIGKILL of two web processes and a worker",
            size=200, quick=5, control=3),
    Battery(name="repeating", fault="the same form sent a hundred times by four processes",
            size=100_000, quick=200, control=100),
    Battery(name="filling", fault="disk full", size=1, quick=1, control=1),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run said."""

    is_met: bool
    words: str
    seconds: float

    @property
    def is_verdict(self) -> bool:
        """A battery that broke down by itself is no control that was found out."""
        return " lost, " in self.words


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m batteries", description=__doc__)
    many = parser.add_mutually_exclusive_group()
    many.add_argument("--quick", action="store_true", help="a few rounds of each")
    many.add_argument("--rounds", type=int, help="so many rounds (of repeating: submissions)")
    parser.add_argument("--only", help="the batteries of this name")
    options = parser.parse_args()
    are_met = True
    for battery in BATTERIES:
        if options.only in {None, battery.name}:
            size = options.rounds or (battery.quick if options.quick else battery.size)
            line, is_met = _tried(battery, size)
            print(line, flush=True)
            are_met = are_met and is_met
    return 0 if are_met else 1


def _tried(battery: Battery, size: int) -> tuple[str, bool]:
    """The battery's line of the table."""
    found = _run(battery, size, is_control=False)
    control = _run(battery, battery.control, is_control=True)
    is_found = not control.is_met and control.is_verdict
    verdict = "met" if found.is_met else "**not met**"
    twin = f"{'red' if is_found else '**not red**'}: {control.words}"
    said = f"{verdict}: {found.words} ({found.seconds:.0f} s)"
    cells = [f"{battery.name}: {battery.fault}", "sqlite", f"{size:,}", said, twin]
    return f"| {' | '.join(cells)} |", found.is_met and is_found


def _run(battery: Battery, size: int, *, is_control: bool) -> Result:
    """Run it in a process of its own, in an installation of its own."""
    began = time.monotonic()
    with sqlite_place() as variables:
        words = [battery.name, str(size), "control" if is_control else "real"]
        done = subprocess.run(
            [sys.executable, "-m", "batteries", INSIDE, *words],
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
            cwd=REPOSITORY,
        )
    said = done.stdout.strip().splitlines()[-1:] or done.stderr.strip().splitlines()[-1:]
    return Result(
        is_met=done.returncode == 0,
        words=" ".join(said).replace("|", "/"),
        seconds=time.monotonic() - began,
    )


def _inside(name: str, size: int, *, is_control: bool) -> int:
    """One battery in this process; says what it found, and ends with 1 where it is not met."""
    if name == "filling":
        from batteries.filling import fill_in_a_namespace

        done = fill_in_a_namespace(is_early=is_control)
        print(done.stdout.strip() or done.stderr.strip())
        return done.returncode
    enter({})
    runs: dict[str, Callable[[], object]] = {
        "killing": lambda: _killing(size, is_control=is_control),
        "repeating": lambda: _repeating(size, is_control=is_control),
    }
    verdict = runs[name]()
    print(verdict)
    return 0 if verdict.is_met else 1  # type: ignore[attr-defined]


def _killing(size: int, *, is_control: bool) -> object:
    from batteries.killing import kill_rounds

    return kill_rounds(size, is_early=is_control)


def _repeating(size: int, *, is_control: bool) -> object:
    from batteries.repeating import repeat

    return repeat(size, has_key=not is_control)


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        raise SystemExit(
            _inside(sys.argv[2], int(sys.argv[3]), is_control=sys.argv[4] == "control")
        )
    raise SystemExit(main())
