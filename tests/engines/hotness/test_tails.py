import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.engines.hotness.tails import tail, threshold_of, upper_limit


def test_a_poisson_tail_is_the_limit_of_a_large_size():
    chance = tail(np.array([3.0]), np.array([0.5]), np.array([1e9]))

    # the chance of fewer: e to the -0.5, times 1 and 0.5 and 0.125
    assert chance[0] == pytest.approx(0.0143877, rel=1e-5)


def test_a_geometric_tail_is_a_power():
    # size 1: P(N >= k) = (mean / (1 + mean))^k
    chance = tail(np.array([4.0]), np.array([3.0]), np.array([1.0]))

    assert chance[0] == pytest.approx(0.75**4)


def test_no_count_at_all_is_certain_and_a_huge_one_never_impossible():
    chance = tail(np.array([0.0, 5000.0]), np.array([1e-6, 1e-6]), np.array([5.0, 5.0]))

    assert chance[0] == 1.0
    assert 0 < chance[1] < 1e-200


def test_tests_that_can_hardly_alarm_leave_the_budget_to_the_others():
    chances = np.array([0.5, 1e-6, 1e-6])

    bound = threshold_of(chances, np.ones(3), 0.01)

    assert bound == pytest.approx(0.01 - 2e-6)


def test_a_budget_for_everything_bounds_nothing():
    assert threshold_of(np.array([0.1, 0.2]), np.ones(2), 1.0) == 1.0


@given(
    st.lists(st.floats(1e-9, 1), min_size=1, max_size=30),
    st.floats(1e-6, 3),
)
def test_the_budget_is_used_up_and_never_exceeded(chances, budget):
    known = np.array(chances)

    bound = threshold_of(known, np.ones(len(known)), budget)

    used = np.minimum(known, bound).sum()
    assert used <= budget * (1 + 1e-9)
    assert bound == 1.0 or used == pytest.approx(budget)


def test_the_upper_limit_is_exceeded_as_seldom_as_asked():
    mean = np.array([0.0, 0.05, 4.0])

    limit = upper_limit(mean, np.full(3, 1e9), np.full(3, 0.01))

    assert limit.tolist() == [0, 1, 9]  # P(N > 1 | 0.05) = 0.0012, P(N > 9 | 4) = 0.0081
