"""`python -m batteries [--quick | --rounds N] [--only NAME …] [--database NAME]`: each with its control.

Every battery runs in a throw-away installation and says what it found; its control has the fault in it
that the battery is for, and must be found out.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from tests.found import postgresql_folder
from tests.made_tables import REPOSITORY

from batteries.places import Place, enter, places_on

INSIDE, NOT_MET = "--inside", 2
SQLITE, POSTGRESQL = DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """One fault, how often it is tried, and the control that must be found out: `run` of its module."""

    name: str
    fault: str
    size: int
    quick: int
    control: int  # its size
    databases: tuple[str, ...] = DATABASES


BATTERIES = (
    Battery(name="killing", fault="SIGKILL of two web processes and a worker",
            size=200, quick=5, control=3),
    Battery(name="repeating", fault="the same form sent a hundred times by four processes, killed amid them",
            size=100_000, quick=200, control=100),
    Battery(name="retrying", fault="each appeal of a program sent a hundred times by four processes",
            size=100_000, quick=200, control=200),
    Battery(name="fuzzing", fault="requests of all kinds, made from the OpenAPI document",
            size=300, quick=5, control=2),
    Battery(name="importing", fault="SIGKILL of an import", size=50, quick=2, control=2),
    Battery(name="dispatching", fault="SIGKILL of a worker that sends a batch to its units",
            size=50, quick=2, control=2),
    Battery(name="restarting", fault="PostgreSQL stopped (fast, immediate) and started",
            size=40, quick=2, control=2, databases=(POSTGRESQL,)),
    Battery(name="parting", fault="models, search index and mail server away",
            size=50, quick=2, control=1),
    Battery(name="failing", fault="the n-th write fails", size=60, quick=10, control=60,
            databases=(SQLITE,)),
    Battery(name="hostile", fault="files made to kill a server", size=100, quick=100, control=1,
            databases=(SQLITE,)),
    Battery(name="marking", fault="screenshots made smaller and saved as JPEG", size=60, quick=4,
            control=4, databases=(SQLITE,)),
    Battery(name="upgrading", fault="SIGKILL of an upgrade", size=50, quick=2, control=4),
    Battery(name="jumping", fault="the clocks of all processes jump, each on its own",
            size=200, quick=5, control=5),
    Battery(name="hiding", fault="the time that an answer takes", size=400, quick=50, control=20),
    Battery(name="filling", fault="disk full", size=1, quick=1, control=1, databases=(SQLITE,)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run said."""

    code: int
    words: str
    seconds: float

    @property
    def is_met(self) -> bool:
        return self.code == 0

    @property
    def is_found(self) -> bool:
        """A battery that broke down by itself is no control that was found out."""
        return self.code == NOT_MET


def main() -> int:
    names = [battery.name for battery in BATTERIES]
    parser = argparse.ArgumentParser(prog="python -m batteries", description=__doc__)
    many = parser.add_mutually_exclusive_group()
    many.add_argument("--quick", action="store_true", help="a few rounds of each")
    many.add_argument(
        "--rounds", type=int, help="so many rounds (of repeating and retrying: submissions)"
    )
    parser.add_argument("--only", nargs="+", help="the batteries of these names", choices=names)
    parser.add_argument("--database", choices=DATABASES, help="on this one; else on all there are")
    options = parser.parse_args()
    chosen = [battery for battery in BATTERIES if battery.name in (options.only or names)]
    are_met = [
        is_met
        for database in _databases(options.database)
        for is_met in _try_all(chosen, database, options)
    ]
    return 0 if all(are_met) else 1


def _databases(asked: str | None) -> list[str]:
    if asked is None and postgresql_folder() is None:
        print("NOT RUN, a program is missing: apt-get install postgresql", flush=True)
        return [SQLITE]
    return [database for database in DATABASES if asked in {None, database}]


def _try_all(
    batteries: list[Battery], database: str, options: argparse.Namespace
) -> Iterator[bool]:
    here = [battery for battery in batteries if database in battery.databases]
    if not here:
        return
    with places_on(database) as place:
        for battery in here:
            size = options.rounds or (battery.quick if options.quick else battery.size)
            line, is_met = _tried(battery, size, database, place)
            print(line, flush=True)
            yield is_met


def _tried(battery: Battery, size: int, database: str, place: Place) -> tuple[str, bool]:
    """The battery's line of the table."""
    found = run_battery(battery, size, place, is_control=False)
    control = run_battery(battery, battery.control, place, is_control=True)
    verdict = "met" if found.is_met else "**not met**"
    twin = f"{'red' if control.is_found else '**not red**'}: {control.words}"
    said = f"{verdict}: {found.words} ({found.seconds:.0f} s)"
    cells = [f"{battery.name}: {battery.fault}", database, f"{size:,}", said, twin]
    return f"| {' | '.join(cells)} |", found.is_met and control.is_found


def run_battery(battery: Battery, size: int, place: Place, *, is_control: bool) -> Result:
    """Run it in a process of its own, in an installation of its own."""
    began = time.monotonic()
    with place() as variables:
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
        code=done.returncode,
        words=" ".join(said).replace("|", "/"),
        seconds=time.monotonic() - began,
    )


def _inside(name: str, size: int, *, is_control: bool) -> int:
    """One battery in this process; says what it found, and ends with 2 where it is not met."""
    enter({})
    verdict = import_module(f"batteries.{name}").run(size, is_control=is_control)
    print(verdict)
    return 0 if verdict.is_met else NOT_MET


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        raise SystemExit(
            _inside(sys.argv[2], int(sys.argv[3]), is_control=sys.argv[4] == "control")
        )
    raise SystemExit(main())
