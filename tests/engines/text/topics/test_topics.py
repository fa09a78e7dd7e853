import io
import json
import random
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from civicloop.engines.text import topics
from civicloop.engines.text.topics import (
    LabelledText,
    LevelChoice,
    NotEnoughLabelsError,
    TopicModel,
    TopicModelFileError,
    TopicText,
    UnusedLabel,
    learn_topics,
    train_topic_model,
)
from civicloop.engines.text.topics import features as topic_features
from civicloop.engines.text.topics import groups as topic_groups
from civicloop.engines.text.topics import model as topic_model
from civicloop.engines.text.topics import storage as topic_storage
from civicloop.engines.text.topics import training as topic_training

PLACES = ["东门", "西桥", "南湖", "北坡", "中街", "新村", "老城", "河畔"]
PROBLEMS = {
    "供水": ["自来水停水三天了", "水管爆裂一直漏水", "家里水压太低没有水"],
    "噪声": ["工地夜里施工噪声太大", "广场舞音响吵得睡不着", "酒吧半夜放音乐扰民"],
    "道路": ["路面有个大坑一直没修", "路灯坏了晚上看不见路", "人行道的砖全碎了"],
}


def labelled(*, group=""):
    return [
        LabelledText(text=f"{place}{problem}，请尽快处理", label=label, group=group)
        for label, problems in PROBLEMS.items()
        for problem in problems
        for place in PLACES
    ]


@pytest.fixture(scope="module")
def model():
    return train_topic_model(labelled())


def test_a_message_gets_the_topic_its_likes_had(model):
    [suggestion] = model.predict([TopicText(text="湖边小区又停水，自来水没有了", subject="停水")])

    assert suggestion.label == "供水"
    assert not suggestion.abstained
    assert 0.5 < suggestion.probability <= 1
    assert suggestion.second_label in {"噪声", "道路"}
    assert suggestion.second_probability < 0.5


def test_the_words_that_led_there_are_named_strongest_first(model):
    [suggestion] = model.predict([TopicText(text="昨天半夜工地施工噪声很大，路灯也坏了")])

    words = [word.word for word in suggestion.words]
    weights = [word.weight for word in suggestion.words]
    assert suggestion.label == "噪声"
    assert {"工地", "噪声"} & set(words)
    assert "路灯" not in words
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
    assert len(words) <= topic_model.EXPLAINING_WORDS


def test_word_weights_add_up_to_the_score():
    compact = train_topic_model(labelled())._topics
    batch = topics.read_batch([("水管漏水", "停水")])

    scored = compact.score(batch)
    words = topic_model.explain_words(batch, scored, np.array([0]))[0]

    # every feature stands on words of two characters and more here, all of them named
    assert sum(word.weight for word in words) == pytest.approx(float(scored.scores[0, 0]), abs=1e-5)


def test_explanation_can_be_left_out(model):
    [suggestion] = model.predict([TopicText(text="路灯坏了")], explain=False)

    assert suggestion.words == ()
    assert suggestion.label == "道路"


def test_further_topics_can_be_left_out_of_an_explanation(model):
    message = "家里水压太低没有水，水管爆裂一直漏水。半夜工地施工噪声太大，广场舞音响吵得睡不着。"
    [whole] = model.predict([TopicText(text=message)])
    [without] = model.predict([TopicText(text=message)], further=False)

    assert whole.further
    assert without == replace(whole, further=())


def test_a_message_without_known_words_is_left_to_a_person():
    rows = [*labelled(), *(LabelledText(text=row.text, label="供水") for row in labelled()[24:30])]

    suggestions = train_topic_model(rows).predict([TopicText(text="xyz"), TopicText(text="")])

    assert [suggestion.abstained for suggestion in suggestions] == [True, True]
    assert [suggestion.words for suggestion in suggestions] == [(), ()]


def test_summary_tells_the_quality_on_hidden_rows(model):
    summary = model.summary

    assert model.labels == ("供水", "噪声", "道路")
    assert summary.rows == 72
    assert summary.accuracy == 1
    assert summary.macro_f1 == 1
    assert summary.coverage == 1
    assert summary.answered_accuracy == 1
    assert 0 <= summary.ece < 0.1
    assert summary.threshold == 0.5
    assert summary.unused_labels == ()


def test_the_model_abstains_where_the_wanted_accuracy_is_out_of_reach():
    texts = [f"{place}的事情请处理" for place in PLACES]
    rows = [LabelledText(text=text, label=label) for text in texts for label in ("甲", "乙")]

    model = train_topic_model(rows, answer_accuracy=1.0)

    assert model.summary.answered_accuracy is None
    assert model.summary.coverage == 0
    assert model.predict([TopicText(text=texts[0])])[0].abstained


PATHS = {"供水": "市政/供水", "噪声": "环境/噪声", "道路": "市政/道路"}


def test_a_parents_probability_is_the_sum_of_its_childrens():
    rows = [
        LabelledText(text=row.text, label=PATHS[row.label], group=row.group) for row in labelled()
    ]
    model = train_topic_model(rows)

    [suggestion] = model.predict([TopicText(text="自来水停水，路灯坏了")])

    top, deepest = suggestion.levels
    assert top.label == "市政"
    shares = suggestion.probability + suggestion.second_probability
    assert {suggestion.label, suggestion.second_label} == {"市政/供水", "市政/道路"}
    assert top.probability == pytest.approx(shares)
    assert deepest == LevelChoice(label=suggestion.label, probability=suggestion.probability)


def test_a_model_that_cannot_tell_the_children_apart_answers_the_parent():
    # The second level is drawn at random: only the first can be learned.
    draw = random.Random(1)
    rows = [
        LabelledText(text=f"{row.text}{number}", label=f"{row.label}/{draw.choice('甲乙')}")
        for number, row in enumerate(labelled() * 3)
    ]
    model = train_topic_model(rows, answer_accuracy=0.95)

    [suggestion] = model.predict([TopicText(text="东门自来水停水三天了")])

    assert suggestion.answer == "供水"
    assert (suggestion.answered_levels, suggestion.abstained) == (1, True)
    assert [level.topics for level in model.summary.levels] == [3, 6]
    assert model.summary.levels[0].coverage > model.summary.levels[1].coverage


def test_a_sentence_about_something_else_is_a_further_topic(model):
    message = "家里水压太低没有水，水管爆裂一直漏水。半夜工地施工噪声太大，广场舞音响吵得睡不着。"

    [both] = model.predict([TopicText(text=message)])
    [one] = model.predict([TopicText(text=message[: message.index("。") + 1])])

    [further] = both.further
    assert {both.label, further.label} == {"供水", "噪声"}
    assert further.sentence in message.replace("，", ",")
    assert one.further == ()


def test_of_two_sentences_about_one_further_topic_the_surer_is_named(model):
    water = "家里水压太低没有水，水管爆裂一直漏水。" * 2
    sure, less = "广场舞音响吵得睡不着。", "酒吧半夜放音乐扰民。"

    found = model.predict(
        [TopicText(text=water + sure + less), TopicText(text=water + less + sure)]
    )

    for suggestion in found:
        named = {further.label: further.sentence for further in suggestion.further}
        assert "广场舞" in named["噪声"]


def test_words_that_training_knew_are_counted(model):
    known, unknown = model.predict([TopicText(text="水管漏水"), TopicText(text="乘坐飞机旅行")])

    assert known.known_ratio > 0.5
    assert unknown.known_ratio < 0.5


def test_each_used_row_is_guessed_by_a_model_that_did_not_see_it():
    rows = [*labelled(), LabelledText(text="公园的花被偷了", label="绿化")]

    training = learn_topics(rows)

    assert [guess.row for guess in training.guesses] == list(range(72))
    right = [guess.predicted == rows[guess.row].label for guess in training.guesses]
    assert sum(right) / len(right) == training.model.summary.accuracy
    assert not any(guess.is_newest for guess in training.guesses)


def test_the_newest_rows_are_guessed_by_a_model_of_older_ones():
    days = [datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(72)]
    rows = [
        LabelledText(text=row.text, label=row.label, received_at=day)
        for row, day in zip(sorted(labelled(), key=lambda row: row.text), days, strict=True)
    ]

    training = learn_topics(rows)

    newest = [guess.row for guess in training.guesses if guess.is_newest]
    assert newest == list(range(72 - len(newest), 72))
    assert training.model.summary.newest.rows == len(newest) == 14


def test_labels_with_too_few_rows_are_left_out_and_named():
    rows = [*labelled(), LabelledText(text="公园的花被偷了", label="绿化")]

    model = train_topic_model(rows)

    assert model.summary.unused_labels == (UnusedLabel(label="绿化", rows=1),)
    assert "绿化" not in model.labels


def test_one_label_is_not_enough():
    rows = [LabelledText(text="停水", label="供水")] * 5 + [LabelledText(text="灯", label="道路")]

    with pytest.raises(NotEnoughLabelsError) as caught:
        train_topic_model(rows)

    assert caught.value.rows == 6
    assert caught.value.rows_by_label == {"供水": 5, "道路": 1}


def test_rows_of_a_single_group_can_be_learned():
    assert train_topic_model(labelled(group="g")).summary.accuracy == 1


def test_rows_of_a_group_are_hidden_together():
    # Each label's rows share one text per group: with the group hidden nothing is left to learn.
    rows = [
        LabelledText(text=text, label=label, group=text)
        for text, label in [("停水", "供水"), ("噪声", "噪声")]
        for _ in range(4)
    ]

    assert train_topic_model(rows).summary.accuracy < 1


def test_texts_without_a_known_feature_do_not_stop_training():
    rows = [LabelledText(text="", label=label) for label in "甲乙" for _ in range(4)]

    model = train_topic_model(rows)

    assert model.predict([TopicText(text="停水")])[0].probability == pytest.approx(0.5, abs=0.3)


def test_many_labels_with_long_rows_are_hidden_in_fewer_folds(monkeypatch):
    monkeypatch.setattr(topic_groups, "FEWER_FOLDS_FROM", 1)
    told = []

    train_topic_model(labelled(), progress=lambda done, steps: told.append((done, steps)))

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_progress_is_told_after_each_step():
    told = []

    train_topic_model(labelled(), progress=lambda done, steps: told.append((done, steps)))

    assert told == [(done, 6) for done in range(1, 7)]


def test_predictions_do_not_depend_on_what_is_predicted_along(model, monkeypatch):
    messages = [TopicText(text=row.text, subject=row.text[:4]) for row in labelled()[::5]]
    together = model.predict(messages)

    monkeypatch.setattr(topic_features, "PART_CHARACTERS", 40)

    assert model.predict(messages) == together
    assert model.predict(messages[:1]) == together[:1]


def test_no_messages_get_no_suggestions(model):
    assert model.predict([]) == []


def test_training_twice_makes_the_same_file(model):
    assert train_topic_model(labelled()).to_bytes() == model.to_bytes()


def test_a_stored_model_predicts_the_same(model):
    messages = [TopicText(text=row.text) for row in labelled()]

    restored = TopicModel.from_bytes(model.to_bytes())

    assert restored.predict(messages) == model.predict(messages)
    assert restored.summary == model.summary
    assert restored.labels == model.labels


def test_stored_labels_and_unused_labels_survive():
    rows = [*labelled(), LabelledText(text="公园的花被偷了", label="绿化")]
    model = train_topic_model(rows)

    assert TopicModel.from_bytes(model.to_bytes()).summary == model.summary


def test_a_pruned_model_keeps_its_most_important_features(model, monkeypatch):
    monkeypatch.setattr(topic_training, "MOST_FEATURES", 60)

    pruned = train_topic_model(labelled())

    assert len(pruned.to_bytes()) < len(model.to_bytes())
    messages = [TopicText(text=row.text) for row in labelled()]
    assert [s.label for s in pruned.predict(messages)] == [row.label for row in labelled()]


def repack(payload, **changes):
    with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
        content = {name: arrays[name] for name in arrays.files}
    facts = json.loads(content["facts"].tobytes())
    arrays_changed = {name: value for name, value in changes.items() if name in content}
    facts |= {name: value for name, value in changes.items() if name not in content}
    content |= arrays_changed
    content["facts"] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **content)
    return file.getvalue()


def test_a_model_of_a_later_version_is_refused(model):
    with pytest.raises(TopicModelFileError, match="version 3"):
        TopicModel.from_bytes(repack(model.to_bytes(), version=3))


def test_a_file_of_another_kind_is_refused(model):
    with pytest.raises(TopicModelFileError, match="not a topic model"):
        TopicModel.from_bytes(repack(model.to_bytes(), format="something else"))


def test_arrays_that_do_not_fit_together_are_refused(model):
    with pytest.raises(TopicModelFileError, match="do not fit"):
        TopicModel.from_bytes(repack(model.to_bytes(), weights=np.ones(3, dtype=np.float32)))


def test_pickled_objects_are_refused(model):
    payload = repack(model.to_bytes(), biases=np.array([{"a": 1}], dtype=object))

    with pytest.raises(TopicModelFileError, match="not a readable topic model"):
        TopicModel.from_bytes(payload)


def test_a_cut_or_changed_file_is_refused(model):
    payload = model.to_bytes()
    middle = len(payload) // 2
    changed = payload[:middle] + bytes([payload[middle] ^ 255]) + payload[middle + 1 :]

    for damaged in (b"", b"no archive", payload[:middle], changed):
        with pytest.raises(TopicModelFileError, match="not a readable topic model"):
            TopicModel.from_bytes(damaged)


def test_a_file_that_would_unpack_to_too_much_is_refused(model, monkeypatch):
    monkeypatch.setattr(topic_storage, "MOST_UNPACKED_BYTES", 1000)

    with pytest.raises(TopicModelFileError, match="unpack"):
        TopicModel.from_bytes(model.to_bytes())


def test_a_foreign_archive_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")

    with pytest.raises(TopicModelFileError, match="not a readable topic model"):
        TopicModel.from_bytes(file.getvalue())
