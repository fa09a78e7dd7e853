import numpy as np
import pytest

from civicloop.engines.hotness.laws import Law, corrected

POISSON = np.array([1e9])


def _law(mean: float, given: float = 0.0) -> Law:
    return Law(np.array([given]), np.array([mean]), POISSON)


def test_fewer_than_three_people_and_no_more_than_expected_are_no_news():
    assert _law(0.01).chance(np.array([2.0]))[0] == 1.0
    assert _law(5.0).chance(np.array([5.0]))[0] == 1.0
    assert _law(0.5).chance(np.array([3.0]))[0] == pytest.approx(0.0143877, rel=1e-5)


def test_who_is_taken_for_granted_did_not_join():
    law = _law(0.5, given=1.0)

    assert law.expected[0] == 1.5
    assert law.chance(np.array([4.0]))[0] == pytest.approx(0.0143877, rel=1e-5)


def test_the_correction_adds_up_how_often_each_window_is_as_rare():
    laws = [_law(0.5), _law(0.1)]
    least = laws[0].chance(np.array([3.0]))

    score = corrected(least, laws, largest=0.05)

    # three people: 0.0143877 where 0.5 are expected, 0.0001547 where 0.1 are; fewer are never told
    assert score[0] == pytest.approx(0.0143877 + 0.0001547, rel=1e-3)
    assert score[0] < len(laws) * least[0]


def test_what_is_far_from_an_alarm_is_not_corrected():
    assert corrected(np.array([0.3]), [_law(0.5)], largest=0.05)[0] == 0.3


def test_the_corrected_chance_is_a_bound_on_how_often_it_is_so_small():
    chance = np.random.default_rng(3)
    size, mean = np.array([0.5]), np.array([0.4])
    draws = chance.negative_binomial(0.5, 0.5 / (0.5 + 0.4), size=(50_000, 2)).astype(float)
    law = Law(np.zeros(50_000), np.full(50_000, mean[0]), np.full(50_000, size[0]))
    both = Law(law.given, law.mean * 2, law.size * 2)
    least = np.minimum(law.chance(draws[:, 0]), both.chance(draws.sum(axis=1)))

    scores = corrected(least, [law, both], largest=1.0)

    for bound in (0.2, 0.05, 0.01):
        assert (scores <= bound).mean() <= bound * 1.05
