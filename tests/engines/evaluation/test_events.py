import pytest

from civicloop.engines.evaluation.events import (
    EventGold,
    EventGoldError,
    PairCounts,
    score_events,
)

# Judged: {a b c} {d e}. Predicted: {a b d x} {c} {e y}; x and y were read and belong to no event.
EVENTS = [frozenset("abc"), frozenset("de")]
PREDICTED = {"a": "1", "b": "1", "d": "1", "x": "1", "c": "", "e": "2", "y": "2", "z": "-1"}


def test_b_cubed_counts_judged_appeals_only():
    score = score_events(PREDICTED, EventGold(events=EVENTS))

    # precision a 2/3, b 2/3, c 1, d 1/3, e 1; recall a 2/3, b 2/3, c 1/3, d 1/2, e 1/2
    assert score.b_cubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 + 1 / 3 + 1) / 5)
    assert score.b_cubed.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5)


def test_strict_b_cubed_counts_every_other_appeal_of_the_corpus():
    score = score_events(PREDICTED, EventGold(events=EVENTS))

    # precision a 2/4, b 2/4, c 1, d 1/4, e 1/2
    precision = (2 / 4 + 2 / 4 + 1 + 1 / 4 + 1 / 2) / 5
    assert score.strict.precision == pytest.approx(precision)
    assert score.strict.recall == score.b_cubed.recall
    recall = score.strict.recall
    assert score.strict.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_pairs_are_counted_once_each():
    score = score_events(PREDICTED, EventGold(events=EVENTS))

    # together: ab right, ad and bd wrong; ac, bc and de were missed
    assert score.pair_counts == PairCounts(rightly_joined=1, wrongly_joined=2, missed=3)
    assert score.pairs.precision == pytest.approx(1 / 3)
    assert score.pairs.recall == pytest.approx(1 / 4)


def test_ignored_pairs_and_appeals_do_not_count_against_the_prediction():
    gold = EventGold(
        events=EVENTS,
        ignored_pairs=[("a", "d"), ("d", "a"), ("b", "x"), ("c", "e"), ("a", "b")],
        ignored_ids=frozenset({"y"}),
    )

    score = score_events(PREDICTED, gold)

    # strict: a {a b x} 2/3, b {a b d} 2/3, c 1, d {b d x} 1/3, e {e} 1
    assert score.strict.precision == pytest.approx((2 / 3 + 2 / 3 + 1 + 1 / 3 + 1) / 5)
    # plain: a {a b} 1, b {a b d} 2/3, c 1, d {b d} 1/2, e 1
    assert score.b_cubed.precision == pytest.approx((1 + 2 / 3 + 1 + 1 / 2 + 1) / 5)
    assert score.pair_counts == PairCounts(rightly_joined=1, wrongly_joined=1, missed=3)


def test_near_misses_that_were_put_together_are_reported_as_a_share():
    gold = EventGold(events=EVENTS, near_misses=[("a", "d"), ("a", "e"), ("c", "z"), ("x", "a")])

    score = score_events(PREDICTED, gold)

    assert score.near_misses == 4
    assert score.near_miss_merge_ratio == pytest.approx(2 / 4)


def test_near_miss_share_is_none_where_no_near_miss_was_judged():
    assert score_events(PREDICTED, EventGold(events=EVENTS)).near_miss_merge_ratio is None


def test_whole_and_exact_events_are_told_apart():
    events = [frozenset("ab"), frozenset("cd"), frozenset("e"), frozenset("fg")]
    predicted = {"a": "1", "b": "1", "x": "1", "c": "2", "d": "2", "e": "2", "f": "3", "g": "4"}

    score = score_events(predicted, EventGold(events=events))

    assert score.whole_ratio == pytest.approx(3 / 4)
    assert score.exact_ratio == pytest.approx(1 / 4)
    assert (score.events, score.appeals) == (4, 7)


def test_a_perfect_prediction_scores_one_everywhere():
    score = score_events(
        {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"}, EventGold(events=EVENTS)
    )

    assert score.strict.f1 == score.b_cubed.f1 == score.pairs.f1 == 1
    assert score.whole_ratio == score.exact_ratio == 1


def test_appeals_that_are_missing_from_the_prediction_stand_alone():
    score = score_events({}, EventGold(events=EVENTS))

    assert score.strict.precision == 1
    assert score.strict.recall == pytest.approx((3 * 1 / 3 + 2 * 1 / 2) / 5)
    assert score.pairs.precision == 1
    assert score.pairs.recall == score.pairs.f1 == 0


def test_harmonic_mean_is_zero_where_nothing_is_right():
    score = score_events(
        {"a": "1", "b": "2", "c": "1"}, EventGold(events=[frozenset("ab"), frozenset("c")])
    )

    assert score.pairs.precision == score.pairs.recall == score.pairs.f1 == 0


def test_single_appeals_leave_no_pair_to_miss():
    score = score_events({"a": "1"}, EventGold(events=[frozenset("a")]))

    assert score.pairs.recall == 1


@pytest.mark.parametrize("events", [[], [frozenset("a"), frozenset()]])
def test_missing_and_empty_events_are_refused(events):
    with pytest.raises(EventGoldError, match="missing or one of them is empty"):
        score_events({}, EventGold(events=events))


def test_an_appeal_in_two_events_is_refused():
    with pytest.raises(EventGoldError, match="appeal b stands in two"):
        score_events({}, EventGold(events=[frozenset("ab"), frozenset("bc")]))
