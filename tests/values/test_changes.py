from decimal import Decimal

import pytest

from civicloop.values.changes import ChangeUnit, NoChange, percent_change, point_change


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [("2.85", "3.04", "-6.2"), ("3.10", "3.10", "0.0"), ("4.20", "4.00", "5.0")],
)
def test_the_index_changes_in_percent(now, before, percent):
    change = percent_change(Decimal(now), Decimal(before))

    assert (change.value, change.unit) == (Decimal(percent), ChangeUnit.PERCENT)


def test_an_index_of_3_72_that_fell_by_0_3_percent_was_3_73_and_no_other():
    before = [Decimal(cents) / 100 for cents in range(360, 385)]

    fitting = [
        each for each in before if percent_change(Decimal("3.72"), each).value == Decimal("-0.3")
    ]

    assert fitting == [Decimal("3.73")]
    assert percent_change(Decimal("3.72"), Decimal("3.74"), 2).value == Decimal("-0.53")


def test_a_rate_changes_in_points():
    change = point_change(Decimal("93.3"), Decimal("88.6"))

    assert (change.value, change.unit) == (Decimal("4.7"), ChangeUnit.POINTS)


@pytest.mark.parametrize("change", [percent_change, point_change])
def test_without_a_value_there_is_no_change_and_the_reason_is_told(change):
    assert change(None, Decimal(3)).why_none is NoChange.NO_VALUE
    assert change(Decimal(3), None).value is None


def test_nothing_is_divided_by_zero():
    assert percent_change(Decimal(3), Decimal(0)).why_none is NoChange.ZERO_BASE


def test_a_loss_that_shrinks_changes_upwards():
    assert percent_change(Decimal(-50), Decimal(-100)).value == Decimal("50.0")


def test_a_change_can_have_more_digits():
    assert percent_change(Decimal("14.68"), Decimal("13.44"), 2).value == Decimal("9.23")
