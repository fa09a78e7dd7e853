"""What many tests begin with: made by the first of them, for the others its rows are written again."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

KEY_FILES = ("CONTACT_KEY_FILE", "CONTENT_KEY_FILE", "AUDIT_KEY_FILE")
Table = tuple[str, list[str], list[tuple[object, ...]]]


class MadeOnce:
    """The rows that a function leaves in a test's database, and the keys of that test that seal them.

    Tables that hold something beforehand must stay as they are, so this comes before whatever else a
    test writes.
    """

    def __init__(self, make: Callable[[], None]) -> None:
        self._make = make
        self._tables: list[Table] | None = None
        self._keys: dict[str, bytes] = {}

    def __call__(self) -> None:
        if self._tables is None:
            before = [_read(name) for name in sorted(_filled_tables())]
            self._make()
            assert before == [_read(name) for name, *_ in before], (
                "more was written to a full table"
            )
            self._tables = [
                _read(name) for name in _filled_tables() - {name for name, *_ in before}
            ]
            files = {name: Path(getattr(settings, name)) for name in KEY_FILES}
            self._keys = {name: file.read_bytes() for name, file in files.items() if file.exists()}
            return
        for name, key in self._keys.items():
            Path(getattr(settings, name)).write_bytes(key)
        with connection.cursor() as cursor:
            _fire_triggers(cursor, False)  # in this order rows may come before their parents
            for table in self._tables:
                _write(cursor, table)
            _fire_triggers(cursor, True)


def _fire_triggers(cursor: CursorWrapper, is_usual: bool) -> None:
    if connection.vendor == "postgresql":
        role = "origin" if is_usual else "replica"
        cursor.execute(f"SET LOCAL session_replication_role = {role}")


def _filled_tables() -> set[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        asked = ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in names)
        cursor.execute(f"SELECT {asked}")
        return {name for name, is_filled in zip(names, cursor.fetchone(), strict=True) if is_filled}


def _read(table: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        return table, [column[0] for column in cursor.description], cursor.fetchall()


def _write(cursor: CursorWrapper, table: Table) -> None:
    name, columns, rows = table
    listed = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join(["%s"] * len(columns))
    cursor.executemany(f'INSERT INTO "{name}" ({listed}) VALUES ({places})', rows)
