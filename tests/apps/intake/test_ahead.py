"""What is prepared ahead comes in order, with its error, and stops when nobody wants more."""

import gc
import sys
from threading import current_thread
from threading import enumerate as threads

import pytest

from civicloop.apps.intake.ahead import READY_ITEMS, prepared_ahead


def _named(name):
    return [thread for thread in threads() if thread.name == name]


def test_items_come_in_order_and_were_made_in_a_thread():
    makers = set()

    def items():
        for number in range(50):
            makers.add(current_thread().name)
            yield number

    with prepared_ahead(items()) as prepared:
        assert list(prepared) == list(range(50))
    assert makers == {"prepared_ahead"}
    assert _named("prepared_ahead") == []


def test_an_error_comes_after_the_items_before_it():
    def items():
        yield 1
        yield 2
        raise ValueError("row 3")

    got = []
    with pytest.raises(ValueError, match="row 3"), prepared_ahead(items()) as prepared:
        got.extend(iter(lambda: next(prepared), None))
    assert got == [1, 2]


def test_the_source_is_closed_when_the_block_is_left_early():
    made, closed = [], []

    def items():
        try:
            for number in range(1_000_000):
                made.append(number)
                yield number
        finally:
            closed.append(True)

    with prepared_ahead(items()) as prepared:
        assert next(prepared) == 0

    assert closed == [True]
    assert len(made) <= READY_ITEMS + 3
    assert _named("prepared_ahead") == []


def test_the_interpreter_is_left_as_it_was():
    before = gc.get_threshold(), sys.getswitchinterval()

    with prepared_ahead(iter([1])):
        within = gc.get_threshold(), sys.getswitchinterval()

    assert within != before
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
