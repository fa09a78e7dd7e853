from decimal import Decimal
from fractions import Fraction

from civicloop.connectors.air.editions import limit_edition
from civicloop.engines.air.composite import composite_index, published_concentrations
from civicloop.engines.air.periods import PollutantFigures
from civicloop.engines.air.pollutants import Pollutant

LIMITS_2012 = limit_edition("gb3095_2012")
CITY = {
    Pollutant.SO2: 9,  # 0.15
    Pollutant.NO2: 25,  # 0.625 → 0.62, to even
    Pollutant.PM10: 60,  # 0.857 → 0.86
    Pollutant.PM25: 32,  # 0.914 → 0.91
    Pollutant.CO: Decimal("1.1"),  # 0.275 → 0.28, to even
    Pollutant.O3: 140,  # 0.875 → 0.88, to even
}


def test_items_are_rounded_before_they_are_added():
    index = composite_index(CITY, LIMITS_2012)

    assert index.value == Decimal("3.70")
    assert index.items[Pollutant.NO2] == Decimal("0.62")
    assert index.largest == (Pollutant.PM25,)


def test_shares_are_of_the_rounded_items():
    shares = composite_index(CITY, LIMITS_2012).shares

    assert shares[Pollutant.PM25] == Decimal("24.6")  # 0.91 / 3.70
    assert shares[Pollutant.SO2] == Decimal("4.1")


def test_a_missing_pollutant_leaves_no_index():
    index = composite_index(CITY | {Pollutant.CO: None}, LIMITS_2012)

    assert (index.value, index.shares) == (None, {})
    assert index.items[Pollutant.SO2] == Decimal("0.15")


def test_nothing_at_all_has_no_largest_item():
    assert composite_index({}, LIMITS_2012).largest == ()


def test_tighter_limits_make_a_higher_index_of_the_same_air():
    transition = composite_index(CITY, limit_edition("gb3095_2026_transition"))
    final = composite_index(CITY, limit_edition("gb3095_2026_final"))

    assert transition.value == Decimal("4.00")  # 0.15 + 0.62 + 1.00 + 1.07 + 0.28 + 0.88
    assert final.value == Decimal("4.92")  # 0.45 + 0.83 + 1.20 + 1.28 + 0.28 + 0.88


def test_the_optional_weights_are_marked_as_unverified():
    weighted = limit_edition("gb3095_2026_weighted")

    assert weighted.unverified
    assert composite_index(CITY, weighted).value == Decimal("7.64")


def test_means_and_percentiles_are_rounded_once():
    def figures(mean, percentile):
        return PollutantFigures(
            days=1, set_aside=0, mean=mean, percentile=percentile, is_valid=True
        )

    published = published_concentrations(
        {
            Pollutant.PM25: figures(Fraction(69, 2), Fraction(80)),
            Pollutant.CO: figures(Fraction(1), Fraction(125, 100)),
            Pollutant.O3: figures(Fraction(1), Fraction(301, 2)),
            Pollutant.SO2: figures(None, None),
        }
    )

    assert published == {
        Pollutant.PM25: 34,
        Pollutant.CO: Decimal("1.2"),
        Pollutant.O3: 150,
        Pollutant.SO2: None,
    }
