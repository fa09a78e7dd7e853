from dataclasses import fields
from io import StringIO

from django.core.management import call_command
from django.utils.translation import override

from civicloop.apps.issues.evaluation import evaluate_events, event_figures
from civicloop.apps.issues.wording_of_figures import FIGURES, word_figures, word_group
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


def test_the_evaluation_prints_no_keys(db, tmp_path):
    gold, predicted = tmp_path / "gold.json", tmp_path / "predicted.csv"
    gold.write_text('{"clusters": [{"message_ids": ["1", "2"]}]}')
    predicted.write_text("id,cluster\n1,a\n2,a\n")
    out = StringIO()

    call_command("evaluate_text", events=gold, predicted=predicted, stdout=out)

    assert "b3s_f1" not in out.getvalue()
    assert "F1" in out.getvalue()
