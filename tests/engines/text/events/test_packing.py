from dataclasses import replace

import numpy as np
import pytest

from civicloop.engines.text.events import Background, learn_background
from civicloop.engines.text.events.corpus import corpus_of
from civicloop.engines.text.events.packing import packed, unpacked
from civicloop.engines.text.events.pairs import evidence_of
from tests.engines.text.event_messages import city, message

NUMBERED = [
    message(
        3001, "青禾路12号停水，工单83517", "自来水断了三天，编号83517", author="u1", place="青禾区"
    ),
    message(
        3002, "青禾路9号停水", "水厂推脱，编号83517，1200元", author="u1", place="青禾区 南乔镇"
    ),
    message(3003, "", "", received_at=None),
]
MESSAGES = [*city()[0][:20], *NUMBERED]


@pytest.fixture(scope="module")
def background() -> Background:
    return learn_background([*city()[0], *NUMBERED])


def all_pairs(corpus, background):
    return evidence_of(corpus, background, *np.triu_indices(len(MESSAGES), 1))


def test_what_was_packed_is_compared_as_what_is_just_read(background):
    corpus = corpus_of(MESSAGES, background)

    again = unpacked(list(packed(corpus)), background)

    assert np.array_equal(all_pairs(again, background), all_pairs(corpus, background))


def test_messages_packed_apart_are_unpacked_together(background, monkeypatch):
    singly = [part for one in MESSAGES for part in packed(corpus_of([one], background))]
    monkeypatch.setattr("civicloop.engines.text.events.packing._ROWS_AT_ONCE", 7)

    assert singly == list(packed(corpus_of(MESSAGES, background)))


def test_other_words_are_other_bytes(background):
    changed = replace(MESSAGES[0], text=MESSAGES[9].text)

    one, other = packed(corpus_of([MESSAGES[0], changed], background))

    assert one != other
