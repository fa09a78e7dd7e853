"""A table whose parents are checked by the statement refuses what foreign keys refuse."""

import threading
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, connections, transaction
from tests.factories import AppealFactory, AreaFactory, TopicFactory

from civicloop.apps.intake.models import Appeal, Channel, ImportRun

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has its own"),
]
NOBODY = 987_654_321
PARENTS = ["channel_id", "area_id", "county_id", "topic_id"]


def execute(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def copies_of(appeal, count=1, **changes):
    """Insert the appeal's row again, as a bulk insert does: without the model's own checks.

    Changes are of the last copy alone.
    """
    columns = [field.column for field in Appeal._meta.concrete_fields if field.column != "id"]
    last = f"CASE WHEN n = {count} THEN %s ELSE {{0}} END"
    chosen = [last.format(name) if name in changes else name for name in columns]
    chosen[columns.index("source_key")] = "source_key || '-' || n"
    execute(
        f"INSERT INTO intake_appeal ({', '.join(columns)}) SELECT {', '.join(chosen)}"
        f" FROM intake_appeal, generate_series(1, {count}) AS n WHERE id = %s",
        *(changes[name] for name in columns if name in changes),
        appeal.id,
    )


def keys_of(table):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return {one["columns"][0] for one in found.values() if one["foreign_key"]}


def test_no_foreign_key_is_left_beside_the_checks():
    assert not keys_of("intake_appeal") & set(PARENTS)
    assert keys_of("intake_originalrow") == {"appeal_id"}


def test_the_migration_can_be_undone_and_done_again():
    appeal = AppealFactory(area=AreaFactory())
    connection.check_constraints()  # none is left for the end of the transaction
    migration = import_module("civicloop.apps.intake.migrations.0031_parents_by_statement")

    with connection.schema_editor() as editor:
        for operation in reversed(migration.Migration.operations):
            operation.database_backwards("intake", editor, None, None)
    assert keys_of("intake_appeal") >= set(PARENTS)
    assert keys_of("intake_originalrow") == {"appeal_id", "run_id"}

    with connection.schema_editor() as editor:
        for operation in migration.Migration.operations:
            operation.database_forwards("intake", editor, None, None)
    assert not keys_of("intake_appeal") & set(PARENTS)
    with pytest.raises(IntegrityError, match="area_id"):
        copies_of(appeal, count=2, area_id=NOBODY)


@pytest.mark.parametrize("column", PARENTS)
def test_a_row_of_no_parent_is_refused(column):
    appeal = AppealFactory(area=AreaFactory(), topic=TopicFactory())

    with pytest.raises(IntegrityError, match=column):
        copies_of(appeal, count=9, **{column: NOBODY})
    with pytest.raises(IntegrityError, match=column):
        execute(f"UPDATE intake_appeal SET {column} = %s", NOBODY)
    assert Appeal.objects.count() == 1
    copies_of(appeal, count=9)
    assert Appeal.objects.count() == 10


def test_a_parent_that_has_rows_stays_and_keeps_its_number():
    appeal = AppealFactory(area=AreaFactory(), topic=TopicFactory())
    free = Channel.objects.create(code="new", name="新", name_en="new")

    for table, number in [
        ("places_area", appeal.area_id),
        ("intake_channel", appeal.channel_id),
        ("intake_topic", appeal.topic_id),
    ]:
        with pytest.raises(IntegrityError, match="rows are left"):
            execute(f"DELETE FROM {table} WHERE id = %s", number)
        with pytest.raises(IntegrityError):
            execute(f"UPDATE {table} SET id = %s WHERE id = %s", NOBODY, number)
    free.delete()
    assert not Channel.objects.filter(code="new").exists()


def test_an_original_row_needs_its_import(now):
    appeal = AppealFactory()
    row = (
        "INSERT INTO intake_originalrow (appeal_id, run_id, sheet, row_number, key_id, sealed_cells)"
        " VALUES (%s, %s, '', 2, 'none', ''::bytea)"
    )

    with pytest.raises(IntegrityError, match="run_id"):
        execute(row, appeal.id, NOBODY)
    run = ImportRun.objects.create(source="x", file_name="x.csv", created_at=now)
    execute(row, appeal.id, run.id)
    with pytest.raises(IntegrityError, match="rows are left"):
        execute("DELETE FROM intake_importrun WHERE id = %s", run.id)


@pytest.mark.django_db(transaction=True)
def test_a_parent_is_not_removed_while_a_row_of_it_is_being_written():
    """The other waits for the transaction to end, and is refused."""
    appeal = AppealFactory()
    channel = Channel.objects.create(code="new", name="新", name_en="new")
    outcome = []

    def remove():
        try:
            Channel.objects.filter(pk=channel.pk).delete()
            outcome.append("removed")
        except IntegrityError:
            outcome.append("refused")
        finally:
            connections.close_all()

    other = threading.Thread(target=remove)
    with transaction.atomic():
        copies_of(appeal, channel_id=channel.pk)
        other.start()
        other.join(timeout=1)
        assert other.is_alive()
    other.join(timeout=10)

    assert outcome == ["refused"]
    assert Appeal.objects.filter(channel=channel).exists()
