from decimal import Decimal

import pytest

from civicloop.engines.air.changes import (
    ChangeUnit,
    NoChange,
    changes_on_each_basis,
    percent_change,
    places,
    point_change,
)


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [("2.85", "3.04", "-6.2"), ("3.10", "3.10", "0.0"), ("4.20", "4.00", "5.0")],
)
def test_the_index_changes_in_percent(now, before, percent):
    change = percent_change(Decimal(now), Decimal(before))

    assert (change.value, change.unit) == (Decimal(percent), ChangeUnit.PERCENT)


def test_a_rate_changes_in_points():
    change = point_change(Decimal("93.3"), Decimal("88.6"))

    assert (change.value, change.unit) == (Decimal("4.7"), ChangeUnit.POINTS)


@pytest.mark.parametrize("change", [percent_change, point_change])
def test_without_a_value_there_is_no_change_and_the_reason_is_told(change):
    assert change(None, Decimal(3)).why_none is NoChange.NO_VALUE
    assert change(Decimal(3), None).value is None


def test_nothing_is_divided_by_zero():
    assert percent_change(Decimal(3), Decimal(0)).why_none is NoChange.ZERO_BASE


def test_where_the_rules_changed_each_basis_has_its_own_change():
    values = {
        "old": (Decimal("85.0"), Decimal("80.0")),
        "new": (Decimal("75.0"), Decimal("72.0")),
    }

    old, new = changes_on_each_basis(values, lambda pair: pair, point_change)

    assert (old.basis, old.change.value) == ("old", Decimal("5.0"))
    assert (new.now, new.before, new.change.value) == (75, 72, Decimal("3.0"))


def test_places_are_shared_from_both_ends():
    found = places(
        [Decimal("3.1"), Decimal("2.9"), Decimal("2.9"), Decimal("3.4")], is_high_good=False
    )

    assert [(each.from_top, each.from_bottom) for each in found] == [(3, 2), (1, 3), (1, 3), (4, 1)]
