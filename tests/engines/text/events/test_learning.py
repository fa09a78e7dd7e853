"""What people judged moves the weights: a little for few judgements, far for many of one mind."""

from itertools import combinations

import numpy as np
import pytest

from civicloop.engines.text.events import find_events
from civicloop.engines.text.events.candidates import candidate_pairs, filings_of
from civicloop.engines.text.events.corpus import corpus_of
from civicloop.engines.text.events.learning import (
    Judgement,
    changes,
    fit_pair_model,
    judged_pairs,
    measure_pair_gain,
)
from civicloop.engines.text.events.model import (
    EVIDENCE,
    PRIOR,
    PairModel,
    PairModelError,
    log_odds_of,
)
from civicloop.engines.text.events.pairs import evidence_of
from tests.engines.text.event_messages import city
from tests.engines.text.judged_town import judgements_about, town


@pytest.fixture(scope="module")
def messages():
    return town(80)[0]


@pytest.fixture(scope="module")
def truth():
    return town(80)[1]


@pytest.fixture(scope="module")
def found(messages):
    return find_events(messages)


def of_half(truth, half):
    """The events of every other four places."""
    return {number: event for number, event in truth.items() if event // 8 % 2 == half}


@pytest.fixture(scope="module")
def judged(messages, truth, found):
    return judged_pairs(messages, judgements_about(of_half(truth, 0)), found.background)


def f1(event_of, truth):
    pairs = set(combinations(sorted(truth), 2))
    joined = {(a, b) for a, b in pairs if event_of[a] == event_of[b]}
    true = {(a, b) for a, b in pairs if truth[a] == truth[b]}
    return 2 * len(joined & true) / (len(joined) + len(true))


def compared(messages, background):
    """The evidence of pairs that are alike, most of them of two matters."""
    corpus = corpus_of(messages, background)
    filings = filings_of(corpus.grams.pairs, background)
    first, second = candidate_pairs(filings, len(messages), background)
    return evidence_of(corpus, background, first[:2000], second[:2000])


def test_many_judgements_find_more_of_the_events_that_nobody_judged(messages, truth, found, judged):
    learned = fit_pair_model(judged, rehearsed=compared(messages, found.background))

    after = find_events(messages, pair_model=learned)

    others = of_half(truth, 1)
    assert len(judged) >= 300
    assert f1(after.event_of, others) > f1(found.event_of, others) + 0.2
    assert after.background.pair_model is learned


def test_the_gain_is_measured_on_judgements_that_were_not_learned_from(judged):
    gain = measure_pair_gain(judged)

    assert gain.is_measured
    assert gain.pairs == len(judged)
    assert gain.now.f1 > gain.before.f1
    assert gain.better > gain.worse


def test_five_judgements_change_nearly_nothing():
    messages, truth = city()
    before = find_events(messages)
    told = [(1, 2, True), (3, 4, True), (5, 6, True), (1, 3, False), (2, 40, False)]
    judgements = [Judgement(first=a, second=b, same=same) for a, b, same in told]
    few = judged_pairs(messages, judgements, before.background)

    after = find_events(messages, pair_model=fit_pair_model(few))

    assert abs(f1(after.event_of, truth) - f1(before.event_of, truth)) < 0.05
    assert not measure_pair_gain(few).is_measured


def test_what_nobody_judged_stays_as_it_was(judged, messages, found):
    strangers = [Judgement(first=n, second=n + 7, same=False) for n in range(1, 300)]
    unjudged = judged_pairs(messages, strangers, found.background).evidence

    def moved(model):
        return float(np.abs(log_odds_of(unjudged, model) - log_odds_of(unjudged)).mean())

    rehearsed = moved(fit_pair_model(judged, rehearsed=unjudged))

    assert rehearsed < moved(fit_pair_model(judged))


def test_a_stronger_pull_keeps_the_weights_nearer_to_the_prior(judged):
    near, far = fit_pair_model(judged, pull=1000), fit_pair_model(judged, pull=10)

    assert abs(changes(PRIOR, near, 1)[0].step) < abs(changes(PRIOR, far, 1)[0].step)
    assert changes(PRIOR, PRIOR, 5) == []


def test_the_same_judgements_give_the_same_weights(judged):
    assert fit_pair_model(judged).as_data() == fit_pair_model(judged).as_data()


@pytest.mark.parametrize("verdict", [True, False])
def test_one_verdict_alone_teaches_nothing(judged, verdict):
    one_sided = judged.part(judged.same == verdict)

    assert fit_pair_model(one_sided) is PRIOR
    gain = measure_pair_gain(one_sided)
    assert (gain.better, gain.worse, gain.chance) == (0, 0, 1.0)


def test_nothing_judged_is_nothing_learned(found):
    nothing = judged_pairs([], [], found.background)

    assert fit_pair_model(nothing) is PRIOR
    assert measure_pair_gain(nothing).groups == 0


def test_pairs_that_the_weights_in_use_have_seen_are_not_compared(judged):
    unseen = judged.group >= np.median(judged.group)

    gain = measure_pair_gain(judged, unseen=unseen)

    assert gain.pairs == unseen.sum() < len(judged)


def test_appeals_that_hang_together_are_one_group(messages, found):
    told = [(1, 2, True), (2, 3, False), (4, 5, True), (999_999, 1, True)]
    judgements = [Judgement(first=a, second=b, same=same) for a, b, same in told]

    pairs = judged_pairs(messages, judgements, found.background)

    assert pairs.group[0] == pairs.group[1] != pairs.group[2]
    assert len(pairs) == 3


def test_an_event_of_many_appeals_weighs_by_its_appeals_not_its_pairs(messages, found):
    large = [Judgement(first=a, second=b, same=True) for a, b in combinations(range(1, 11), 2)]
    small = Judgement(first=20, second=21, same=True, weight=0.5)

    weight = judged_pairs(messages, [*large, small], found.background).weight

    assert weight[:-1].sum() == pytest.approx(5)
    assert weight[-1] == 0.5


def test_weights_are_kept_as_data():
    again = PairModel.from_data(PRIOR.as_data())

    assert again.as_data() == PRIOR.as_data()
    assert set(PRIOR.as_data()["place"]["weights"]) == set(EVIDENCE)


@pytest.mark.parametrize("value", [None, "much", float("nan"), float("inf")])
def test_damaged_weights_are_refused(value):
    data = PRIOR.as_data()
    data["place"]["weights"]["wording"] = value

    with pytest.raises(PairModelError):
        PairModel.from_data(data)


def test_weights_without_a_factor_are_refused():
    with pytest.raises(PairModelError, match="problem"):
        PairModel.from_data({"place": PRIOR.as_data()["place"]})
