from decimal import Decimal

from civicloop.engines.air.pollutants import Pollutant
from civicloop.engines.air.primaries import count_primaries


def test_a_day_with_two_counts_for_both_and_one_without_for_none():
    found = count_primaries(
        [[Pollutant.O3], [Pollutant.O3, Pollutant.PM25], [], [Pollutant.PM10, Pollutant.PM10]]
    )

    assert found.days == 3
    assert found.by_pollutant == {Pollutant.PM10: 1, Pollutant.PM25: 1, Pollutant.O3: 2}
    assert found.shares[Pollutant.O3] == Decimal("66.7")


def test_no_days_have_no_shares():
    assert count_primaries([[]]).shares == {}
