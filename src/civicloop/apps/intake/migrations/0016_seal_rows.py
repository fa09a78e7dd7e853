"""Seal the rows of files where they stand; ended at any moment, it goes on where it stopped."""

import json

from django.db import migrations

BATCH = 2_000
ROWS = ("OriginalRow", "LaterRow", "RejectedRow")


def seal(apps, schema_editor):
    connection = schema_editor.connection
    for name in ROWS:
        last = 0
        while last is not None:
            last = seal_batch(connection, apps.get_model("intake", name), last, BATCH)


def seal_batch(connection, model, last, size):
    """The number of the last row that was sealed; None when there is none left."""
    from django.db import transaction

    from civicloop.apps.vault.sealing import ColumnSealer

    table, number = model._meta.db_table, model._meta.pk.column
    sealer = ColumnSealer(f"{table}.sealed_cells")
    with transaction.atomic(using=connection.alias):
        plain = model.objects.using(connection.alias).filter(key_id="", pk__gt=last)
        rows = list(plain.order_by("pk")[:size])
        changed = [
            (sealer.key_id, sealer.seal(_text(row.cells), record=_record(row)), row.pk)
            for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET key_id = %s, sealed_cells = %s, cells = '[]'"
                f" WHERE {number} = %s",
                changed,
            )
    return rows[-1].pk if rows else None


def _text(cells):
    return json.dumps(cells, ensure_ascii=False) if cells else ""


def _record(row):
    """By what each kind of row is told in its seal."""
    name = type(row).__name__
    if name == "OriginalRow":
        return row.pk
    if name == "LaterRow":
        return f"{row.appeal_id}/{row.hash_after}"
    return f"{row.run_id}/{row.sheet}/{row.row_number}"


class Migration(migrations.Migration):
    atomic = False  # a million rows in one transaction would fill the journal

    dependencies = [("intake", "0015_sealed_rows")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
