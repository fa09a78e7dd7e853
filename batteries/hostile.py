"""Files made to kill a server are read one after the other by one process, as a worker would.

Each must end in rows or in one named error, soon and in little memory, and the process must outlive them all.
In the control the reader's child may take what it wants.
"""

import json
import os
import resource
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from civicloop.connectors.spreadsheets import Limits, UnreadableFileError, inspect, read_rows

MOST_SECONDS, MOST_MIB, TODAY = 30, 512.0, date(2024, 6, 1)
KIB_OF_A_MIB = 1024
GREEDY = ("fewer repeated cells.ods",)  # what the control reads
WITHOUT_LIMITS = replace(Limits(), memory_bytes=8 << 30)


@dataclass(slots=True, kw_only=True)
class Endured:
    """What the files did to the process that read them."""

    files: int = 0
    refused: int = 0  # by a named error
    unnamed: int = 0  # ended in another error, which ends a job without a word
    seconds: float = (
        0.0  # of a processor, the longest: the time on a machine that has nothing else to do
    )
    slowest: str = ""
    late: int = (
        0  # took longer than 30 s and one more for each MiB, which is what a reader may take
    )
    child_mib: float = 0.0  # the most that a reader's child had in memory
    own_mib: float = 0.0  # the growth of this process
    dead: int = 1  # until it has said that it lives

    @property
    def is_met(self) -> bool:
        is_small = max(self.child_mib, self.own_mib) <= MOST_MIB
        return is_small and not (self.unnamed or self.dead or self.late)

    def __str__(self) -> str:
        return (
            f"{self.files} files, {self.refused} refused by a named error, {self.unnamed} by another:"
            f" {self.dead} dead workers, {self.late} late, at most {self.seconds:.1f} s of a processor ({self.slowest}) and"
            f" {self.child_mib:.0f} MiB; the worker grew by {self.own_mib:.0f} MiB"
        )


def run(size: int, *, is_control: bool) -> Endured:
    """So many files of all there are."""
    folder = Path(os.environ["CIVICLOOP_DATA"], "hostile")
    folder.mkdir()
    _in_a_process(lambda: _write(folder, GREEDY if is_control else None, size))
    limits = WITHOUT_LIMITS if is_control else Limits()
    said = _in_a_process(lambda: json.dumps(asdict(_read_all(folder, limits))))
    return Endured(**json.loads(said)) if said else Endured()


def _write(folder: Path, names: Sequence[str] | None, size: int) -> str:
    from batteries.hostile_files import FILES  # large, and not to be counted as the reader's

    for name in names or list(FILES)[:size]:
        FILES[name](folder / name)
    return ""


def _in_a_process(work: Callable[[], str]) -> str:
    """What it says; nothing if it died."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.write(writing, work().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return said


def _read_all(folder: Path, limits: Limits) -> Endured:
    endured, before = Endured(), _mib(resource.RUSAGE_SELF)
    for path in sorted(folder.iterdir()):
        began = _processor_seconds()
        _read(path, limits, endured)
        seconds = _processor_seconds() - began
        endured.late += seconds > Limits().scaled_seconds(MOST_SECONDS, path.stat().st_size)
        if seconds > endured.seconds:
            endured.seconds, endured.slowest = seconds, path.name
    endured.own_mib = _mib(resource.RUSAGE_SELF) - before
    endured.child_mib = _mib(resource.RUSAGE_CHILDREN)
    endured.dead = 0
    return endured


def _read(path: Path, limits: Limits, endured: Endured) -> None:
    endured.files += 1
    try:
        shape = inspect(path, limits=limits)
        for _ in read_rows(path, shape=shape, today=TODAY, limits=limits):
            pass
    except UnreadableFileError:
        endured.refused += 1
    except Exception:  # noqa: BLE001 -- counted
        endured.unnamed += 1


def _mib(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / KIB_OF_A_MIB


def _processor_seconds() -> float:
    """Its own and that of the children that have ended."""
    return sum(os.times()[:4])
