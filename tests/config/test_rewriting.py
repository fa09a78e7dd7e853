"""What was taken out of PostgreSQL stands in no page of a table, an index or a long value afterwards."""

import os
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    police,
)
from tests.config.test_retention import days, ended, found_in  # noqa: F401  fixtures

from civicloop.config import rewriting
from civicloop.config.redacting import note_tables
from civicloop.config.retention import retain
from civicloop.config.rewriting import note_to_rewrite, rewrite_tables, tables_to_rewrite

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite overwrites what it frees"),
    pytest.mark.skipif("PYTEST_XDIST_WORKER" in os.environ, reason="alone, after the others"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_FOLDER", tmp_path)


def bytes_of_relations() -> bytes:
    """The files of every table, long value and index of this database."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # samples of the columns are kept, too
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchone()[0])
        cursor.execute(
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't', 'i', 'm')"
        )
        files = [data / row[0] for row in cursor.fetchall() if row[0]]
    return b"".join(part.read_bytes() for file in files for part in parts_of(file))


def parts_of(file: Path) -> list[Path]:
    return [one for one in (file, file.with_name(f"{file.name}.1")) if one.exists()]


def test_no_byte_of_a_relation_holds_a_detail_afterwards(ended, now):  # noqa: F811
    before = set(found_in(bytes_of_relations()))
    assert {"words mobile", "words name", "reply mobile", "row home"} <= before

    retain(now=now)

    assert (tables_to_rewrite(), set(found_in(bytes_of_relations()))) == ([], set())
    assert tables_to_rewrite() == []


def test_a_table_that_is_in_use_is_rewritten_another_night(ended, now, monkeypatch):  # noqa: F811
    monkeypatch.setattr(rewriting, "LOCK_SECONDS", 0.2)
    is_read, may_end = threading.Event(), threading.Event()

    def read() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE intake_appeal IN ACCESS SHARE MODE")
            is_read.set()
            may_end.wait(60)
            cursor.execute("ROLLBACK")
        connections["default"].close()

    reader = threading.Thread(target=read)
    note_tables()
    reader.start()
    is_read.wait(30)
    left = rewrite_tables()
    may_end.set()
    reader.join()

    assert left == tables_to_rewrite() == [("default", "intake_appeal")]
    assert rewrite_tables() == tables_to_rewrite() == []


def test_while_a_transaction_may_see_what_went_nothing_is_rewritten(monkeypatch):
    monkeypatch.setattr(rewriting, "OLDER_SECONDS", 0.5)
    note_tables()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT 1 FROM intake_appeal")

        assert rewrite_tables() == tables_to_rewrite() != []

        cursor.execute("ROLLBACK")
    other.close()
    assert rewrite_tables() == []


def test_a_table_too_large_for_a_night_waits_for_the_operator():
    note_tables()

    assert rewrite_tables(largest=0) == tables_to_rewrite() != []
    assert rewrite_tables(largest=None) == tables_to_rewrite() == []


def test_a_table_that_an_upgrade_took_away_waits_no_more():
    note_to_rewrite([], [("default", "intake_of_yore")])

    assert rewrite_tables() == tables_to_rewrite() == []
