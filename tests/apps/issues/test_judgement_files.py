"""Damaged files of judgements are refused in words that name the place and the cure."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

pytestmark = pytest.mark.django_db
Refuse = Callable[..., str]


@pytest.fixture
def refuse(tmp_path) -> Refuse:
    def refuse(option: str, content: str | bytes, **more: Path) -> str:
        file = tmp_path / "judged"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        with translation.override("en"), pytest.raises(CommandError) as refused:
            call_command("evaluate_text", **{option: file}, **more)
        words = str(refused.value)
        assert "judged" in words
        assert "Error" not in words
        return words.replace(str(file), "FILE")

    return refuse


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"clusters": [\n}', "FILE, line 2: this is not JSON."),
        ("[]", "FILE has no “clusters”"),
        ('{"clusters": 1}', "“clusters” is not a list"),
        ('{"clusters": [{"message_ids": []}, {}]}', "number 2 under “clusters”"),
        ('{"clusters": [], "negative_pairs": [{"a": 1}]}', "number 1 under “negative_pairs”"),
        ('{"clusters": [], "ignore_pairs": [[1]]}', "number 1 under “ignore_pairs”"),
        ("{“".encode("gb18030"), "FILE is not UTF-8."),
    ],
)
def test_judged_events(refuse, content, words):
    assert words in refuse("events", content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "FILE, line 1: this is not JSON."),
        ('{"text": "路灯不亮"}\n\n{"kind": "求助"}', "FILE, line 3: there is no “text”."),
        ('{"text": "路灯", "received_at": "昨天"}', "FILE, line 1: “received_at” must look like"),
        ('{"text": "路灯", "places": [[0, 9]]}', "FILE, line 1: “places” must list spans"),
        ('{"text": "路灯", "times": [3]}', "FILE, line 1: “times” must list spans"),
        ('{"text": "路灯", "urgency": 4}', "FILE, line 1: “urgency” must be 0, 1, 2 or 3."),
        ('{"text": "路灯", "urgency": true}', "FILE, line 1: “urgency” must be 0, 1, 2 or 3."),
        ('{"text": "路灯"}', "FILE judges nothing"),
        ("", "FILE judges nothing"),
        ('{"text": "路灯"}'.encode("gb18030"), "FILE is not UTF-8."),
    ],
)
def test_judged_texts(refuse, content, words):
    assert words in refuse("readings", content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("topic,area,from\n", "FILE must have the columns topic, area, from, to"),
        ("", "FILE must have the columns topic, area, from, to"),
        ("topic,area,from,to\n供热,,2023-11-01,2023-11-02\n,,,soon\n", "FILE, line 3: “from”"),
        ("topic,area,from,to\n供热\n", "FILE, line 2: “from”"),
        ("topic,area,from,to\n", "FILE lists no burst."),
        ("topic,area,from,to\n供热\n".encode("gb18030"), "FILE is not UTF-8."),
    ],
)
def test_listed_bursts(refuse, content, words):
    assert words in refuse("bursts", content)


def test_predicted_events_need_their_two_columns(refuse, tmp_path):
    gold = tmp_path / "gold.json"
    gold.write_text('{"clusters": []}')

    assert "columns id, cluster" in refuse("predicted", "number,event\n1,2\n", events=gold)


@pytest.mark.parametrize("option", ["events", "readings", "bursts", "replies", "labelled"])
def test_a_file_that_is_not_there(option, tmp_path):
    with (
        translation.override("en"),
        pytest.raises(CommandError, match=r"There is no file .*/none\."),
    ):
        call_command("evaluate_text", **{option: tmp_path / "none"})


def test_learning_refuses_a_damaged_file_in_the_same_words(tmp_path, make_event):
    make_event()
    with translation.override("en"), pytest.raises(CommandError, match="There is no file"):
        call_command("learn_pairs", judged=tmp_path / "none")


def test_evaluate_without_a_question_names_every_choice():
    words = "--labelled, --events, --places, --readings, --replies, --bursts, --arrivals, --sample-arrivals or --sample-city"
    with translation.override("en"), pytest.raises(CommandError, match=words):
        call_command("evaluate_text")


def test_a_sample_city_too_small_to_learn_from_says_so():
    with translation.override("en"), pytest.raises(CommandError, match="A city of 5 appeals"):
        call_command("evaluate_text", sample_city=True, appeals=5)
