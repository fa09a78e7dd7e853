from dataclasses import replace

import numpy as np
import pytest

from civicloop.engines.text.events import Background, ReadLately, learn_background
from civicloop.engines.text.events.corpus import corpus_of
from civicloop.engines.text.events.pairs import evidence_of
from tests.engines.text.event_messages import city

MESSAGES = city()[0][:30]


@pytest.fixture(scope="module")
def background() -> Background:
    return learn_background(city()[0])


def all_pairs(corpus, background):
    return evidence_of(corpus, background, *np.triu_indices(len(corpus.messages), 1))


def test_what_is_remembered_is_compared_as_what_is_just_read(background):
    lately = ReadLately(background)
    lately.corpus(MESSAGES[10:20])

    corpus = lately.corpus(MESSAGES)  # some remembered, some not

    expected = all_pairs(corpus_of(MESSAGES, background), background)
    assert corpus.messages == tuple(MESSAGES)
    assert np.array_equal(all_pairs(corpus, background), expected)


def test_a_message_whose_words_have_changed_is_read_anew(background):
    lately = ReadLately(background)
    lately.corpus(MESSAGES[:1])
    changed = replace(MESSAGES[0], text=MESSAGES[9].text)

    assert lately.corpus([changed]).messages == (changed,)


def test_the_oldest_is_forgotten_first(background):
    lately = ReadLately(background, most=2)
    for message in (MESSAGES[0], MESSAGES[1], MESSAGES[0], MESSAGES[2]):
        lately.corpus([message])

    assert list(lately._held) == [MESSAGES[0].id, MESSAGES[2].id]


def test_scores_are_remembered_until_words_change(background):
    first, second = np.triu_indices(len(MESSAGES), 1)
    expected = ReadLately(background).log_odds(MESSAGES, first, second)
    lately = ReadLately(background)
    lately.log_odds(MESSAGES[:20], *np.triu_indices(20, 1))

    assert lately.log_odds(MESSAGES, first, second) == pytest.approx(expected)
    assert lately.log_odds(MESSAGES, first, second) == pytest.approx(expected)

    one, other = np.array([0]), np.array([1])
    changed = [MESSAGES[0], replace(MESSAGES[0], id=MESSAGES[1].id)]
    assert lately.log_odds(changed, one, other)[0] > expected[0]
    assert lately.log_odds(MESSAGES[:2], one, other) == pytest.approx(expected[:1])


@pytest.mark.parametrize("most_scored", [7, 2])
def test_scores_are_right_also_when_there_is_room_for_few(background, most_scored):
    lately = ReadLately(background, most_scored=most_scored)
    for start in (0, 5, 2, 0, 9, 0):
        some = MESSAGES[start : start + 5]
        first, second = np.triu_indices(len(some), 1)

        expected = ReadLately(background).log_odds(some, first, second)

        assert lately.log_odds(some, first, second) == pytest.approx(expected)


def test_a_pair_is_compared_once(background, monkeypatch):
    lately = ReadLately(background)
    lately.log_odds(MESSAGES[:20], *np.triu_indices(20, 1))
    compared = []

    def counted(corpus, background, first, second):
        compared.append(len(first))
        return evidence_of(corpus, background, first, second)

    monkeypatch.setattr("civicloop.engines.text.events.lately.evidence_of", counted)
    lately.log_odds(MESSAGES[:21], *np.triu_indices(21, 1))

    assert compared == [20]
