"""What is said of a model after its training: drift, gain, what to ask, what contradicts."""

import pytest

from civicloop.engines.text.topics import HiddenGuess, LabelledText, TopicText
from civicloop.engines.text.topics.drift import DriftKind, NewMessages, drift_warnings
from civicloop.engines.text.topics.gain import measure_gain
from civicloop.engines.text.topics.model import UsualMessages
from civicloop.engines.text.topics.questions import (
    ConflictKind,
    choose_for_labelling,
    find_label_conflicts,
)

USUAL = UsualMessages(
    top_shares={"供水": 0.5, "噪声": 0.3, "道路": 0.2}, probability=(0.9, 0.1), known=(0.95, 0.05)
)


def new(*, count=1000, shares=(0.5, 0.3, 0.2), probability=0.9, known=0.95):
    topics = dict(zip(USUAL.top_shares, (round(count * share) for share in shares), strict=True))
    return NewMessages(count=count, top_counts=topics, probability=probability, known=known)


def test_messages_like_the_training_rows_are_no_drift():
    assert drift_warnings(USUAL, new()) == ()


def test_a_topic_that_grows_is_named():
    [warning] = drift_warnings(USUAL, new(shares=(0.2, 0.3, 0.5)))

    assert (warning.kind, warning.topic, warning.is_much) == (DriftKind.TOPICS, "道路", True)
    assert (warning.before, warning.now) == (0.2, 0.5)


def test_a_topic_that_training_did_not_have_is_named():
    messages = NewMessages(count=1000, top_counts={"燃气": 1000}, probability=0.9, known=0.95)

    assert drift_warnings(USUAL, messages)[0].topic == "燃气"


def test_new_words_and_less_sureness_are_told_apart():
    assert [w.kind for w in drift_warnings(USUAL, new(known=0.9))] == [DriftKind.WORDS]
    assert [w.kind for w in drift_warnings(USUAL, new(probability=0.8))] == [DriftKind.CONFIDENCE]


def test_few_messages_or_small_changes_warn_of_nothing():
    assert drift_warnings(USUAL, new(count=50, known=0.1)) == ()
    assert drift_warnings(USUAL, new(count=110, known=0.935, probability=0.87)) == ()


def test_a_gain_is_measured_on_the_rows_that_only_one_gets_right():
    gain = measure_gain([True] * 8 + [False] * 2, [False] * 6 + [True] * 2 + [False] * 2)

    assert (gain.only_new_right, gain.only_old_right) == (6, 0)
    assert gain.chance == pytest.approx(1 / 64)
    assert gain.is_measured
    assert (gain.accuracy, gain.accuracy_before) == (0.8, 0.2)


def test_a_lead_that_chance_explains_is_no_gain():
    assert not measure_gain([True] * 3 + [False], [True] * 2 + [False, True]).is_measured
    assert measure_gain([True], [True]).chance == 1


def test_the_most_doubtful_are_asked_first_and_not_twice_the_same():
    messages = [TopicText(text=text) for text in ("路灯坏了", "路灯坏了。", "半夜施工", "停水")]

    chosen = choose_for_labelling(messages, [0.9, 0.89, 0.8, 0.1], most=3)

    assert chosen[:2] == [0, 2]
    assert choose_for_labelling([], [], most=3) == []


LONG = "小区门口的路灯坏了三个星期一直没有人来修，晚上老人出门摔倒了两次，请有关部门尽快派人处理。"


def guess(row, predicted, probability):
    return HiddenGuess(
        row=row,
        predicted=predicted,
        probability=probability,
        second="",
        second_probability=0,
        abstained=False,
        is_newest=False,
    )


def test_labels_contradict_by_like_texts_and_by_sure_guesses():
    rows = [
        LabelledText(text=LONG, label="道路"),
        LabelledText(text=f"您好{LONG}", label="照明"),
        LabelledText(text="停水三天", label="噪声"),
        LabelledText(text="半夜施工", label="供水"),
    ]
    guesses = [guess(0, "道路", 0.99), guess(2, "供水", 0.95), guess(3, "噪声", 0.6)]

    like, sure = find_label_conflicts(rows, guesses)

    assert (like.kind, like.row, like.other_row) == (ConflictKind.SAME_TEXT, 1, 0)
    assert (like.label, like.other_label) == ("照明", "道路")
    assert (sure.kind, sure.row, sure.other_label) == (ConflictKind.SURE_OF_ANOTHER, 2, "供水")
