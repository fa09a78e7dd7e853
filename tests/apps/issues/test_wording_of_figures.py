import json
from dataclasses import fields
from io import StringIO

from django.core.management import call_command
from django.utils.translation import override

from civicloop.apps.issues.evaluation import evaluate_events, event_figures
from civicloop.apps.issues.wording_of_figures import FIGURES, GROUPS, word_figures, word_group
from civicloop.engines.evaluation.events import EventGold
from civicloop.engines.text.topics.model import TopicModelSummary


def test_each_figure_of_the_events_and_of_a_training_has_words():
    figures = event_figures(evaluate_events({"a": "1"}, EventGold(events=[frozenset("a")])))
    numbers = (int, float, float | None)
    summary = {field.name for field in fields(TopicModelSummary) if field.type in numbers}

    assert (figures.keys() | summary) <= FIGURES.keys()


def test_a_figure_is_shown_in_words_and_an_unknown_one_as_it_is():
    with override("en"):
        lines = list(word_figures({"b3s_f1": 0.5, "near_miss_merge": None, "newer": 3}))

    assert lines == [
        "  strict B-cubed F1: 0.5",
        "  share of the near misses wrongly joined: –",
        "  newer: 3",
    ]
    assert word_group("newer") == "newer"


def test_each_group_of_readings_has_words(db, tmp_path):
    texts = tmp_path / "texts.jsonl"
    spans = '"dangers": [], "requests": [[0, 4]], "places": [], "times": [], "respondents": []'
    texts.write_text('{"text": "路灯坏了", "kind": "投诉", "urgency": 0, ' + spans + "}\n")
    told, words = StringIO(), StringIO()

    call_command("evaluate_text", readings=texts, json=True, stdout=told)
    call_command("evaluate_text", readings=texts, stdout=words)

    groups = json.loads(told.getvalue())
    assert len(groups) == 7
    assert {key for values in groups.values() for key in values} <= FIGURES.keys()
    assert groups.keys() <= GROUPS.keys()
    assert str(GROUPS["requests"]) in words.getvalue().splitlines()


def test_places_of_events_and_of_texts_stand_side_by_side(db, tmp_path):
    texts, table = tmp_path / "texts.jsonl", tmp_path / "appeals.csv"
    texts.write_text('{"text": "翠园小区停水", "places": [[0, 4]]}\n')
    rows = [
        f"{river}河边有人倒垃圾第{number}天,{river}河" for number in range(3) for river in "东西"
    ]
    table.write_text("\n".join(["content,place", *rows]))
    told = StringIO()

    call_command("evaluate_text", readings=texts, places=table, json=True, stdout=told)

    groups = json.loads(told.getvalue())
    assert groups["places"]["judged"] == 1
    assert groups["places in events"]["places"] == 2


def test_the_evaluation_prints_no_keys(db, tmp_path):
    gold, predicted = tmp_path / "gold.json", tmp_path / "predicted.csv"
    gold.write_text('{"clusters": [{"message_ids": ["1", "2"]}]}')
    predicted.write_text("id,cluster\n1,a\n2,a\n")
    out = StringIO()

    call_command("evaluate_text", events=gold, predicted=predicted, stdout=out)

    assert "b3s_f1" not in out.getvalue()
    assert "F1" in out.getvalue()
