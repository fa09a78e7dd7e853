"""The tables of a new SQLite database in one go, as the migrations up to a release made them.

Going through all migrations takes Django a quarter of a minute of a processor, nearly all of it to
work out what the tables of each moment looked like. `first_tables.json` keeps what came out, and of
which migrations; those that were added since run after it. It counts for nothing where one of its
migrations is no longer the same.
"""

import inspect
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

FILE = Path(__file__).with_suffix(".json")
OF_SQLITE_ITSELF = "sqlite_"  # how the names begin that it gives and makes on its own


@dataclass(frozen=True, slots=True)
class FirstTables:
    """What migrations made, and which."""

    migrations: dict[str, str]  # "app.name" in the order they ran, each with its file's digest
    statements: list[str]  # in the order their tables, indexes and triggers were made


def lay_first_tables(connection: BaseDatabaseWrapper) -> int:
    """Make the kept tables in a database that has none, all or nothing.

    Returns:
        How many migrations are done by it; 0 where it is not for this database or this version.
    """
    if connection.vendor != "sqlite" or connection.introspection.table_names():
        return 0
    kept = FirstTables(**json.loads(FILE.read_text(encoding="utf-8")))
    if kept.migrations != digests_of(kept.migrations):
        return 0
    with transaction.atomic(using=connection.alias):
        if connection.introspection.table_names():  # another process was quicker
            return 0
        with connection.cursor() as cursor:
            for statement in kept.statements:
                cursor.execute(statement)
        recorder = MigrationRecorder(connection)
        for migration in kept.migrations:
            recorder.record_applied(*migration.split(".", 1))
    return len(kept.migrations)


def keep_first_tables(connection: BaseDatabaseWrapper) -> None:
    """Write down the tables of a database that only migrations have touched."""
    kept = FirstTables(digests_of(migrations_in(connection)), statements_of(connection))
    words = json.dumps(asdict(kept), ensure_ascii=False, indent=0)
    FILE.write_text(words + "\n", encoding="utf-8")


def migrations_in(connection: BaseDatabaseWrapper) -> list[str]:
    """The migrations a database knows to be done, in the order they ran."""
    done = MigrationRecorder(connection).migration_qs.order_by("id")
    return [f"{app}.{name}" for app, name in done.values_list("app", "name")]


def digests_of(migrations: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each migration's file; one that is not installed is left out."""
    installed = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    digests = {}
    for words in migrations:
        app, name = words.split(".", 1)
        migration = installed.get((app, name))
        if migration is not None:
            file = Path(inspect.getfile(type(migration)))
            digests[words] = sha256(file.read_bytes()).hexdigest()
    return digests


def statements_of(connection: BaseDatabaseWrapper) -> list[str]:
    """What would make the tables, indexes and triggers of a database, in the order they were made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        made = cursor.fetchall()
        cursor.execute("SELECT name FROM pragma_table_list WHERE type = 'shadow'")
        shadows = {name for (name,) in cursor.fetchall()}  # made along with their virtual table
    return [
        sql for name, sql in made if name not in shadows and not name.startswith(OF_SQLITE_ITSELF)
    ]
