"""CPU seconds of other processes, from /proc."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of_database() -> float:
    """Those of the PostgreSQL that serves this benchmark; none of SQLite's, which has no process."""
    url = unquote(os.environ["DATABASE_URL"])
    if not url.startswith("postgres"):
        return 0.0
    folder = Path(url.split("@")[1].rsplit("/", 1)[0])
    master = (folder / "data" / "postmaster.pid").read_text().split()[0]
    return seconds_with_children(int(master))


def seconds_with_children(master: int) -> float:
    """Those of a process and its children, with those of them that have ended."""
    return sum(_seconds_of(str(master)))


def _seconds_of(master: str) -> Iterator[float]:
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        own, ended = fields[11:13], fields[13:15]
        if file.parent.name == master:
            yield sum(map(int, own + ended)) / TICKS
        elif fields[1] == master:
            yield sum(map(int, own)) / TICKS
