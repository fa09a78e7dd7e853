"""No way back that drops what is sealed: reversing a migration must not lose originals unnoticed."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations import AddField, CreateModel, Migration
from django.utils.translation import gettext as _

from civicloop.apps.vault.models import Sealed

Plan = Sequence[tuple[Migration, bool]]  # each with whether it is reversed


def refuse_to_drop_sealed(*, plan: Plan, using: str, **_kwargs: Any) -> None:  # noqa: ANN401 -- of the signal
    """Before any migration runs: end where a reversed one would take a table or column with sealed values.

    Raises:
        CommandError: it would, and there are some.
    """
    for migration, is_reversed in plan:
        for table in _sealed_tables(migration) if is_reversed else ():
            count = _rows_in(table, using)
            if count:
                raise CommandError(
                    _(
                        "Going back behind %(migration)s would drop %(count)s sealed originals in %(table)s for good. "
                        "Bring back a backup made before the upgrade instead: civicloop restore"
                    )
                    % {"migration": str(migration), "count": f"{count:,}", "table": table}
                )


def _sealed_tables(migration: Migration) -> Iterator[str]:
    """The tables that lose sealed columns, or go, when the migration is reversed."""
    sealed = {
        model._meta.label_lower: model  # noqa: SLF001 -- so Django calls it
        for model in apps.get_models()
        if issubclass(model, Sealed)
    }
    for operation in migration.operations:
        name = {CreateModel: "name_lower", AddField: "model_name_lower"}.get(type(operation))
        model = sealed.get(f"{migration.app_label}.{getattr(operation, name)}") if name else None
        if model is None:
            continue
        if isinstance(operation, CreateModel) or operation.name in model.SEALED:  # type: ignore[attr-defined]
            yield model._meta.db_table  # noqa: SLF001


def _rows_in(table: str, using: str) -> int:
    connection = connections[using]
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return 0
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  own
        return int(cursor.fetchone()[0])
