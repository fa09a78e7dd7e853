"""The rows of files are sealed, those that came before too."""

import pytest
from django.db import connection
from tests.apps.intake.test_moved_contacts import migrate_to
from tests.factories import AppealFactory, ImportRunFactory

from civicloop.apps.intake.models import LaterRow, OriginalRow, RejectedRow
from civicloop.apps.vault.keys import add_key
from civicloop.apps.vault.rotating import rotate
from civicloop.apps.vault.sealing import SealBrokenError
from civicloop.connectors.spreadsheets import cells_as_text

BEFORE, SEALED = ("intake", "0015_sealed_rows"), ("intake", "0017_rows_are_sealed")
CELLS = ["张三", "13800138000", "", "路灯“不亮”\n两周"]


def stored(table: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return repr(
            [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]
        ).encode()


@pytest.mark.django_db
def test_no_byte_of_a_row_tells_what_stood_in_it():
    row = OriginalRow(appeal=AppealFactory(), run=ImportRunFactory(), row_number=2)
    row.seal_cells(cells_as_text(CELLS))
    row.save(force_insert=True)

    kept = OriginalRow.objects.get()
    assert kept.opened_cells() == CELLS
    assert b"13800138000" not in stored("intake_originalrow")


@pytest.mark.django_db
def test_a_row_that_is_laid_under_another_appeal_does_not_open():
    row = OriginalRow(appeal=AppealFactory(), run=ImportRunFactory(), row_number=2)
    row.seal_cells(cells_as_text(CELLS))
    row.appeal = AppealFactory()

    with pytest.raises(SealBrokenError):
        row.opened_cells()


@pytest.mark.django_db
def test_rows_are_renewed_with_the_key():
    row = RejectedRow(run=ImportRunFactory(), sheet="七月", row_number=3, problems=[])
    row.seal_cells(cells_as_text(CELLS))
    row.save()
    new = add_key()

    assert rotate().sealed_count == 1

    kept = RejectedRow.objects.get()
    assert (kept.key_id, kept.opened_cells()) == (new, CELLS)


@pytest.mark.django_db(transaction=True)
def test_rows_of_before_are_sealed_where_an_ended_migration_left_off(migrated_back, monkeypatch):
    apps = migrated_back
    appeals, run = [AppealFactory() for _ in range(5)], ImportRunFactory()
    plain = apps.get_model("intake", "OriginalRow").objects
    for number, appeal in enumerate(appeals):
        plain.create(appeal_id=appeal.pk, run_id=run.pk, row_number=number, cells=CELLS)
    apps.get_model("intake", "LaterRow").objects.create(
        appeal_id=appeals[0].pk, run_id=run.pk, at=run.created_at, row_number=9, cells=CELLS,
        hash_before="a", hash_after="b", before={}, after={},
    )  # fmt: skip
    apps.get_model("intake", "RejectedRow").objects.create(
        run_id=run.pk, row_number=9, cells=CELLS, problems=[]
    )
    seal_one_batch_only(apps)
    assert plain.filter(key_id="").count() == 3

    migrate_to(SEALED)

    rows = [*OriginalRow.objects.all(), LaterRow.objects.get(), RejectedRow.objects.get()]
    assert [row.opened_cells() for row in rows] == [CELLS] * 7


def seal_one_batch_only(apps):
    from importlib import import_module

    migration = import_module("civicloop.apps.intake.migrations.0016_seal_rows")
    migration.seal_batch(connection, apps.get_model("intake", "OriginalRow"), 0, 2)


@pytest.fixture
def migrated_back():
    from django.db.migrations.executor import MigrationExecutor

    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate_to(BEFORE)
    MigrationExecutor(connection).migrate(leaves)
