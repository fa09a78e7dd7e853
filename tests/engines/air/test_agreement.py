from decimal import Decimal

from civicloop.engines.air.agreement import Difference, agreement


def test_figures_are_compared_one_by_one():
    found = agreement([("row 2", 81, 81), ("row 3", 60, 61), ("row 4", None, None)])

    assert (found.compared, found.equal, found.percent) == (3, 2, Decimal("66.67"))
    assert found.differences == (Difference(where="row 3", published="60", computed="61"),)


def test_nothing_compared_has_no_share():
    assert agreement([]).percent is None
