from datetime import date
from fractions import Fraction

import pytest

from civicloop.connectors.air.editions import aqi_editions
from civicloop.engines.air.city_days import (
    UnknownControlSiteError,
    city_day,
    days_of_city,
    indices_of,
)
from civicloop.engines.air.pollutants import Measure

DAY, NEXT = date(2026, 2, 28), date(2026, 3, 1)
STATIONS = {
    "centre": {DAY: {Measure.PM25_24H: Fraction(70)}, NEXT: {Measure.PM25_24H: Fraction(71)}},
    "east": {DAY: {Measure.PM25_24H: Fraction(61)}, NEXT: {Measure.PM25_24H: None}},
    "reservoir": {DAY: {Measure.PM25_24H: Fraction(4)}},
}


def test_a_city_is_the_mean_of_its_stations_without_the_control_site():
    days = days_of_city(STATIONS, control_sites=["reservoir"])

    assert days[DAY][Measure.PM25_24H] == Fraction(131, 2)
    assert days[NEXT][Measure.PM25_24H] == 71
    assert days[DAY][Measure.O3_8H] is None


def test_too_few_stations_make_no_figure():
    assert (
        city_day([{Measure.PM25_24H: Fraction(7)}, {}], least_stations=2)[Measure.PM25_24H] is None
    )


def test_a_misspelt_control_site_is_refused():
    with pytest.raises(UnknownControlSiteError, match="resevoir"):
        days_of_city(STATIONS, control_sites=["resevoir"])


def test_each_day_has_the_index_of_its_edition():
    indices = indices_of(days_of_city(STATIONS, control_sites=["reservoir"]), aqi_editions())

    assert indices[DAY].value == 89  # 65.5 → 66 on the table of 2012
    assert indices[NEXT].value == 110  # 71 on the table of 2026, the rest missing
