# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`
"""The database itself refuses to change or remove rows that are written once.

Its triggers are set after every `migrate`, not by a migration: SQLite loses them whenever a later
migration makes a table anew.
"""

from collections.abc import Iterable, Iterator

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate

FUNCTION = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
TRIGGERS = {
    "sqlite": {
        "append_only_update_{table}": """CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}"
            BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END""",
        "append_only_delete_{table}": """CREATE TRIGGER "{name}" BEFORE DELETE ON "{table}"
            BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END""",
    },
    "postgresql": {
        "append_only_rows_{table}": """CREATE TRIGGER "{name}" BEFORE UPDATE OR DELETE ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION append_only()""",
        "append_only_truncate_{table}": """CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}"
            FOR EACH STATEMENT EXECUTE FUNCTION append_only()""",
    },
}
KNOWN = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
}


def append_only_tables(of: Iterable[AppConfig] | None = None) -> list[str]:
    """Name the tables whose rows are written once."""
    configs = apps.get_app_configs() if of is None else of
    return sorted(
        model._meta.db_table
        for config in configs
        for model in config.get_models()
        if getattr(model, "is_written_once", False)
    )


def unguarded_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the tables whose rows the database would let anybody change."""
    known = _known(connection)
    return [
        table
        for table in append_only_tables()
        if any(name not in known for name, _ in _triggers(connection, table))
    ]


def guard_after_migrating(config: AppConfig) -> None:
    """Have the triggers of an app's tables set whenever its tables were made or changed."""
    post_migrate.connect(_guard, sender=config, dispatch_uid=f"append_only_{config.label}")


def _guard(sender: AppConfig, using: str, **kwargs: object) -> None:  # noqa: ARG001
    connection = connections[using]
    known, tables = _known(connection), connection.introspection.table_names()
    missing = [
        statement
        for table in append_only_tables([sender])
        if table in tables
        for name, statement in _triggers(connection, table)
        if name not in known
    ]
    if not missing:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for statement in missing:
            cursor.execute(statement)


def _known(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN[connection.vendor])
        return {row[0] for row in cursor.fetchall()}


def _triggers(connection: BaseDatabaseWrapper, table: str) -> Iterator[tuple[str, str]]:
    for pattern, statement in TRIGGERS[connection.vendor].items():
        name = pattern.format(table=table)
        yield name, statement.format(name=name, table=table)
