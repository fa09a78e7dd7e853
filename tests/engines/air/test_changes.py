from decimal import Decimal

from civicloop.engines.air.changes import changes_on_each_basis, places
from civicloop.values.changes import point_change


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
