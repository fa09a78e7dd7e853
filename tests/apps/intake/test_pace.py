"""An import takes many rows at a time while nobody waits, few while somebody does."""

import time
from itertools import islice, repeat

import pytest
from django.db import connection

from civicloop.apps.intake import pace
from civicloop.apps.intake.pace import LONGEST_PAUSE_SECONDS, Pace


@pytest.fixture
def waiting(monkeypatch):
    """Whether somebody waits to write: what is in the list, one after the other, then nobody."""
    looks: list[bool] = []
    monkeypatch.setattr(
        connection, "is_waited_for", lambda: looks.pop(0) if looks else False, raising=False
    )
    monkeypatch.setattr(pace, "MOST_ROWS", dict.fromkeys(pace.MOST_ROWS, 40))
    monkeypatch.setattr(pace, "FEW_ROWS", 10)
    return looks


def _sizes(prepared):
    return [len(rows) for rows in prepared]


def test_all_rows_come_in_their_order(waiting):
    few = [list(range(start, start + 10)) for start in range(0, 90, 10)]

    taken = list(Pace().transactions(few))

    assert [row for rows in taken for row in rows] == list(range(90))
    assert _sizes(taken) == [40, 40, 10]


def test_transactions_are_small_from_when_somebody_waited_and_large_again_after_a_while(
    waiting, monkeypatch
):
    transactions = Pace().transactions(repeat([0] * 10))
    waiting += [False, True]  # looked once after the first, and until nobody waits after the second

    assert _sizes(islice(transactions, 5)) == [40, 40, 10, 10, 10]

    monkeypatch.setattr(pace, "RECENTLY_SECONDS", 0.0)
    assert _sizes(islice(transactions, 1)) == [40]


def test_it_goes_on_however_long_somebody_waits(waiting):
    transactions = Pace().transactions(repeat([0] * 10))
    waiting += [True] * 1_000
    next(transactions)

    began = time.monotonic()
    next(transactions)

    assert LONGEST_PAUSE_SECONDS <= time.monotonic() - began < 50 * LONGEST_PAUSE_SECONDS
