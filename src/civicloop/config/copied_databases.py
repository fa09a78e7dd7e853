"""Copy a database of this installation as it is at one moment, count it, bring it back."""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from civicloop.config.vault_router import VAULT
from civicloop.connectors.backups.folder import sync
from civicloop.connectors.backups.postgresql import Server, dump_postgresql, restore_postgresql
from civicloop.connectors.backups.sqlite import (
    Progress,
    copy_sqlite,
    fault_of_sqlite,
    rows_of_sqlite,
)

MAIN = "default"
URLS = {MAIN: "DATABASE_URL", VAULT: "VAULT_DATABASE_URL"}
_NAMES = {MAIN: "database", VAULT: "vault"}
_ENDINGS = {"sqlite": "sqlite3", "postgresql": "dump"}


class BrokenCopyError(Exception):
    """The copy is broken; the argument says how, in the reader's language."""


def aliases() -> list[str]:
    """The databases there are, in the order in which they are copied.

    The vault comes last: an identity is kept before the appeal that leads to it, so all that the
    copy's appeals lead to is in the copy of the vault.
    """
    return [alias for alias in URLS if alias in connections]


def vendor_of(alias: str) -> str:
    """sqlite or postgresql; "" where there is no such database."""
    return connections[alias].vendor if alias in connections else ""


def file_name(alias: str, vendor: str) -> str:
    """The name of a database's copy in the folder of a backup."""
    return f"{_NAMES[alias]}.{_ENDINGS[vendor]}"


def copy_database(alias: str, file: Path, progress: Progress) -> dict[str, int]:
    """Copy it as it is at one moment; gives the number of rows of each table at that moment."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        copy_sqlite(_sqlite_file(connection), file, progress=progress)
        return _named(alias, rows_of_sqlite(file))
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        dump_postgresql(server_of(alias), file, snapshot=cursor.fetchone()[0])
        progress(1.0)
        return rows_now(alias)


def bring_database(alias: str, file: Path) -> None:
    """Bring a copy back into an empty database.

    Raises:
        BrokenCopyError: it is broken.
        DumpError: PostgreSQL's programs are missing, or failed.
    """
    connection = connections[alias]
    if connection.vendor == "postgresql":
        restore_postgresql(server_of(alias), file)
        return
    fault = fault_of_sqlite(file)
    if fault:
        raise BrokenCopyError(_("The copy is broken: %(fault)s") % {"fault": fault})
    connection.close()
    target = _sqlite_file(connection)
    making = target.with_suffix(".new")
    shutil.copyfile(file, making)
    sync(making)
    making.replace(target)
    sync(target.parent)


def remove_sqlite_file(alias: str) -> None:
    """Remove what was brought of a database of SQLite; PostgreSQL takes all of a copy or nothing."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        connection.close()
        target = _sqlite_file(connection)
        for name in (target.name, f"{target.name}-wal", f"{target.name}-shm", f"{target.stem}.new"):
            target.with_name(name).unlink(missing_ok=True)


def rows_now(alias: str) -> dict[str, int]:
    """How many rows each table holds."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        return _named(alias, rows_of_sqlite(_sqlite_file(connection)))
    counts = {}
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            counts[name] = int(cursor.fetchone()[0])
    return _named(alias, counts)


def has_tables(alias: str) -> bool:
    """Whether there is anything in it, be it no database."""
    connection = connections[alias]
    if connection.vendor == "postgresql":
        return bool(connection.introspection.table_names())
    file = _sqlite_file(connection)
    if not file.exists() or not file.stat().st_size:
        return False
    try:
        return bool(rows_of_sqlite(file))
    except sqlite3.DatabaseError:
        return True


@contextmanager
def throw_away_databases(folder: Path) -> Iterator[dict[str, str]]:
    """The settings of empty databases, as many and of the kinds that this installation has."""
    urls, made = {}, []
    try:
        for alias in aliases():
            if vendor_of(alias) == "sqlite":
                urls[URLS[alias]] = f"sqlite:///{folder}/{_NAMES[alias]}.sqlite3"
                continue
            name = f"civicloop_drill_{token_hex(4)}"
            with connections[alias].cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name}")
            made.append((alias, name))
            urls[URLS[alias]] = url_of(name, alias=alias)
        yield urls
    finally:
        for alias, name in made:
            with connections[alias].cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")


def url_of(database: str, *, alias: str = MAIN) -> str:
    """The address of another database of our server."""
    server = server_of(alias)
    who = quote(server.user, safe="") + (
        f":{quote(server.password, safe='')}" if server.password else ""
    )
    port = f":{server.port}" if server.port else ""
    return f"postgres://{who}@{quote(server.host, safe='')}{port}/{database}"


def server_of(alias: str) -> Server:
    """Where a database of PostgreSQL is."""
    told = connections[alias].settings_dict
    return Server(
        host=told["HOST"],
        port=str(told["PORT"] or ""),
        user=told["USER"],
        password=told["PASSWORD"],
        database=told["NAME"],
    )


def _sqlite_file(connection: BaseDatabaseWrapper) -> Path:
    return Path(connection.settings_dict["NAME"])


def _named(alias: str, rows: Mapping[str, int]) -> dict[str, int]:
    """Both databases have tables of Django's own: those of the vault's say so."""
    return {name if alias == MAIN else f"{alias}:{name}": count for name, count in rows.items()}
