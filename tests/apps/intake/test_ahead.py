"""What is prepared ahead comes in order, with its error, and its process ends with the block."""

import gc
import os
import signal
import time
from threading import enumerate as threads

import pytest
from django.db import connection

from civicloop.apps.intake.ahead import prepared_ahead
from civicloop.connectors.spreadsheets import UnreadableCode, UnreadableFileError


def _is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_items_come_in_order_and_were_made_by_another_process():
    with prepared_ahead((number, os.getpid()) for number in range(50)) as prepared:
        items = list(prepared)

    assert [number for number, _ in items] == list(range(50))
    [maker] = {maker for _, maker in items}
    assert maker != os.getpid()
    assert not _is_alive(maker)


def test_an_error_comes_after_the_items_before_it():
    def items():
        yield 1
        yield 2
        raise UnreadableFileError(UnreadableCode.TOO_MUCH_TIME, {"seconds": "3"})

    got = []
    with pytest.raises(UnreadableFileError) as raised, prepared_ahead(items()) as prepared:
        got.extend(iter(lambda: next(prepared), None))
    assert got == [1, 2]
    assert (raised.value.code, raised.value.params) == (
        UnreadableCode.TOO_MUCH_TIME,
        {"seconds": "3"},
    )


def test_nothing_is_left_when_the_block_is_left_early():
    def items():
        while True:
            yield "x" * 100_000, os.getpid()

    with prepared_ahead(items()) as prepared:
        _, maker = next(prepared)
        time.sleep(0.2)  # until there is no more room

    assert not _is_alive(maker)
    assert not [thread for thread in threads() if thread.name == "prepared_ahead"]


def test_the_death_of_the_process_is_an_error():
    def items():
        yield os.getpid()
        time.sleep(60)

    with prepared_ahead(items()) as prepared:
        os.kill(next(prepared), signal.SIGKILL)
        with pytest.raises(ChildProcessError):
            next(prepared)


def test_the_process_ends_with_the_one_that_it_works_for(tmp_path):
    told = tmp_path / "maker"

    def items():
        told.write_text(str(os.getpid()))
        yield 1
        time.sleep(60)

    owner = os.fork()
    if not owner:
        with prepared_ahead(items()) as prepared:
            next(prepared)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(owner, 0)

    maker, ends_at = int(told.read_text()), time.monotonic() + 5
    while _is_alive(maker) and time.monotonic() < ends_at:
        time.sleep(0.01)
    assert not _is_alive(maker)


@pytest.mark.django_db
def test_the_process_must_not_use_the_connection():
    def items():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        yield "asked"

    with pytest.raises(RuntimeError, match="another process"), prepared_ahead(items()) as prepared:
        next(prepared)


def test_the_collector_is_left_as_it_was():
    before = gc.get_threshold()

    with prepared_ahead(iter([1])):
        within = gc.get_threshold()

    assert within != before
    assert gc.get_threshold() == before
