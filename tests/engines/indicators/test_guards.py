from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.indicators.guards import (
    Doubt,
    breaks_of,
    impossible,
    jump_of,
    jumps_among,
    missing_areas,
    stale_since,
)
from civicloop.engines.indicators.periods import read_period
from civicloop.engines.indicators.small_cells import hidden_cells
from tests.engines.indicators.samples import definition

USUAL = [Decimal("14.1"), Decimal("15.0"), Decimal("13.2")]


@pytest.mark.parametrize(
    ("value", "factor"),
    [
        ("14.68", None),
        ("30", None),
        ("146800", Fraction(10_000)),  # 万元 for 亿元
        ("0.001468", Fraction(1, 10_000)),
        ("1468000000", Fraction(100_000_000)),  # yuan for 亿元
        ("1468", Fraction(100)),
        ("0", None),
    ],
)
def test_a_value_in_another_unit_is_seen(value, factor):
    assert jump_of(Decimal(value), USUAL) == factor


def test_values_that_are_few_or_unlike_each_other_show_no_jump():
    assert jump_of(Decimal(146_800), USUAL[:2]) is None
    assert jump_of(Decimal(146_800), [Decimal(1), Decimal(14), Decimal(200)]) is None


def test_a_value_in_another_unit_is_seen_among_those_that_come_with_it():
    year = [Decimal(each) for each in (14, 15, 13, 14, 16, 15, 0, 14, 13, 17, 15)]
    wrong = [*year[:4], Decimal(150_000), *year[4:], Decimal("0.0014")]

    assert jumps_among(wrong) == {4: Fraction(10_000), 12: Fraction(1, 10_000)}
    assert jumps_among(year) == {}
    assert jumps_among([]) == jumps_among([Decimal(0)] * 5) == {}
    half = [Decimal(15), Decimal(150_000)] * 6  # which half is right?
    assert jumps_among(half) == {}
    assert jumps_among([Decimal(15), Decimal(15), Decimal(150_000)]) == {}  # too few to say


@pytest.mark.parametrize(
    ("value", "doubt"),
    [("101", Doubt.ABOVE_BOUND), ("-1", Doubt.BELOW_BOUND), ("100", None), ("0", None)],
)
def test_a_share_lies_between_0_and_100(value, doubt):
    found = impossible(Decimal(value), definition())

    assert (found[0] if found else None) is doubt


def test_a_count_is_whole():
    count = definition(without=("denominator",), kind="count", unit="件")

    assert impossible(Decimal("1.5"), count) == (Doubt.NOT_WHOLE, Decimal("1.5"))
    assert impossible(Decimal("6167.0"), count) is None


def test_data_are_late_when_the_next_period_and_its_days_of_grace_are_over():
    share, last = definition(fresh_days=15), read_period("2023-09")

    assert stale_since(share, last, date(2023, 11, 13)) is None
    assert stale_since(share, last, date(2023, 11, 16)) == date(2023, 11, 16)
    assert stale_since(share, read_period("2023-01/P9M"), date(2023, 11, 16)) == date(2023, 11, 16)
    assert stale_since(share, read_period("2023-Q3"), date(2024, 1, 15)) is None
    assert stale_since(definition(), last, date(2030, 1, 1)) is None
    assert stale_since(share, None, date(2030, 1, 1)) is None


def test_areas_without_a_figure_are_named():
    values = {"140200000000": Decimal(1), "140100000000": None}

    assert missing_areas(["140200000000", "140300000000", "140100000000"], values) == [
        "140100000000", "140300000000",
    ]  # fmt: skip


def test_a_series_breaks_where_its_meaning_changes():
    periods = [read_period(f"2023-{month:02}") for month in range(1, 6)]

    [found] = breaks_of(list(zip(periods, ["a", "a", "", "b", "b"], strict=True)))

    assert (str(found.period), found.was, found.now) == ("2023-04", "a", "b")


def test_a_small_count_hides_another_so_that_the_sum_does_not_give_it_away():
    assert hidden_cells([[3, 40, 12, 0]], 5) == {(0, 0), (0, 2)}


def test_two_small_counts_hide_each_other_if_together_they_are_large_enough():
    assert hidden_cells([[3, 40, 4]], 5) == {(0, 0), (0, 2)}
    assert hidden_cells([[1, 40, 2]], 5) == {(0, 0), (0, 1), (0, 2)}


def test_zeros_are_hidden_only_where_nothing_else_is_left():
    assert hidden_cells([[3, 0]], 5) == {(0, 0), (0, 1)}
    assert hidden_cells([[0, 7]], 5) == frozenset()


def test_nothing_is_hidden_where_any_count_may_be_shown():
    assert hidden_cells([[1, 2], [3, 4]], 0) == frozenset()


def test_a_table_hides_along_rows_and_columns():
    table = [[2, 30, 40], [50, 60, 70], [80, 90, 99]]

    assert hidden_cells(table, 5) == {(0, 0), (0, 1), (1, 0), (1, 1)}


@settings(max_examples=50)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=2, max_size=4
        )
    ),
    st.integers(2, 10),
)
def test_no_line_gives_away_what_it_hides(table, smallest):
    hidden = hidden_cells(table, smallest)

    assert {
        (r, c) for r, row in enumerate(table) for c, n in enumerate(row) if 0 < n < smallest
    } <= hidden
    lines = [[(r, c) for c in range(len(row))] for r, row in enumerate(table)]
    lines += [[(r, c) for r in range(len(table))] for c in range(len(table[0]))]
    for line in lines:
        inside = [table[r][c] for r, c in line if (r, c) in hidden]
        is_safe = len(inside) > 1 and sum(inside) >= smallest
        assert not inside or is_safe or len(inside) == len(line)
