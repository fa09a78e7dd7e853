import numpy as np
import pytest

from civicloop.engines.text.topics import features as topic_features
from civicloop.engines.text.topics.features import (
    FAMILY_WEIGHTS,
    KEY_BITS,
    count_features,
    read_batch,
    read_corpus,
    weigh,
)
from civicloop.engines.text.words import MAX_CHARACTERS, cut_words, fold

BODY_SEQUENCES, BODY_WORDS, SUBJECT_SEQUENCES, SUBJECT_WORDS = range(4)


def families(batch):
    return (batch.keys >> KEY_BITS).tolist()


def test_fold_makes_width_case_gaps_and_numbers_alike():
    assert fold("Ａ 区\n１２３ 号\0Lane") == "a区000号lane"


def test_fold_reads_only_the_beginning_of_an_endless_text():
    assert len(fold("路" * (MAX_CHARACTERS + 5))) == MAX_CHARACTERS


def test_words_joined_are_the_text_again():
    text = "小区门口的路灯坏了abc,0.5元"

    assert "".join(cut_words(text)) == text
    assert "路灯" in cut_words(text)


def test_a_field_yields_its_sequences_of_one_to_three_characters_and_its_words():
    batch = read_batch([("路灯坏", "")])

    assert families(batch).count(BODY_SEQUENCES) == 3 + 2 + 1
    assert families(batch).count(BODY_WORDS) == len(batch.words)
    spans = set(zip(batch.starts.tolist(), batch.ends.tolist(), strict=True))
    assert {(0, 1), (1, 2), (2, 3), (0, 2), (1, 3), (0, 3)} <= spans


def test_no_sequence_reaches_over_fields_or_messages():
    batch = read_batch([("路灯", "坏"), ("修", "")])

    assert families(batch).count(BODY_SEQUENCES) == 3 + 1
    assert families(batch).count(SUBJECT_SEQUENCES) == 1
    assert batch.rows[batch.starts == 5].tolist() == [1, 1]


def test_equal_text_in_body_and_subject_are_different_features():
    batch = read_batch([("水", "水")])

    assert sorted(families(batch)) == [BODY_SEQUENCES, BODY_WORDS, SUBJECT_SEQUENCES, SUBJECT_WORDS]
    assert len(set(batch.keys.tolist())) == 4


def test_characters_outside_the_known_planes_share_one_code():
    first, second = read_batch([("\U000f0000", "")]), read_batch([("\U000f0001", "")])

    assert first.keys[0] == second.keys[0]


def test_lone_surrogates_do_not_stop_a_batch():
    assert read_batch([("坏\ud800了", "")]).messages == 1


def test_messages_without_text_have_no_features():
    messages = [("", ""), (" ", "\n")]
    batch = read_batch(messages)

    assert (batch.messages, len(batch.keys), batch.words) == (2, 0, [])
    assert read_corpus(messages, min_messages=1).matrix.shape == (2, 0)


def test_known_features_are_those_of_enough_messages_not_of_many_occurrences():
    messages = [("灯灯", ""), ("灯", ""), ("水水", "")]

    once = read_corpus(messages, min_messages=1).keys
    twice = read_corpus(messages, min_messages=2).keys

    lamp = ord("灯")
    assert lamp in twice
    assert ord("水") in once
    assert ord("水") not in twice


def test_a_corpus_read_in_parts_is_the_one_read_at_once(monkeypatch):
    messages = [
        ("路灯坏了", "路灯"),
        ("", ""),
        ("水管漏水，路灯不亮", ""),
        ("停水", "水"),
        ("路", ""),
    ]
    whole = read_corpus(messages, min_messages=2)

    monkeypatch.setattr(topic_features, "PART_CHARACTERS", 4)
    parts = read_corpus(messages, min_messages=2)

    assert parts.keys.tolist() == whole.keys.tolist()
    assert parts.matrix.toarray().tolist() == whole.matrix.toarray().tolist()
    assert parts.word_counts.tolist() == whole.word_counts.tolist()
    counts = count_features(read_batch(messages), whole.keys)
    assert counts.matrix.toarray().tolist() == whole.matrix.toarray().tolist()


def test_counts_leave_out_unknown_features():
    batch = read_batch([("灯灯水", ""), ("水", "")])
    keys = np.array([ord("灯"), ord("电")])

    counts = count_features(batch, np.sort(keys))

    assert counts.matrix.toarray().tolist() == [[2, 0], [0, 0]]
    assert batch.keys[counts.occurrences].tolist() == [ord("灯")] * 2
    assert counts.cell_of.tolist() == [0, 0]


def test_rows_have_unit_length_and_families_their_weight():
    corpus = read_corpus([("路灯坏了很久", "路灯"), ("噪声", ""), ("", "")], min_messages=1)
    keys = corpus.keys

    matrix = weigh(corpus.matrix, keys, np.ones(len(keys), dtype=np.float32))

    lengths = np.sqrt((matrix.toarray() ** 2).sum(axis=1))
    assert lengths.tolist() == pytest.approx([1, 1, 0], abs=1e-6)
    family = keys >> KEY_BITS
    parts = [np.sqrt((matrix.toarray()[0, family == number] ** 2).sum()) for number in range(4)]
    assert parts == pytest.approx((FAMILY_WEIGHTS / np.linalg.norm(FAMILY_WEIGHTS)).tolist())


def test_repeated_features_weigh_more_by_the_logarithm():
    batch = read_batch([("灯灯灯水", "")])
    keys = np.sort(np.array([ord("灯"), ord("水")]))

    [[water, lamp]] = weigh(
        count_features(batch, keys).matrix, keys, np.ones(2, dtype=np.float32)
    ).toarray()

    assert lamp / water == pytest.approx(1 + np.log(3))
