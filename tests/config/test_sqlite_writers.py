"""Who waits to write looks often, gives up at the end, and leaves the connection as it was."""

import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from civicloop.config.sqlite import base
from civicloop.config.sqlite.pages import base as pages

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


@pytest.fixture
def sign():
    """The file beside the database; it is not there yet."""
    connection.ensure_connection()
    file = connection.connection.execute("PRAGMA database_list").fetchone()[2]
    sign = Path(f"{file}{base.SIGN_OF_WAITING}")
    sign.unlink(missing_ok=True)
    return sign


def test_who_may_not_open_the_sign_waits_without_it(other_writer, sign, monkeypatch):
    """A folder that is not there is as closed to root as another's file is to the site."""
    monkeypatch.setattr(base, "SIGN_OF_WAITING", f"{base.SIGN_OF_WAITING}/none")
    monkeypatch.setattr(base.time, "sleep", lambda seconds: other_writer.execute("ROLLBACK"))

    with transaction.atomic():
        assert connection.in_atomic_block
    assert not connection.is_waited_for()
    assert not sign.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_began_belongs_to_whom_the_database_belongs_to(sign):
    file = Path(str(sign).removesuffix(base.SIGN_OF_WAITING))
    before = file.stat()
    os.chown(file, 65534, 65534)
    file.chmod(0o660)

    assert not connection.is_waited_for()

    its = sign.stat()
    os.chown(file, before.st_uid, before.st_gid)
    file.chmod(before.st_mode & 0o777)
    sign.unlink()
    assert (its.st_uid, its.st_gid) == (65534, 65534)


def test_a_database_in_memory_leaves_no_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(base, "_file_of", lambda opened: "")

    assert not connection.is_waited_for()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def of_pages(monkeypatch):
    """A thread's connection as a page has it; gives another to each that asks."""
    monkeypatch.setattr(pages, "LONG_WAITS", pages.LongWaits())
    monkeypatch.setattr(pages, "SHORT_SECONDS", 0.05)
    own = {
        **connection.settings_dict,
        "OPTIONS": {**connection.settings_dict["OPTIONS"], "timeout": 1},
    }
    made = []

    def another():
        made.append(pages.DatabaseWrapper(own, "pages"))
        made[-1].inc_thread_sharing()
        return made[-1]

    yield another
    for one in made:
        one.close()


def _seconds_until_refused(wrapper):
    began = time.monotonic()
    with pytest.raises(OperationalError, match="locked"), wrapper.cursor(), _transaction(wrapper):
        pass
    return time.monotonic() - began


@contextmanager
def _transaction(wrapper):
    wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    yield
    wrapper.rollback()
    wrapper.set_autocommit(True)


def test_of_pages_that_wait_to_write_one_leaves_its_thread_to_readers(other_writer, of_pages):
    with ThreadPoolExecutor(pages.MOST_WAITING) as threads:
        waiting = [
            threads.submit(_seconds_until_refused, of_pages()) for _ in range(pages.MOST_WAITING)
        ]
        time.sleep(0.3)
        one_more = _seconds_until_refused(of_pages())

    assert one_more < 0.6
    assert all(wait.result() >= 0.9 for wait in waiting)


def test_after_a_long_wait_in_vain_nobody_waits_long_for_a_moment(other_writer, of_pages):
    first, second = _seconds_until_refused(of_pages()), _seconds_until_refused(of_pages())

    assert first >= 0.9
    assert second < 0.6


def test_who_may_begin_begins_also_in_that_moment(other_writer, of_pages):
    _seconds_until_refused(of_pages())
    other_writer.execute("ROLLBACK")

    with _transaction(of_pages()):
        pass
