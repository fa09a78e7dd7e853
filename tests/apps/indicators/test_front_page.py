"""The arithmetic of a city's front page of 14 November 2023, with the page's own roundings."""

from datetime import date
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import (
    DATONG,
    NOW,
    SHANXI,
    air_days,
    define,
    document,
    figure,
    january,
    state,
)

from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.models import Observation, RosterVersion

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OCTOBER, SEPTEMBER = "2023-01/P10M", "2023-01/P9M"
FIRMS = [f"firm {number}" for number in range(48)]
OTHER_CITIES = [f"14{number:02}00000000" for number in (1, *range(3, 12))]


@pytest.fixture
def page():
    define("air", "economy", "digital", "projects", "mediation", "petitions", "works")
    source = document()
    for series, value, unit in (
        ("high_density_racks", "4.3", "万架"), ("standard_racks", "16.1", "万架"), ("servers", "44.1", "万台"),
        ("projects_planned", "400", "件"), ("projects_done", "76", "件"),
        ("mediation_committees", "36", "个"), ("disputes_mediated", "6167", "件"),
        ("petition_meetings", "58", "次"), ("petition_problems", "27", "个"),
        ("heat_pipes", "7.2", "公里"), ("neighbourhoods_renewed", "51", "个"),
    ):  # fmt: skip
        state(series, OCTOBER, Decimal(value), unit=unit, source=source)
    state("manufacturing_growth", SEPTEMBER, Decimal("10.7"), unit="%", source=source)
    state("manufacturing_growth", SEPTEMBER, Decimal("5.7"), unit="%", area=SHANXI, source=source)
    for area, now, before in (
        ("140224000000", "30.85", "26.71"),
        ("140215000000", "14.68", "13.44"),
    ):
        state("town_output", SEPTEMBER, Decimal(now), area=area, source=source)
        state("town_output", "2022-01/P9M", Decimal(before), area=area, source=source)
    state("air_index", OCTOBER, Decimal("3.72"), unit="1", source=source)
    state("air_index", "2022-01/P10M", Decimal("3.73"), unit="1", source=source)
    air_days(DATONG, january(2023), 249, 55, source=source)
    for place, city in enumerate(OTHER_CITIES):
        state("air_index", OCTOBER, Decimal("3.80") + place, unit="1", area=city, source=source)
        air_days(city, january(2023), 240 - place, 64 + place, source=source)
    return source


def firms_report(source, year, total):
    """48 firms over nine months; what does not divide falls to the first reports."""
    cells = [(firm, month) for month in range(1, 10) for firm in FIRMS]
    each, left = divmod(total, len(cells))
    Observation.objects.bulk_create(
        Observation(
            series="firm_revenue", area=DATONG, member=firm, period=f"{year}-{month:02}",
            last_day=date(year, month, 28), value=Decimal(each + (n < left)) / 100, unit="亿元",
            vintage="final", document=source, recorded_at=NOW,
        )
        for n, (firm, month) in enumerate(cells)
    )  # fmt: skip


def test_every_figure_of_the_page_comes_out_as_it_was_printed(page):
    firms_report(page, 2023, 15636)
    firms_report(page, 2022, 14202)
    RosterVersion(
        code="key_chains",
        number=1,
        valid_from=january(2022),
        members=FIRMS,
        source="",
        recorded_at=NOW,
    ).save()

    compute_figures(now=NOW, actor=None)

    good = figure("air.good_days", OCTOBER)
    assert (good.value, good.rank, good.rank_of) == (249, 1, 11)
    share = figure("air.good_share", OCTOBER)
    assert (share.value, share.numerator, share.denominator) == (Decimal("81.9"), "249", "304")
    assert (share.rank, share.rank_of, share.is_rank_shared) == (1, 11, False)
    index = figure("air.index_published", OCTOBER)
    assert (index.value, index.rank, index.comparisons[0]["change"]) == (Decimal("3.72"), 1, "-0.3")
    growth = figure("economy.manufacturing_growth", SEPTEMBER)
    assert (growth.value, growth.gap) == (Decimal("10.7"), Decimal("5.0"))
    revenue = figure("economy.chain_revenue", SEPTEMBER, area="")
    assert (revenue.value, revenue.comparisons[0]["change"]) == (Decimal("156.36"), "10.1")
    assert revenue.is_comparable
    towns = [
        figure("economy.town_output", SEPTEMBER, area) for area in ("140224000000", "140215000000")
    ]
    assert [town.comparisons[0]["change"] for town in towns] == ["15.50", "9.23"]
    assert figure("digital.kw_per_rack", OCTOBER).value == Decimal("9.36")
    assert figure("digital.servers_per_standard_rack", OCTOBER).value == Decimal("2.74")
    assert figure("projects.done_share", OCTOBER).value == Decimal("19.0")
    assert figure("mediation.disputes_per_committee", OCTOBER).value == 171
    assert figure("petitions.problems_per_meeting", OCTOBER).value == Decimal("0.466")
    assert figure("works.heat_pipes", OCTOBER).value == Decimal("7.2")
    assert figure("works.neighbourhoods", OCTOBER).value == 51


def test_a_list_that_changed_is_flagged_and_the_same_firms_are_compared(page):
    firms_report(page, 2023, 15636)
    firms_report(page, 2022, 14202)
    for number, (year, members) in enumerate([(2022, FIRMS[:40]), (2023, FIRMS)], start=1):
        RosterVersion(
            code="key_chains", number=number, valid_from=january(year), members=members, source="", recorded_at=NOW
        ).save()  # fmt: skip

    compute_figures(now=NOW, actor=None)

    revenue = figure("economy.chain_revenue", SEPTEMBER, area="")
    assert not revenue.is_comparable
    assert [each["basis"] for each in revenue.comparisons] == ["2", "1"]
    assert (revenue.comparisons[0]["now"], revenue.comparisons[0]["before"]) == ("156.36", "142.02")
