from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.indicators.small_differences import Span, hidden_spans

MONTHS = [(month, month) for month in range(1, 13)]
TO_DATE = [(1, month) for month in range(2, 13)]
QUARTERS = [(first, first + 2) for first in (1, 4, 7, 10)]


def spans(counts, ends, **fields):
    return [
        Span(first=first, last=last, amount=sum(counts[first - 1 : last]), **fields)
        for first, last in ends
    ]


def hidden(counts, ends, smallest=5, **fields):
    found = hidden_spans(spans(counts, ends, **fields), smallest)
    return {ends[at] for at in found}


def test_two_years_to_date_hide_the_month_between_them():
    assert hidden([20, 3], [(1, 1), (1, 2)]) == {(1, 2)}
    assert hidden([20, 8], [(1, 1), (1, 2)]) == set()
    assert hidden([20, 0], [(1, 1), (1, 2)]) == set()


def test_a_hidden_month_hides_another_of_its_quarter_or_year():
    assert hidden([20, 3, 30], [*MONTHS[:3], (1, 3)]) == {(2, 2), (3, 3)}
    assert hidden([20, 3, 30], [*MONTHS[:3], *TO_DATE[:2]]) == {(1, 2), (2, 2), (3, 3)}


def test_what_was_shown_stays_when_later_months_come():
    counts = [9, 9, 2, 9, 1, 9, 9, 3, 1, 9, 9, 9]
    every = [*MONTHS, *TO_DATE, *QUARTERS]

    for last in range(2, 13):
        known = [each for each in every if each[1] < last]
        assert hidden(counts, known) == {each for each in hidden(counts, every) if each[1] < last}


def test_rows_of_a_month_are_divided_by_the_months():
    assert hidden([10, 10, 10], [(1, 3)], per_months=True) == set()
    assert hidden([4, 4, 4], [(1, 3)], per_months=True) == {(1, 3)}
    assert hidden([4, 4, 4], [(1, 3)]) == set()


def test_nothing_is_hidden_where_any_count_may_be_shown():
    assert hidden([1, 2], [(1, 1), (1, 2)], smallest=0) == set()
    assert hidden_spans([], 5) == frozenset()


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 12), min_size=12, max_size=12),
    st.sets(st.sampled_from([*MONTHS, *TO_DATE, *QUARTERS]), min_size=1),
    st.integers(2, 8),
)
def test_nobody_finds_a_small_count_by_adding_and_subtracting(counts, ends, smallest):
    ends = sorted(ends)
    shown = [each for each in ends if each not in hidden(counts, ends, smallest)]
    known = {(first - 1, last) for first, last in shown}

    while True:
        further = {
            (min(pair), max(pair))
            for one, other in combinations(known, 2)
            if len(pair := set(one) ^ set(other)) == 2
        } - known
        if not further:
            break
        known |= further

    found = [sum(counts[first:last]) for first, last in known]
    assert [count for count in found if 0 < count < smallest] == []
