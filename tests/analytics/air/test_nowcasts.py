"""NowCast of whole lines is that of each hour, truncated; the index is that of the edition."""

from datetime import datetime, timedelta
from fractions import Fraction
from math import floor

from hypothesis import HealthCheck, given, settings

from civicloop.analytics.air.nowcasts import DECIMALS, NONE, nowcasts
from civicloop.connectors.air.editions import aqi_edition
from civicloop.engines.air.index import daily_index
from civicloop.engines.air.nowcast import HOURS, nowcast
from civicloop.engines.air.pollutants import Measure
from civicloop.engines.air.station_days import HourStamp
from tests.analytics.air.cities import cities, city_of

EPOCH = datetime.fromisoformat("1970-01-01")
EPA = aqi_edition("us_epa_2024")


def oracle(readings, at, measure):
    """The NowCast of a station's hour, as the engine states it."""
    ago = [readings.get(at - timedelta(hours=n), {}) for n in range(HOURS)]
    found = nowcast([each.get(measure.pollutant) for each in ago])
    return None if found is None else floor(found * 10 ** DECIMALS[measure])


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(cities(most_days=2))
def test_every_hour_is_that_of_the_engine(city):
    found = nowcasts(city.block, HourStamp.ENDS, EPA)

    for station, readings in enumerate(city.readings.values()):
        for hour in range(found.index.shape[1]):
            at = EPOCH + timedelta(hours=found.first_hour + hour)
            steps = {each: oracle(readings, at, each) for each in DECIMALS}
            shown = {each: found.concentration(each, station, hour) for each in DECIMALS}
            assert shown == {
                each: None if step is None else Fraction(step, 10 ** DECIMALS[each])
                for each, step in steps.items()
            }
            assert index_of(found, station, hour) == rated(shown)


def index_of(found, station, hour):
    pair = int(found.index[station, hour]), int(found.level[station, hour])
    return (None, None) if pair == (NONE, NONE) else pair


def rated(concentrations):
    index = daily_index(concentrations, EPA)
    return index.value, index.level


def test_a_result_on_a_step_is_decided_by_fractions():
    """0.7 three times: in floating point the mean of tenths falls to 6.999…"""
    rows = [("s", hour) for hour in range(4)]
    table = [[None, None, q, q, None, None] for q in (7_000, 7_000, 7_000, 14_000)]

    found = nowcasts(city_of(["s"], rows, table).block, HourStamp.BEGINS, EPA)

    assert found.steps[Measure.PM25_24H][0, :5].tolist() == [NONE, 7, 7, 10, 10]  # 2.0125 / 1.875
    assert found.steps[Measure.PM10_24H][0, :5].tolist() == [NONE, 0, 0, 1, 1]
