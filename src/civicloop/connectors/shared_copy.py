"""Write plain tables into a SQLite file that takes its name when all of it is on the disk."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from civicloop.connectors.backups.folder import sync

Value = str | int | float | None


class SharedCopy:
    """The file while it is written."""

    def __init__(self, opened: sqlite3.Connection) -> None:
        self._opened = opened

    def make(self, table: str, columns: Mapping[str, str]) -> None:
        """Make a table; the first column is its key."""
        first, *others = (f"{name} {kind}" for name, kind in columns.items())
        parts = ", ".join([f"{first} PRIMARY KEY", *others])
        self._opened.execute(f"CREATE TABLE {table} ({parts})")

    def write(self, table: str, rows: Iterable[Sequence[Value]]) -> int:
        """Write rows, all columns in their order; gives how many."""
        before = self._opened.total_changes
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return 0
        sql = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"  # noqa: S608 -- our names
        self._opened.execute(sql, first)
        self._opened.executemany(sql, rows)
        return self._opened.total_changes - before

    def smallest_crowd(self, table: str, columns: Sequence[str]) -> int:
        """The smallest number of rows that are alike in these columns; 0: there are none."""
        names = ", ".join(columns)
        counts = f"SELECT count(*) AS crowd FROM {table} GROUP BY {names}"  # noqa: S608 -- our names
        found = self._opened.execute(f"SELECT min(crowd) FROM ({counts})").fetchone()[0]  # noqa: S608
        return int(found or 0)


@contextmanager
def shared_copy(target: Path) -> Iterator[SharedCopy]:
    """A new file to write into; what failed on the way is not there.

    Raises:
        FileExistsError: the target is there already.
    """
    if target.exists():
        raise FileExistsError(str(target))
    making = target.with_name(f".{target.name}.new")
    making.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(making)) as opened:
            opened.execute("PRAGMA journal_mode=OFF")  # a file that fails is thrown away whole
            yield SharedCopy(opened)
            opened.commit()
        sync(making)
        making.rename(target)
        sync(target.parent)
    finally:
        making.unlink(missing_ok=True)
