"""Copy a SQLite database while others write to it.

Source: the backup API of SQLite. Copying the file itself is no backup: pages of different moments
come together, and what is only in the write-ahead log is missing.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from civicloop.connectors.backups.folder import sync

Progress = Callable[[float], None]  # how much is done, 0 to 1
_PAGES = 2_048
_BUSY_SECONDS = 20.0
_TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name
"""  # the rows of a search index stand in tables of their own


def copy_sqlite(source: Path, target: Path, *, progress: Progress) -> None:
    """The database as it is at this moment; writers go on, and do not make it begin again."""

    def tell(_status: int, left: int, pages: int) -> None:
        progress(1.0 if not pages else (pages - left) / pages)

    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=_BUSY_SECONDS)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.isolation_level = None
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here it stands still
        old.backup(new, pages=_PAGES, progress=tell)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read where nobody writes
    sync(target)


def rows_of_sqlite(file: Path) -> dict[str, int]:
    """How many rows each table of a copy holds."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
        names = [name for (name,) in opened.execute(_TABLES) if not name.startswith("sqlite_")]
        return {name: _count(opened, name) for name in names}


def fault_of_sqlite(file: Path) -> str:
    """What the database says is broken in a copy; nothing where it is whole."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else str(found)


def _count(opened: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(opened.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608
