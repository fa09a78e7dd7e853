from datetime import date
from decimal import Decimal

import pytest

from civicloop.connectors.air.editions import aqi_edition, aqi_editions
from civicloop.engines.air.editions import NoEditionError, edition_on, editions_between
from civicloop.engines.air.index import daily_index, realtime_index
from civicloop.engines.air.pollutants import Measure, NegativeConcentrationError, Pollutant

CN_2012, CN_2026 = aqi_edition("cn_hj633_2012"), aqi_edition("cn_hj633_2026")
CLEAN = {
    Measure.SO2_24H: 5,
    Measure.NO2_24H: 20,
    Measure.PM10_24H: 40,
    Measure.PM25_24H: 20,
    Measure.CO_24H: Decimal("0.6"),
    Measure.O3_8H: 80,
}


def test_a_clean_day_has_no_primary_pollutant():
    index = daily_index(CLEAN, CN_2026)

    assert (index.value, index.level, index.primary) == (40, 1, ())


def test_the_day_decides_which_edition_applies():
    day = CLEAN | {Measure.PM25_24H: 70}

    before, after = (
        daily_index(day, edition_on(each, aqi_editions()))
        for each in (date(2026, 2, 28), date(2026, 3, 1))
    )

    assert (before.value, before.level) == (94, 2)
    assert (after.value, after.level) == (110, 3)


def test_pollutants_that_tie_are_named_side_by_side():
    index = daily_index(CLEAN | {Measure.PM10_24H: 150, Measure.PM25_24H: 75}, CN_2012)

    assert index.value == 100
    assert index.primary == (Measure.PM10_24H, Measure.PM25_24H)


def test_fifty_is_still_no_primary_pollutant():
    assert daily_index(CLEAN | {Measure.NO2_24H: 40}, CN_2026).primary == ()
    assert daily_index(CLEAN | {Measure.NO2_24H: 41}, CN_2026).primary == (Measure.NO2_24H,)


def test_concentrations_are_rounded_half_to_even_first():
    half = CLEAN | {Measure.PM25_24H: Decimal("35.5")}  # 36, not 35

    assert daily_index(half, CN_2026).sub_indices[Measure.PM25_24H] == 52
    half = CLEAN | {Measure.CO_24H: Decimal("2.25")}  # 2.2
    assert daily_index(half, CN_2026).sub_indices[Measure.CO_24H] == 55


def test_the_index_of_2026_is_at_least_one():
    nothing = dict.fromkeys(CLEAN, 0)

    assert daily_index(nothing, CN_2012).value == 0
    assert daily_index(nothing, CN_2026).value == 1


def test_a_day_with_a_gap_is_published_in_2012_and_only_above_100_in_2026():
    gap = CLEAN | {Measure.PM10_24H: None}
    bad = gap | {Measure.PM25_24H: 61}

    assert daily_index(gap, CN_2012).value == 40
    index = daily_index(gap, CN_2026)
    assert (index.value, index.level, index.primary) == (None, None, ())
    assert index.missing == (Pollutant.PM10,)
    assert daily_index(gap, CN_2026, exempt=[Pollutant.PM10]).value == 40
    assert daily_index(gap | {Measure.PM25_24H: 60}, CN_2026).value is None
    assert daily_index(bad, CN_2026).value == 101


@pytest.mark.parametrize("edition", [CN_2012, CN_2026])
def test_nothing_measured_is_not_available(edition):
    index = daily_index({}, edition)

    assert (index.value, index.level, index.sub_indices) == (None, None, {})
    assert len(index.missing) == 6


def test_above_its_table_sulphur_dioxide_of_an_hour_is_told_by_the_day():
    hour = {Measure.SO2_1H: 900, Measure.SO2_24H: 475, Measure.O3_1H: 20}

    assert realtime_index(hour, CN_2012).value == 150
    assert realtime_index(hour | {Measure.SO2_24H: None}, CN_2012).value == 7
    assert realtime_index(hour, CN_2026).value == 200


def test_above_its_table_ozone_of_8_hours_is_told_by_the_hour_in_2012():
    day = CLEAN | {Measure.O3_8H: 810, Measure.O3_1H: 1000}

    assert daily_index(day, CN_2012).value == 400
    assert daily_index(day, CN_2026).value == 300


def test_particles_of_an_hour_use_the_breakpoints_of_the_day():
    hour = {Measure.PM25_1H: 115, Measure.PM10_1H: 50}

    index = realtime_index(hour, CN_2012)

    assert (index.value, index.level, index.primary) == (150, 3, (Measure.PM25_1H,))


def test_a_concentration_below_zero_is_refused():
    with pytest.raises(NegativeConcentrationError, match="pm10_24h"):
        daily_index(CLEAN | {Measure.PM10_24H: -1}, CN_2026)


def test_american_days_name_the_worst_pollutant_always():
    day = {Measure.PM25_24H: Decimal("8.04"), Measure.SO2_1H: 400, Measure.SO2_24H: 305}
    epa = aqi_edition("us_epa_2024")

    assert (daily_index(day, epa).value, daily_index(day, epa).level) == (201, 5)
    assert daily_index({Measure.PM25_24H: Decimal("8.04")}, epa).primary == (Measure.PM25_24H,)


def test_european_hours_show_the_worst_band():
    hour = {Measure.PM25_1H: 16, Measure.O3_1H: 30}

    index = realtime_index(hour, aqi_edition("eu_eaqi_2025"))

    assert (index.value, index.level, index.primary) == (3, 3, (Measure.PM25_1H,))


def test_a_day_without_an_edition_is_refused():
    with pytest.raises(NoEditionError, match="2011-01-01"):
        edition_on(date(2011, 1, 1), aqi_editions())


def test_a_span_names_the_editions_in_force_in_it():
    def codes(first, last):
        return [each.code for each in editions_between(first, last, aqi_editions())]

    assert codes(date(2026, 1, 1), date(2026, 12, 31)) == ["cn_hj633_2012", "cn_hj633_2026"]
    assert codes(date(2025, 1, 1), date(2026, 2, 28)) == ["cn_hj633_2012"]
    assert codes(date(2026, 3, 1), date(2026, 3, 1)) == ["cn_hj633_2026"]


@pytest.mark.parametrize(
    ("measured", "value", "primary"),
    [
        ({Measure.SO2_1H: 400, Measure.SO2_24H: 100}, 200, Measure.SO2_1H),
        ({Measure.SO2_1H: 400, Measure.SO2_24H: 305}, 201, Measure.SO2_1H),
        ({Measure.O3_8H: Decimal("0.25"), Measure.O3_1H: Decimal("0.5")}, 396, Measure.O3_1H),
        ({Measure.CO_8H: 40}, 396, Measure.CO_8H),
        ({Measure.NO2_1H: 2100}, 500, Measure.NO2_1H),
    ],
)
def test_the_american_index_leaves_out_no_pollutant_that_is_very_high(measured, value, primary):
    found = daily_index({Measure.PM25_24H: 9} | measured, aqi_edition("us_epa_2024"))

    assert (found.value, found.primary) == (value, (primary,))
