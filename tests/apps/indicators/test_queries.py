"""What the pages ask: board, history, peers, trace, goals, and what the public does not see."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import (
    DATONG,
    NOW,
    SHANGHAI,
    TAIYUAN,
    air_days,
    define,
    figure,
    january,
    state,
)

from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.definitions import keep_definitions
from civicloop.apps.indicators.actions.lists import keep_goal_tree
from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.board import board
from civicloop.apps.indicators.queries.goals import goals_now
from civicloop.apps.indicators.queries.history import history, peers
from civicloop.apps.indicators.queries.newest import hidden_from_public
from civicloop.apps.indicators.queries.tracing import trace
from civicloop.connectors.indicators.definition_files import read_definitions
from civicloop.connectors.indicators.goal_files import read_goal_tree
from civicloop.engines.indicators.definitions import Kind
from civicloop.engines.indicators.periods import PeriodKind, read_period

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def defined(code):
    return {each.code: each for each in current_definitions().values()}[code]


def test_the_board_shows_the_newest_figure_of_each_indicator():
    define("air", "works")
    air_days(DATONG, january(2023), 249, 55)
    state("heat_pipes", "2023-07", Decimal("7.2"), unit="公里")
    compute_figures(now=NOW, actor=None, months=12)

    cards = {card.definition.code: card for card in board(NOW.date(), area=DATONG)}

    share = cards["air.good_share"]
    assert (share.figure.period, share.figure.value) == ("2023-01/P10M", Decimal("81.9"))
    assert [each.period for each in share.line][-2:] == ["2023-09", "2023-10"]
    assert share.stale_since is None
    assert cards["works.heat_pipes"].figure.period == "2023-07"
    assert set(cards) == {"air.good_days", "air.good_share", "works.heat_pipes"}
    later = {card.definition.code: card for card in board(date(2024, 3, 1), area=DATONG)}
    assert later["air.good_share"].stale_since is not None


def test_a_series_shows_revisions_and_where_its_meaning_changed():
    define("works")
    state("heat_pipes", "2023-09", Decimal("6.0"), unit="公里")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    compute_figures(now=NOW, actor=None, months=3)
    later = NOW + timedelta(days=1)
    state("heat_pipes", "2023-10", Decimal("7.9"), unit="公里", now=later, vintage="revised")
    compute_figures(now=later, actor=None, months=3)

    found = history(defined("works.heat_pipes"), area=DATONG, kind=PeriodKind.MONTH)

    assert [str(each.value.normalize()) for each in found.figures] == ["6", "7.9"]
    assert [each.value for each in found.revisions["2023-10"]] == [Decimal("7.2")]
    assert (found.breaks, found.moved, len(found.versions)) == ((), None, 1)


def test_a_new_definition_breaks_the_series():
    define("works")
    state("heat_pipes", "2023-09", Decimal("6.0"), unit="公里")
    compute_figures(
        now=NOW - timedelta(days=20),
        actor=None,
        months=1,
        as_of=datetime(2023, 10, 20, tzinfo=SHANGHAI),
    )
    state(
        "heat_pipes",
        "2023-09",
        Decimal("6.0"),
        unit="公里",
        now=datetime(2023, 10, 2, tzinfo=SHANGHAI),
    )
    compute_figures(now=NOW, actor=None, months=1, as_of=datetime(2023, 10, 20, tzinfo=SHANGHAI))
    text = '[works.heat_pipes]\ntitle = { zh = "a", en = "a" }\nunit = "公里"\nkind = "flow"\ndirection = "up"\nstated = "heat_pipes"\nperiods = ["month"]\ndecimals = 2\nauthor = "a"\nchecker = "b"\nsource = "c"\nnext_review = 2027-01-01\n'
    keep_definitions(
        defined=[("city.toml", each) for each in read_definitions(text, "city.toml", TABLES)],
        actor=None,
        now=NOW,
    )
    state("heat_pipes", "2023-10", Decimal("7.25"), unit="公里")
    compute_figures(now=NOW + timedelta(hours=1), actor=None, months=1)

    found = history(defined("works.heat_pipes"), area=DATONG, kind=PeriodKind.MONTH)

    assert [str(each.period) for each in found.breaks] == ["2023-10"]


def test_three_years_of_months_are_judged_beside_the_naive_value():
    define("works")
    for number in range(37):
        year, month = divmod(number, 12)
        state(
            "heat_pipes",
            f"{2020 + year}-{month + 1:02}",
            Decimal(10 + month + number % 2),
            unit="公里",
        )
    compute_figures(now=NOW, actor=None, months=60)

    found = history(defined("works.heat_pipes"), area=DATONG, kind=PeriodKind.MONTH)

    assert found.moved is not None
    assert not found.moved.movement.is_unusual
    assert found.moved.movement.naive == 10
    assert found.moved.naive_error is not None


def test_peers_stand_in_the_order_of_their_places():
    define("air")
    air_days(DATONG, january(2023), 249, 55)
    air_days(TAIYUAN, january(2023), 280, 24)
    compute_figures(now=NOW, actor=None, months=1)

    assert [(each.area, each.rank) for each in peers("air.good_share", "2023-01/P10M")] == [
        (TAIYUAN, 1),
        (DATONG, 2),
    ]


def test_a_figure_leads_to_the_rows_of_its_own_file():
    define("air")
    air_days(DATONG, january(2023), 249, 55)
    compute_figures(now=NOW, actor=None, months=2)

    found = trace(figure("air.good_share", "2023-10"))

    assert [part.month for part in found.parts] == ["2023-10"]
    assert len(found.rows) == 31
    assert all(each.ref.startswith("city day ") for each in found.rows)
    assert sum(each.counts is True for each in found.rows) == 0  # the good days came first
    assert not any(each.is_left_out for each in found.rows)


def test_a_stated_figure_leads_to_its_cell_and_a_formula_to_what_it_uses():
    define("projects")
    state("projects_planned", "2023-10", Decimal(400), unit="件")
    state("projects_done", "2023-10", Decimal(76), unit="件")
    compute_figures(now=NOW, actor=None, months=1)

    share = trace(figure("projects.done_share", "2023-10"))
    [row] = trace(share.uses["done"]).observations

    assert share.figure.value == 19
    assert (row.value, row.cell, row.document.name) == (76, "B7", "bulletin.xlsx")
    assert share.uses["planned"].value == 400


def test_goals_bear_the_worst_light_of_their_measures():
    define("works")
    text = f"""
code = "15886"
title = "t"
valid_from = 2023-01-01
source = "s"
[[goals]]
code = "1"
title = "g"
deadline = 2023-10-31
measures = [
  {{ indicator = "works.heat_pipes", area = "{DATONG}", green = 7, amber = 5 }},
  {{ indicator = "works.neighbourhoods", area = "{DATONG}", green = 60, amber = 50 }},
]
[[goals.goals]]
code = "1.1"
title = "h"
"""
    keep_goal_tree(read=read_goal_tree(text, "g.toml"), actor=None, now=NOW)
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    state("neighbourhoods_renewed", "2023-10", Decimal(51), unit="个")
    compute_figures(now=NOW, actor=None, months=1)

    [(tree, [goal, child])] = goals_now(NOW.date()).items()

    assert (tree.code, goal.light, goal.is_overdue) == ("15886", "amber", True)
    assert (child.goal.depth, child.measures, child.light, child.is_overdue) == (1, (), "", False)
    assert goals_now(date(2022, 1, 1)) == {}


def counted(area, period, count):
    last_day = read_period(period).last_day
    return Figure(
        area=area,
        period=period,
        last_day=last_day,
        numerator=str(count),
        denominator="",
        row_count=count,
        value=Decimal(count),
    )


def test_small_counts_and_what_gives_them_away_are_hidden_from_the_public():
    define("hotline")
    definition = defined("hotline.orders")
    figures = [
        counted(area, "2023-10", count) for area, count in (("", 61), ("a", 3), ("b", 50), ("c", 8))
    ]

    assert hidden_from_public(figures, definition) == {("a", "2023-10"), ("c", "2023-10")}
    assert hidden_from_public([], definition) == frozenset()


def test_a_year_to_date_less_the_one_before_gives_no_small_count_away():
    define("hotline")
    definition = defined("hotline.orders")
    figures = [
        counted(area, period, count)
        for area, counts in {"": (180, 193), "a": (60, 63), "b": (50, 60), "c": (70, 70)}.items()
        for period, count in zip(("2023-01/P9M", "2023-01/P10M"), counts, strict=True)
    ]

    assert hidden_from_public(figures, definition) == {("a", "2023-01/P10M"), ("b", "2023-01/P10M")}


def test_an_area_whose_months_are_told_by_all_others_gives_no_small_count_away():
    """What only areas and periods together tell, in more than one step."""
    define("hotline")
    definition = defined("hotline.orders")
    months, counts = (
        ("2023-01", "2023-02", "2023-01/P2M"),
        {"": (60, 24), "a": (20, 3), "b": (40, 21)},
    )
    figures = [
        counted(area, period, count)
        for area, (january, february) in counts.items()
        for period, count in zip(months, (january, february, january + february), strict=True)
    ]

    hidden = hidden_from_public(figures, definition)

    shown = {(each.area, each.period) for each in figures} - hidden
    assert shown == {("", month) for month in months} | {("a", "2023-01"), ("b", "2023-01")}


def test_a_small_month_is_neither_shown_on_a_card_nor_in_its_line():
    define("mediation")
    for month, count in (("2023-08", 40), ("2023-09", 3), ("2023-10", 50)):
        state("disputes_mediated", month, Decimal(count), unit="件")
    compute_figures(now=NOW, actor=None, months=3)

    [seen] = board(NOW.date(), area=DATONG)
    [public] = board(NOW.date(), area=DATONG, hides_small=True)

    assert [point.value for point in seen.line] == [40, 3, 50]
    assert [point.value for point in public.line] == [40, None, 50]
    assert not public.is_hidden


def test_figures_that_do_not_add_up_over_time_hide_no_other_period():
    define("mediation")
    stated = defined("mediation.disputes")
    level = replace(stated, kind=Kind.LEVEL)
    figures = [counted("a", "2023-01/P9M", 60), counted("a", "2023-01/P10M", 63)]

    assert hidden_from_public(figures, stated) == {("a", "2023-01/P10M")}
    assert hidden_from_public(figures, level) == frozenset()
