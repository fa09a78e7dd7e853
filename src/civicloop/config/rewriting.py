# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`
"""Rewrite tables of PostgreSQL, so that no page keeps the bytes of what was taken out of them.

Vacuuming alone marks them as free and leaves them. Which tables wait stands in a file: what could not
be done in one night is done in another.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connections, models, router
from django.db.backends.utils import CursorWrapper

from civicloop.connectors.backups.folder import sync

WAITING = "tables_to_rewrite"
LARGEST_BYTES = 512 * 1024**2  # with indexes; a table cannot be read while it is rewritten
LOCK_SECONDS, OLDER_SECONDS = 2, 20
Table = tuple[str, str]  # alias of its database, name


def note_to_rewrite(touched: Iterable[type[models.Model]], more: Iterable[Table] = ()) -> None:
    """Before something is taken out: whoever is killed meanwhile, or finds a table busy, does it later."""
    of_models = {(router.db_for_write(one), one._meta.db_table) for one in touched}
    here = {
        (alias, name)
        for alias, name in of_models.union(more)
        if connections[alias].vendor == "postgresql"
    }
    if here - {*tables_to_rewrite()}:
        _write({*tables_to_rewrite()} | here)


def tables_to_rewrite() -> Sequence[Table]:
    """Tables whose pages may keep what was taken out."""
    file = Path(settings.DATA_FOLDER) / WAITING
    lines = file.read_text().splitlines() if file.exists() else []
    return [(alias, name) for alias, _, name in (line.partition(" ") for line in lines)]


def rewrite_tables(*, largest: int | None = LARGEST_BYTES) -> Sequence[Table]:
    """Rewrite those that wait, with their indexes; gives those that wait still: busy, or too large."""
    waiting = [one for one in tables_to_rewrite() if one[0] in connections]
    for alias in sorted({alias for alias, _ in waiting}):
        with _hurried(alias) as cursor:
            if not _older_are_over(cursor):
                continue  # what they may still see is taken along
            for table in [one for one in waiting if one[0] == alias]:
                if _rewrite(cursor, table[1], largest):
                    waiting.remove(table)
                    _write(waiting)
            _run(cursor, "VACUUM (FULL) pg_catalog.pg_statistic")  # samples of the columns
    return waiting


def _rewrite(cursor: CursorWrapper, name: str, largest: int | None) -> bool:
    cursor.execute("SELECT pg_total_relation_size(to_regclass(%s))", [f'"{name}"'])
    [size] = cursor.fetchone()
    if size is None:  # an upgrade took the table away
        return True
    if largest is not None and size > largest:
        _run(cursor, f'VACUUM "{name}"')
        return False
    return _run(cursor, f'VACUUM (FULL, ANALYZE) "{name}"')


def _run(cursor: CursorWrapper, statement: str) -> bool:
    try:
        cursor.execute(statement)
    except OperationalError:  # others are at work on it
        return False
    return True


def _older_are_over(cursor: CursorWrapper) -> bool:
    """Wait for transactions that may see what was taken out; a long one is not waited for."""
    cursor.execute("SELECT clock_timestamp()")
    [began] = cursor.fetchone()
    until = time.monotonic() + OLDER_SECONDS
    while time.monotonic() < until:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND (backend_xid IS NOT NULL"  # of any database: a snapshot counts them all
            " OR backend_xmin IS NOT NULL AND datname = current_database())"
            " AND backend_type = 'client backend' AND xact_start < %s)",
            [began],
        )
        if not cursor.fetchone()[0]:
            return True
        time.sleep(0.2)
    return False


@contextmanager
def _hurried(alias: str) -> Iterator[CursorWrapper]:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            yield cursor
        finally:
            cursor.execute("RESET lock_timeout")


def _write(waiting: Iterable[Table]) -> None:
    file = Path(settings.DATA_FOLDER) / WAITING
    making = file.with_suffix(".new")
    making.write_text("".join(f"{alias} {name}\n" for alias, name in sorted(waiting)))
    sync(making)
    making.replace(file)
