from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from civicloop.values.ranks import rank_with_ties


def test_equal_values_share_a_place_and_the_next_place_is_left_out():
    index = [Decimal(text) for text in ("2.90", "3.10", "2.80", "2.90")]

    assert rank_with_ties(index, descending=False) == [2, 4, 1, 2]


def test_from_the_bottom_equal_values_share_a_place_too():
    index = [Decimal(text) for text in ("2.90", "3.10", "2.80", "2.90")]

    assert rank_with_ties(index, descending=True) == [2, 1, 4, 2]


def test_nothing_has_no_places():
    assert rank_with_ties([], descending=True) == []


@given(st.lists(st.integers(0, 9)), st.booleans())
def test_a_place_is_one_more_than_the_number_of_better_values(values, descending):
    def is_better(other, value):
        return other > value if descending else other < value

    expected = [1 + sum(is_better(other, value) for other in values) for value in values]

    assert rank_with_ties(values, descending) == expected
