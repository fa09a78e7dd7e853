"""Hand-computed figures, changes, places, gaps and lights."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.indicators.definitions import Direction, Scope, Target
from civicloop.engines.indicators.facts import WHOLE, Coverage, Facts, Roster, StatedValue
from civicloop.engines.indicators.figures import Light, figures, light_of, peers_of
from civicloop.engines.indicators.periods import Month, read_period
from civicloop.engines.indicators.tallies import Tally, percentile_of, plan_of, tally_rows
from civicloop.engines.indicators.working import Status, WhyNone
from civicloop.values.changes import NoChange
from tests.engines.indicators.samples import TABLES, day_row, definition, stated

DATONG, TAIYUAN, YANGQUAN, SHANXI = "140200000000", "140100000000", "140300000000", "140000000000"
YEARS = {"days": Coverage(first=Month(2022, 1), last=Month(2023, 12), is_daily=True)}


def days(area, first, good, others, *, bad=130, **cells):
    aqi = [80] * good + [bad] * others
    return [day_row(area, first + timedelta(days=n), each, **cells) for n, each in enumerate(aqi)]


def facts_of(definition, rows, **more):
    tallies = {definition.code: tally_rows(plan_of(definition, TABLES), rows)}
    return Facts(tallies=tallies, coverage=YEARS, **more)


def figure(definitions, facts, period, area=DATONG, code=None, **more):
    code = code or definitions[0].code
    found = figures(definitions, facts, [read_period(period)], **more)
    return next(each for each in found if (each.code, each.area) == (code, area))


def test_good_days_are_divided_by_days_with_an_index():
    share = definition()
    rows = [*days(DATONG, date(2023, 1, 1), 24, 4), day_row(DATONG, date(2023, 1, 30), None)]

    found = figure([share], facts_of(share, rows), "2023-01")

    assert (found.worked.numerator, found.worked.denominator, found.worked.rows) == (24, 28, 29)
    assert found.worked.exact == Fraction(600, 7)
    assert found.worked.value == Decimal("85.7")


def test_a_year_to_date_is_no_mean_of_months():
    share = definition()
    rows = days(DATONG, date(2023, 1, 1), 31, 0) + days(DATONG, date(2023, 2, 1), 0, 1)

    found = figure([share], facts_of(share, rows), "2023-01/P2M")

    assert found.worked.value == Decimal("96.9")  # 31/32; the mean of 100 % and 0 % is 50


def test_a_share_changes_in_points_of_what_was_published():
    share = definition()
    rows = days(DATONG, date(2022, 1, 1), 2, 1) + days(DATONG, date(2023, 1, 1), 5, 1)

    [compared] = figure([share], facts_of(share, rows), "2023-01").comparisons

    assert (compared.now, compared.before, compared.change.value) == (
        Decimal("83.3"), Decimal("66.7"), Decimal("16.6"),  # exact: 16.67
    )  # fmt: skip


def test_without_a_year_before_the_reason_is_told():
    share = definition()

    found = figure([share], facts_of(share, days(DATONG, date(2023, 1, 1), 5, 1)), "2023-01")

    assert found.comparisons[0].change.why_none is NoChange.NO_VALUE


def test_nothing_measured_is_no_share():
    share = definition()
    rows = [day_row(DATONG, date(2023, 1, 1), None)]

    worked = figure([share], facts_of(share, rows), "2023-01").worked

    assert (worked.value, worked.why_none, worked.status) == (
        None, WhyNone.NOTHING_COUNTED, Status.MISSING,
    )  # fmt: skip


def test_beyond_the_facts_nothing_is_counted_as_zero():
    count = definition(without=("denominator",), kind="count", unit="days")
    facts = facts_of(count, days(DATONG, date(2023, 1, 1), 5, 1))

    assert figure([count], facts, "2023-02").worked.value == Decimal(0)
    assert figure([count], facts, "2024-01").worked.why_none is WhyNone.NOT_COVERED


def test_dust_is_left_out_only_where_the_definition_says_so():
    kept = definition(kind="level", numerator="so2", denominator="so2 is not null", unit="µg/m³")
    dropped = definition(
        kind="level",
        numerator="so2",
        denominator="so2 is not null",
        unit="µg/m³",
        exclude=["is_dust"],
    )
    first = date(2023, 1, 1)
    rows = [
        day_row(DATONG, first, 80, so2=Decimal("10.5"), is_dust=False),
        day_row(DATONG, first + timedelta(1), 80, so2=Decimal("12.5")),  # unknown stays
        day_row(DATONG, first + timedelta(2), 400, so2=Decimal(60), is_dust=True),
    ]

    assert figure([kept], facts_of(kept, rows), "2023-01").worked.value == Decimal(28)  # 27.67
    worked = figure([dropped], facts_of(dropped, rows), "2023-01").worked
    assert (worked.value, worked.left_out) == (Decimal(12), 1)  # 11.5 to even


def test_too_few_days_make_a_share_provisional():
    share = definition(least_share_of_days=Decimal("0.9"))
    enough, few = days(DATONG, date(2023, 1, 1), 28, 0), days(DATONG, date(2023, 1, 1), 27, 0)

    assert figure([share], facts_of(share, enough), "2023-01").worked.status is Status.NORMAL
    assert figure([share], facts_of(share, few), "2023-01").worked.status is Status.PROVISIONAL


def test_equal_figures_share_a_place_and_missing_peers_are_named():
    share = definition(rank="province")
    rows = [
        *days(DATONG, date(2023, 1, 1), 20, 5),
        *days(TAIYUAN, date(2023, 1, 1), 4, 1),
        *days(YANGQUAN, date(2023, 2, 1), 4, 1),
        *days("110100000000", date(2023, 1, 1), 1, 0),  # a city of another province
        *days("140211000000", date(2023, 1, 1), 1, 0),  # a district
    ]
    facts = facts_of(share, rows)

    place = figure([share], facts, "2023-01").place

    assert (place.rank, place.of, place.is_shared, place.missing) == (1, 2, True, (YANGQUAN,))
    assert figure([share], facts, "2023-01", YANGQUAN).place is None


def test_a_district_is_ranked_in_its_city():
    areas = [DATONG, "140211000000", "140212000000", "140212101000", "140111000000"]

    assert peers_of("140211000000", Scope.CITY, areas) == ["140211000000", "140212000000"]


def test_a_lower_index_is_a_better_place():
    index = stated("air.index", "index", direction="down", rank="province", decimals=2, unit="1")
    facts = Facts(
        stated={
            ("index", DATONG, "2023-10"): StatedValue(value=Decimal("3.72")),
            ("index", TAIYUAN, "2023-10"): StatedValue(value=Decimal("4.50")),
        }
    )

    assert figure([index], facts, "2023-10").place.rank == 1


def test_areas_add_up_to_a_whole_by_numerators_and_denominators():
    share = definition(adds_up=True)
    rows = days(DATONG, date(2023, 1, 1), 1, 0) + days(TAIYUAN, date(2023, 1, 1), 0, 3)

    assert figure([share], facts_of(share, rows), "2023-01", WHOLE).worked.value == Decimal("25.0")


def test_a_percentile_lies_between_neighbours():
    level = definition(
        without=("numerator", "denominator"), kind="level", unit="µg/m³", value="so2",
        percentile=Decimal("0.9"), decimals=1,
    )  # fmt: skip
    rows = [day_row(DATONG, date(2023, 1, n), 50, so2=Decimal(10 * n)) for n in (1, 2, 2, 3, 4)]

    worked = figure([level], facts_of(level, rows), "2023-01").worked

    assert (worked.exact, worked.denominator) == (Fraction(36), 5)  # between 30 and 40, at 3.6
    assert percentile_of({}, Fraction(1, 2)) is None


def test_no_measured_value_has_no_percentile():
    level = definition(
        without=("numerator", "denominator"), kind="level", value="so2", percentile=Decimal("0.9")
    )

    worked = figure(
        [level], facts_of(level, days(DATONG, date(2023, 1, 1), 1, 0)), "2023-01"
    ).worked

    assert worked.why_none is WhyNone.NOTHING_COUNTED


def test_a_stated_growth_has_a_gap_to_the_province_in_points():
    growth = stated("growth.manufacturing", "growth", kind="growth", gap_to="province")
    facts = Facts(
        stated={
            ("growth", DATONG, "2023-Q3"): StatedValue(value=Decimal("10.7"), status="preliminary"),
            ("growth", SHANXI, "2023-Q3"): StatedValue(value=Decimal("5.7")),
        }
    )
    growth = stated(
        "growth.manufacturing", "growth", kind="growth", gap_to="province", periods=["quarter"]
    )

    found = figure([growth], facts, "2023-Q3")

    assert (found.gap, found.worked.status) == (Decimal("5.0"), Status.PROVISIONAL)
    assert figure([growth], facts, "2023-Q3", SHANXI).gap is None


def test_figures_on_different_prices_are_not_compared():
    level = stated("output.town", "output", periods=["year"])
    facts = Facts(
        stated={
            ("output", DATONG, "2023"): StatedValue(value=Decimal(14), basis="2020 prices"),
            ("output", DATONG, "2022"): StatedValue(value=Decimal(13), basis="2015 prices"),
        }
    )

    found = figure([level], facts, "2023")

    assert found.comparisons[0].change.why_none is NoChange.OTHER_BASIS
    assert not found.is_comparable


def test_a_source_that_states_none_leaves_none():
    level = stated("output.town", "output", periods=["year"])
    facts = Facts(stated={("output", DATONG, "2023"): StatedValue(value=None)})

    assert figure([level], facts, "2023").worked.why_none is WhyNone.NOT_STATED


def test_an_indicator_may_state_no_change():
    share = definition(change="none")

    found = figure([share], facts_of(share, days(DATONG, date(2023, 1, 1), 1, 0)), "2023-01")

    assert found.comparisons[0].change.why_none is NoChange.NOT_ASKED


def index_of(**fields):
    sulphur = stated("air.so2", "so2")
    index = definition(
        "air.index", ("table", "numerator", "denominator"), kind="index", decimals=2, unit="1",
        formula="round(so2 / limit, 2)", uses={"so2": "air.so2"},
        **{"editions": [
            {"code": "old", "valid_to": date(2022, 12, 31), "values": {"limit": 60}},
            {"code": "new", "valid_from": date(2023, 1, 1), "values": {"limit": 20}},
        ]} | fields,
    )  # fmt: skip
    return [index, sulphur]


def test_where_the_limits_changed_each_edition_has_its_own_comparison():
    facts = Facts(
        stated={
            ("so2", DATONG, "2023-01"): StatedValue(value=Decimal(15)),
            ("so2", DATONG, "2022-01"): StatedValue(value=Decimal(12)),
        }
    )

    found = figure(index_of(), facts, "2023-01", code="air.index")

    assert not found.is_comparable
    assert [(c.basis, c.now, c.before, c.change.value) for c in found.comparisons] == [
        ("new", Decimal("0.75"), Decimal("0.60"), Decimal("25.0")),
        ("old", Decimal("0.25"), Decimal("0.20"), Decimal("25.0")),
    ]


def test_a_formula_without_a_part_has_no_figure():
    facts = Facts(stated={("so2", DATONG, "2022-01"): StatedValue(value=Decimal(12))})

    assert (
        figure(index_of(), facts, "2023-01", code="air.index").worked.why_none
        is WhyNone.PART_MISSING
    )


def test_a_formula_that_divides_by_zero_says_so():
    facts = Facts(stated={("so2", DATONG, "2023-01"): StatedValue(value=Decimal(12))})
    editions = [{"code": "none", "values": {"limit": 0}}]

    worked = figure(index_of(editions=editions), facts, "2023-01", code="air.index").worked

    assert worked.why_none is WhyNone.DIVIDED_BY_ZERO


def test_a_formula_without_parameters_in_force_says_so():
    facts = Facts(stated={("so2", DATONG, "2023-01"): StatedValue(value=Decimal(12))})
    editions = [{"code": "later", "valid_from": date(2030, 1, 1), "values": {"limit": 1}}]

    worked = figure(index_of(editions=editions), facts, "2023-01", code="air.index").worked

    assert worked.why_none is WhyNone.NO_EDITION


REVENUE = {
    "table": "reports", "numerator": "value", "kind": "flow", "unit": "亿元", "decimals": 2,
    "roster": "chains", "adds_up": True, "periods": ["ytd", "month"],
}  # fmt: skip


def reports(**of_firms):
    """Each firm's January of 2022 and of 2023."""
    return [
        Tally(area=DATONG, member=firm, month=Month(year, 1), rows=1, left_out=0, numerator=Fraction(value))
        for firm, values in of_firms.items()
        for year, value in zip((2022, 2023), values, strict=True)
        if value is not None
    ]  # fmt: skip


def revenue_of(tallies, *rosters):
    revenue = definition("chains.revenue", ("denominator",), **REVENUE)
    coverage = {"reports": Coverage(first=Month(2022, 1), last=Month(2023, 12), is_reported=True)}
    lists = [
        Roster(number=n, valid_from=date(year, 1, 1), members=frozenset(members))
        for n, (year, members) in enumerate(rosters, start=1)
    ]
    facts = Facts(tallies={revenue.code: tallies}, coverage=coverage, rosters={"chains": lists})
    return figure([revenue], facts, "2023-01", WHOLE)


def test_only_firms_of_the_list_count():
    found = revenue_of(reports(a=(10, 11), b=(20, 22), c=(5, 50)), (2022, "ab"))

    assert (found.worked.value, found.worked.basis) == (Decimal("33.00"), "1")
    assert (found.comparisons[0].change.value, found.is_comparable) == (Decimal("10.0"), True)


def test_where_the_list_changed_the_same_firms_are_compared_and_the_flag_is_set():
    tallies = reports(a=(10, 11), b=(20, 22), c=(5, 7))

    found = revenue_of(tallies, (2022, "ab"), (2023, "abc"))

    assert not found.is_comparable
    assert [(c.basis, c.now, c.before, c.change.value) for c in found.comparisons] == [
        ("2", Decimal("40.00"), Decimal("35.00"), Decimal("14.3")),
        ("1", Decimal("33.00"), Decimal("30.00"), Decimal("10.0")),
    ]


def test_a_firm_that_did_not_report_is_named_and_makes_the_sum_provisional():
    found = revenue_of(reports(a=(10, 11), b=(20, None)), (2022, "ab"))

    assert (found.worked.status, found.worked.silent) == (Status.PROVISIONAL, ("b",))


def test_a_month_that_nobody_reported_leaves_no_sum():
    assert revenue_of(reports(a=(10, None)), (2022, "a")).worked.why_none is WhyNone.NOT_REPORTED


def test_before_the_first_list_nobody_counts():
    assert revenue_of(reports(a=(10, 11)), (2030, "a")).worked.why_none is WhyNone.NOT_REPORTED


def test_reports_without_a_list_count_all():
    output = definition("towns.output", ("denominator", "roster"), **REVENUE)
    coverage = {"reports": Coverage(first=Month(2022, 1), last=Month(2023, 12), is_reported=True)}
    facts = Facts(tallies={output.code: reports(a=(10, 11), b=(20, 22))}, coverage=coverage)

    assert figure([output], facts, "2023-01").worked.value == Decimal("33.00")


def test_a_light_is_that_of_the_rounded_value():
    target = Target(green=Decimal(85), amber=Decimal(80))

    lights = [light_of(Decimal(v), target, Direction.UP) for v in ("85.0", "84.9", "79.9")]

    assert lights == [Light.GREEN, Light.AMBER, Light.RED]
    less = Target(green=Decimal(30), amber=Decimal(35))
    assert light_of(Decimal(31), less, Direction.DOWN) is Light.AMBER
    assert light_of(Decimal(31), less, Direction.NONE) is None
    assert light_of(None, target, Direction.UP) is None


def test_a_target_of_an_area_comes_before_that_of_the_definition():
    share = definition(target={"2023": {"green": 90, "amber": 80}})
    facts = facts_of(share, days(DATONG, date(2023, 1, 1), 17, 3))
    own = {(share.code, DATONG): Target(green=Decimal(80), amber=Decimal(70))}

    assert figure([share], facts, "2023-01").light is Light.AMBER
    assert figure([share], facts, "2023-01", targets=lambda _day: own).light is Light.GREEN
