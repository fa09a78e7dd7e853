from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from civicloop.connectors.air.editions import limit_edition, period_rules
from civicloop.engines.air.attainment import DaysWithin, days_within, is_attained, judge_year
from civicloop.engines.air.editions import AreaClass
from civicloop.engines.air.periods import PeriodKind, period_around, pollutant_figures
from civicloop.engines.air.pollutants import Measure, Pollutant

FIRST = date(2025, 1, 1)
YEAR = period_around(FIRST, PeriodKind.YEAR)
LIMITS = limit_edition("gb3095_2012").classes
CLEAN = {
    Measure.SO2_24H: 8, Measure.NO2_24H: 30, Measure.PM10_24H: 38, Measure.PM25_24H: 14,
    Measure.CO_24H: Fraction(1, 2), Measure.O3_8H: 90,
}  # fmt: skip


def year_of(days=365, **changed):
    values = {**CLEAN, **{Measure(name): value for name, value in changed.items()}}
    own = {measure: Fraction(value) for measure, value in values.items()}
    return {FIRST + timedelta(days=i): own for i in range(days)}


def judged(area_class, **changed):
    figures = pollutant_figures(year_of(**changed), YEAR, period_rules())
    return judge_year(figures, LIMITS[area_class])


def above(verdict):
    return [name for name, each in verdict.items() if each.is_within is False]


@pytest.mark.parametrize(
    ("changed", "first", "second"),
    [
        ({}, [], []),
        ({"pm25_24h": 16}, [Pollutant.PM25], []),
        ({"pm25_24h": Fraction(71, 2)}, [Pollutant.PM25], [Pollutant.PM25]),  # 36, to even
        ({"pm25_24h": Fraction(69, 2)}, [Pollutant.PM25], []),  # 34
        ({"no2_24h": 41}, [Pollutant.NO2], [Pollutant.NO2]),
        ({"o3_8h": 101}, [Pollutant.O3], []),
        ({"co_24h": Fraction(81, 20)}, [], []),  # 4.05 is 4.0, to even
        ({"co_24h": Fraction(41, 10)}, [Pollutant.CO], [Pollutant.CO]),
    ],
)
def test_a_year_is_held_against_both_classes(changed, first, second):
    verdicts = [judged(each, **changed) for each in (AreaClass.FIRST, AreaClass.SECOND)]

    assert [above(each) for each in verdicts] == [first, second]
    assert [is_attained(each) for each in verdicts] == [not first, not second]


def test_days_alone_can_exceed_a_class():
    days = year_of() | {
        FIRST + timedelta(days=i): {**CLEAN, Measure.PM25_24H: Fraction(80)} for i in range(20)
    }
    figures = pollutant_figures(days, YEAR, period_rules())

    found = judge_year(figures, LIMITS[AreaClass.SECOND])[Pollutant.PM25]

    assert (found.mean, found.percentile, found.is_within) == (Decimal(18), Decimal(80), False)
    counted = days_within(days, YEAR, LIMITS[AreaClass.SECOND])
    assert counted[Pollutant.PM25] == DaysWithin(within=345, measured=365)
    assert counted[Pollutant.O3] == DaysWithin(within=365, measured=365)


def test_a_year_of_too_few_days_is_not_judged():
    verdict = judged(AreaClass.SECOND, days=300)

    assert is_attained(verdict) is None
    assert is_attained({}) is None


def test_the_limits_tighten():
    first = [limit_edition(code).classes[AreaClass.FIRST] for code in
             ("gb3095_2012", "gb3095_2026_transition", "gb3095_2026_final")]  # fmt: skip
    second = [limit_edition(code).classes[AreaClass.SECOND] for code in
              ("gb3095_2012", "gb3095_2026_transition", "gb3095_2026_final")]  # fmt: skip

    for strict, loose in zip(first, second, strict=True):
        assert all(limit <= loose.day[name] for name, limit in strict.day.items())
        assert all(limit <= loose.year[name] for name, limit in strict.year.items())
    for own in (first, second):
        for old, new in pairwise(own):
            assert all(limit <= old.day[name] for name, limit in new.day.items())
    assert first[0].unverified
    for code in ("gb3095_2012", "gb3095_2026_transition", "gb3095_2026_final"):
        edition = limit_edition(code)
        own = edition.classes[AreaClass.SECOND]
        assert edition.limits == own.year | {
            name: own.day[name] for name in (Pollutant.CO, Pollutant.O3)
        }
