"""What follows from shown cells is found here by exact elimination over all areas and months at once."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.indicators.small_differences import Span
from civicloop.engines.indicators.small_sums import hidden_in_sums

WHOLE = "all"


def ends(months):
    found = [(month, month) for month in range(1, months + 1)]
    found += [(1, month) for month in range(2, months + 1)]
    return found + [(month - 2, month) for month in range(3, months + 1, 3)]


def cells_of(table, months, kinds=None, **fields):
    """Cells of each area and of the whole: counts by area, one a month."""
    lines = {**table, WHOLE: [sum(each) for each in zip(*table.values(), strict=True)]}
    return [
        (name, Span(first=first, last=last, amount=sum(counts[first - 1 : last]), **fields))
        for name, counts in lines.items()
        for first, last in (kinds or ends(months))
    ]


def named(cells, places):
    return {(cells[at][0], cells[at][1].first, cells[at][1].last) for at in places}


def few_that_follow(table, months, shown, smallest):
    """Which small counts of areas and of the whole are sums and differences of what is shown."""
    areas = list(table)

    def vector(name, first, last):
        return [
            Fraction(name in {area, WHOLE} and first <= month <= last)
            for area in areas
            for month in range(1, months + 1)
        ]

    basis = {}  # by the place of the first number that is not zero
    for name, span in shown:
        if rest := reduced(vector(name, span.first, span.last), basis):
            basis[lead(rest)] = rest
    return [
        (name, first, last)
        for name in (*areas, WHOLE)
        for first in range(1, months + 1)
        for last in range(first, months + 1)
        if 0 < sum(sum(table[each][first - 1 : last]) for each in areas if name in {each, WHOLE}) < smallest
        and not reduced(vector(name, first, last), basis)
    ]  # fmt: skip


def lead(row):
    return next(at for at, number in enumerate(row) if number)


def reduced(row, basis):
    while any(row):
        at = lead(row)
        if at not in basis:
            return row
        factor = row[at] / basis[at][at]
        row = [one - factor * other for one, other in zip(row, basis[at], strict=True)]
    return None


def test_a_month_that_all_other_areas_tell_by_their_years_to_date_is_not_left_over():
    """a's February is hidden, and b's: but b's follows from its years to date, and with it a's."""
    table = {"a": [20, 3], "b": [30, 40]}
    cells = cells_of(table, 2)
    small = [at for at, (name, span) in enumerate(cells) if name != WHOLE and span.first == 2]
    to_date = [at for at, (name, span) in enumerate(cells) if name == "a" and span.last == 2]

    found = named(cells, hidden_in_sums(cells, 5, {*small, *to_date}, whole=WHOLE))

    assert found == {("a", 1, 2), ("a", 2, 2), ("b", 1, 2), ("b", 2, 2)}


def test_without_a_whole_or_a_small_count_nothing_more_is_hidden():
    few, many = cells_of({"a": [20, 3], "b": [30, 40]}, 2), cells_of({"a": [20, 9]}, 2)

    assert hidden_in_sums(few, 5, [1], whole="another") == {1}
    assert hidden_in_sums(few, 0, [1], whole=WHOLE) == {1}
    assert hidden_in_sums(many, 5, (), whole=WHOLE) == frozenset()


tables = st.integers(1, 5).flatmap(
    lambda months: st.tuples(
        st.just(months),
        st.dictionaries(
            st.sampled_from("abcd"),
            st.lists(st.integers(0, 12), min_size=months, max_size=months),
            min_size=2,
        ),
    )
)


@settings(max_examples=120)
@given(tables, st.integers(2, 6), st.data())
def test_nobody_finds_a_small_count_from_areas_and_months_together(given_, smallest, data):
    months, table = given_
    cells = cells_of(table, months)
    also = data.draw(st.sets(st.integers(0, len(cells) - 1), max_size=len(cells) // 2))

    hidden = hidden_in_sums(cells, smallest, also, whole=WHOLE)

    assert also <= hidden
    shown = [each for at, each in enumerate(cells) if at not in hidden]
    assert few_that_follow(table, months, shown, smallest) == []


@settings(max_examples=40)
@given(tables, st.integers(2, 6))
def test_what_was_shown_stays_when_later_months_come(given_, smallest):
    months, table = given_
    cells = cells_of(table, months)
    hidden = named(cells, hidden_in_sums(cells, smallest, (), whole=WHOLE))

    for last in range(1, months):
        early = [each for each in cells if each[1].last <= last]
        found = named(early, hidden_in_sums(early, smallest, (), whole=WHOLE))
        assert found == {each for each in hidden if each[2] <= last}


def test_rows_of_a_month_are_divided_by_the_months():
    table = {"a": [4, 4], "b": [30, 30]}
    kinds = [(1, 2)]

    assert hidden_in_sums(cells_of(table, 2, kinds), 5, (), whole=WHOLE) == frozenset()
    monthly = cells_of(table, 2, kinds, per_months=True)
    assert named(monthly, hidden_in_sums(monthly, 5, (), whole=WHOLE)) == {("a", 1, 2), ("b", 1, 2)}
