"""The ledger finds what is lost, doubled or invented, and bears what nobody can know."""

import pytest
from batteries.ledger import Ledger


@pytest.fixture
def ledger():
    ledger = Ledger()
    for word, what in [("ask", "a"), ("ok", "a"), ("ask", "b"), ("fail", "b"), ("ask", "c")]:
        ledger.note(word, what)
    return ledger


@pytest.mark.parametrize("present", [["a"], ["a", "c"]])
def test_what_was_never_answered_may_be_there_or_not(ledger, present):
    verdict = ledger.compare(present)

    assert verdict.is_met
    assert (verdict.acknowledged, verdict.unknown) == (1, 1)


@pytest.mark.parametrize(
    ("present", "found"),
    [
        (["c"], (1, 0, 0)),
        (["a", "a"], (0, 1, 0)),
        (["a", "b"], (0, 0, 1)),
        (["a", "never asked for"], (0, 0, 1)),
    ],
)
def test_what_is_wrong_is_counted(ledger, present, found):
    verdict = ledger.compare(present)

    assert (verdict.lost, verdict.doubled, verdict.invented) == found
    assert not verdict.is_met


def test_refused_once_and_taken_at_another_try_is_no_invention(ledger):
    ledger.note("ok", "b")

    assert ledger.compare(["a", "b"]).is_met


def test_battery_in_which_nothing_was_acknowledged_proves_nothing():
    assert not Ledger().compare([]).is_met
