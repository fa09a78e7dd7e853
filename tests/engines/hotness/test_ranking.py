import math
from dataclasses import replace

import pytest

from civicloop.engines.hotness.ranking import (
    FACTORS,
    HeatScales,
    HeatWeights,
    HotCandidate,
    HotnessInputError,
    rank_hot_issues,
)

QUIET_WEEK = (0, 0, 1, 0, 0, 0, 0)
BUSY_WEEK = (0, 1, 2, 1, 1, 0, 1)
FULL = HotCandidate(
    key=1,
    people=10,
    appeals=10,
    recent=QUIET_WEEK * 4 + BUSY_WEEK,
    places=10,
    repeat_callers=9,
    support=99,
    oppose=9,
    unresolved=5,
    oldest_unresolved_days=29.0,
)


def heat_of(candidate, **options):
    return rank_hot_issues([candidate], **options)[0]


def factor_of(candidate, code, **options):
    return next(one for one in heat_of(candidate, **options).factors if one.code == code)


def test_heat_is_the_sum_of_the_factors_points():
    issue = heat_of(FULL)

    # 6 in the week, 4 in the four weeks before: expected 2 and 8
    z = math.sqrt(2 * (6 * math.log(6 / 2) + 4 * math.log(4 / 8)))
    scores = {
        "people": math.log(10) / math.log(1000),
        "growth": z / 6,
        "spread": math.log(10) / math.log(100),
        "repeat": math.log(10) / math.log(101),
        "support": math.log(100) / math.log(1001),
        "oppose": math.log(10) / math.log(1001),
        "unresolved": math.log(30) / math.log(366) * 5 / 10,
    }
    weights = {"people": 35, "growth": 25, "spread": 10, "repeat": 8}
    weights |= {"support": 8, "oppose": 2, "unresolved": 12}
    assert [factor.code for factor in issue.factors] == list(FACTORS)
    for factor in issue.factors:
        assert factor.score == pytest.approx(scores[factor.code]), factor.code
        assert factor.weight == pytest.approx(weights[factor.code] / 100)
        assert factor.points == pytest.approx(scores[factor.code] * weights[factor.code])
    assert issue.heat == pytest.approx(sum(scores[code] * weights[code] for code in scores))
    assert issue.rank == 1


def test_raw_values_are_shown_in_their_units():
    raw = {factor.code: factor.raw for factor in heat_of(FULL).factors}

    assert raw.pop("growth") == pytest.approx(2.7637, abs=0.0001)
    assert raw == {
        "people": 10,
        "spread": 10,
        "repeat": 9,
        "support": 99,
        "oppose": 9,
        "unresolved": 29,
    }


def test_an_issue_rises_when_its_week_is_far_above_the_same_weekdays_before():
    rising = replace(FULL, recent=QUIET_WEEK * 8 + BUSY_WEEK)

    assert not heat_of(FULL).rising
    assert heat_of(rising).rising
    assert factor_of(rising, "growth").raw > 3


def test_two_citizens_in_a_week_are_not_rising():
    pair = HotCandidate(key=1, people=2, appeals=2, recent=(0,) * 56 + (0, 0, 0, 0, 0, 1, 1))

    assert factor_of(pair, "growth").raw == pytest.approx(math.sqrt(2 * 2 * math.log(9)))
    assert not heat_of(replace(pair, recent=(0,) * 56 + (0, 0, 0, 0, 0, 0, 2))).rising


def test_a_week_below_its_baseline_scores_no_growth():
    falling = replace(FULL, recent=BUSY_WEEK * 4 + QUIET_WEEK)

    assert factor_of(falling, "growth").raw < 0
    assert factor_of(falling, "growth").score == 0


@pytest.mark.parametrize("recent", [(), (3,), (1,) * 13])
def test_growth_is_zero_while_no_earlier_week_is_known(recent):
    factor = factor_of(replace(FULL, recent=recent), "growth")

    assert factor.raw == 0


def test_days_before_the_ninth_week_do_not_matter():
    long_ago = replace(FULL, recent=(50,) * 14 + QUIET_WEEK * 8 + BUSY_WEEK)
    plain = replace(FULL, recent=QUIET_WEEK * 8 + BUSY_WEEK)

    assert heat_of(long_ago).heat == heat_of(plain).heat


def test_a_template_author_makes_no_hot_issue():
    template = HotCandidate(
        key=1,
        people=1,
        appeals=92,
        recent=(0,) * 28 + (92, 0, 0, 0, 0, 0, 0),
        places=40,
        repeat_callers=1,
        unresolved=92,
        oldest_unresolved_days=60,
    )
    shared = HotCandidate(key=2, people=3, appeals=3, recent=(0,) * 28 + (1, 1, 1, 0, 0, 0, 0))

    first, second = rank_hot_issues([template, shared])

    assert first.key == 2
    assert (second.key, second.heat, second.rising) == (1, 0.0, False)


def test_appeals_weigh_as_many_citizens_as_stand_behind_them():
    doubled = replace(
        FULL, appeals=20, recent=tuple(2 * count for count in FULL.recent), unresolved=10
    )

    assert heat_of(doubled).heat == heat_of(FULL).heat


def test_a_known_single_source_counts_as_one_citizen():
    issue = heat_of(replace(FULL, single_source=True))

    assert {factor.code for factor in issue.factors if factor.points} == {"support", "oppose"}


def test_a_matter_of_two_citizens_counts_half_as_shared():
    two = replace(FULL, people=2, appeals=10)

    assert factor_of(two, "spread").score == pytest.approx(0.5 * 0.5)


def test_scores_are_full_at_the_scale_and_never_above():
    huge = replace(FULL, people=10**6, appeals=10**6, places=10**5, support=10**7)

    scores = {factor.code: factor.score for factor in heat_of(huge).factors}

    assert scores["people"] == scores["spread"] == scores["support"] == 1
    assert factor_of(replace(FULL, people=1000), "people").score == pytest.approx(1)


@pytest.mark.parametrize(
    "field", ["people", "places", "repeat_callers", "support", "oppose", "unresolved"]
)
def test_more_never_cools_an_issue(field):
    more = replace(FULL, **{field: getattr(FULL, field) + 1})

    assert heat_of(more).heat > heat_of(FULL).heat


def test_weights_count_by_proportion():
    only_people = HeatWeights(
        people=3, growth=0, spread=0, repeat=0, support=0, oppose=0, unresolved=0
    )

    issue = heat_of(FULL, weights=only_people)

    assert issue.heat == pytest.approx(100 / 3)
    assert issue.factors[0].weight == 1


def test_scales_can_be_set():
    assert factor_of(FULL, "people", scales=HeatScales(people=100)).score == pytest.approx(0.5)


def test_heat_does_not_depend_on_the_other_candidates():
    alone = heat_of(FULL)

    beside = rank_hot_issues([replace(FULL, key=2, people=500, appeals=900, recent=()), FULL])

    assert [issue.heat for issue in beside if issue.key == 1] == [alone.heat]


def test_ties_are_ordered_by_people_then_by_key():
    only_growth = HeatWeights(people=0, spread=0, repeat=0, support=0, oppose=0, unresolved=0)
    even = HotCandidate(key=7, people=4, appeals=4, recent=())
    candidates = [even, replace(even, key=3), replace(even, key=9, people=5, appeals=5)]

    ranked = rank_hot_issues(candidates, weights=only_growth)

    assert [issue.key for issue in ranked] == [9, 3, 7]
    assert [issue.rank for issue in ranked] == [1, 2, 3]


def test_only_the_top_is_returned_when_asked():
    candidates = [replace(FULL, key=key, people=key + 3) for key in range(5)]

    assert [issue.key for issue in rank_hot_issues(candidates, top=2)] == [4, 3]


def test_nothing_ranks_to_nothing():
    assert rank_hot_issues([]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": -1},
        {"recent": (0, -1)},
        {"oldest_unresolved_days": -0.5},
        {"oldest_unresolved_days": math.nan},
        {"oldest_unresolved_days": math.inf},
    ],
)
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(HotnessInputError, match="negative or not finite"):
        heat_of(replace(FULL, **wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        HeatWeights(growth=-1),
        HeatWeights(growth=math.nan),
        HeatWeights(people=0, growth=0, spread=0, repeat=0, support=0, oppose=0, unresolved=0),
    ],
)
def test_impossible_weights_are_refused(wrong):
    with pytest.raises(HotnessInputError, match="weights"):
        heat_of(FULL, weights=wrong)


@pytest.mark.parametrize("wrong", [1.0, -5.0, math.inf])
def test_impossible_scales_are_refused(wrong):
    with pytest.raises(HotnessInputError, match="scale"):
        heat_of(FULL, scales=HeatScales(people=wrong))
