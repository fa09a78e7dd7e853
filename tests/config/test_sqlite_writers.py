"""Who waits to write looks often, gives up at the end, and leaves the connection as it was."""

import sqlite3

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from civicloop.config.sqlite import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,
    pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite's"),
]


@pytest.fixture
def other_writer():
    """Somebody else in the middle of writing."""
    file = connection.settings_dict["NAME"]
    other = sqlite3.connect(file, isolation_level=None, uri=str(file).startswith("file:"))
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


@pytest.fixture
def looks(monkeypatch):
    """How long each pause between two looks was to be; nobody really waits."""
    pauses = []
    monkeypatch.setattr(base.time, "sleep", pauses.append)
    return pauses


def _busy_timeout():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return cursor.fetchone()[0]


def test_a_writer_begins_at_the_look_after_the_lock_is_free(other_writer, looks, monkeypatch):
    connection.ensure_connection()

    def third_look_finds_it_free(seconds):
        looks.append(seconds)
        if len(looks) == 3:
            other_writer.execute("ROLLBACK")

    monkeypatch.setattr(base.time, "sleep", third_look_finds_it_free)
    with transaction.atomic():
        assert connection.in_atomic_block

    assert looks == [base.BETWEEN_LOOKS_SECONDS] * 3
    assert _busy_timeout() == 20_000


def test_a_writer_who_waits_too_long_is_told_so(other_writer, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)

    with pytest.raises(OperationalError, match="locked"), transaction.atomic():
        pass

    assert _busy_timeout() == 50
    other_writer.execute("ROLLBACK")
    with transaction.atomic():  # the connection is as good as before
        pass


def test_another_fault_is_not_waited_for(looks):
    connection.ensure_connection()
    connection.connection.execute("BEGIN")

    with pytest.raises(OperationalError, match="within a transaction"):
        connection._start_transaction_under_autocommit()

    connection.connection.execute("ROLLBACK")
    assert looks == []


def test_an_import_sees_that_somebody_waits(other_writer, monkeypatch):
    connection.ensure_connection()
    seen = []

    def look(seconds):
        seen.append(connection.is_waited_for())
        other_writer.execute("ROLLBACK")

    monkeypatch.setattr(base.time, "sleep", look)
    assert not connection.is_waited_for()
    with transaction.atomic():
        seen.append(connection.is_waited_for())

    assert seen == [True, False]
