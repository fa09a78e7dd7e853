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
        ("{“".encode("gb18030"), "FILE is not UTF-8; save it as UTF-8."),
        ('{"clusters": [{"message_ids": ["none"]}]}', "FILE judges none of the appeals"),
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
        ('{"text": "路灯", "kind": "盖章"}', "FILE, line 1: “盖章” is no kind; 咨询, 求助"),
        ('{"text": "路灯"}', "FILE judges nothing"),
        ("", "FILE judges nothing"),
        ('{"text": "路灯"}'.encode("gb18030"), "FILE is not UTF-8; save it as UTF-8."),
    ],
)
def test_judged_texts(refuse, content, words):
    assert words in refuse("readings", content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("topic,area,from\n", "FILE must have the columns topic, area, from, to"),
        ("", "FILE must have the columns topic, area, from, to"),
        ("topic,area,from,to\n,,2023-11-01,2023-11-02\n,,,soon\n", "FILE, line 3: “from”"),
        ("topic,area,from,to\n,,2023-11-02,2023-11-01\n", "FILE, line 2: “from” lies after “to”."),
        (
            "topic,area,from,to\n供热,,2023-11-01,2023-11-02\n",
            "line 2: no topic or area is called “供热”",
        ),
        (
            "topic,area,from,to\n,云溪,2023-11-01,2023-11-02\n",
            "line 2: no topic or area is called “云溪”",
        ),
        ("topic,area,from,to\n供热\n", "FILE, line 2: “from”"),
        ("topic,area,from,to\n", "FILE lists no burst."),
        ("topic,area,from,to\n供热\n".encode("gb18030"), "FILE, line 2: “from”"),
        (bytes(range(256)) * 4, "FILE: The file is no workbook and no text"),
    ],
)
def test_listed_bursts(refuse, content, words):
    assert words in refuse("bursts", content)


def test_predicted_events_need_their_two_columns(refuse, tmp_path):
    gold = tmp_path / "gold.json"
    gold.write_text('{"clusters": []}')

    assert "columns id, cluster" in refuse("predicted", "number,event\n1,2\n", events=gold)


def test_predicted_events_hold_an_appeal_once_and_some_that_are_judged(refuse, tmp_path):
    gold = tmp_path / "gold.json"
    gold.write_text('{"clusters": [{"message_ids": ["7", "8"]}]}')

    twice = refuse("predicted", "id,cluster\n7,a\n7,a\n7,b\n", events=gold)
    others = refuse("predicted", "id,cluster\n1,a\n", events=gold)

    assert "FILE, line 4: “7” is in another cluster already." in twice
    assert "FILE holds none of the appeals that" in others


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "FILE has no column “label”."),
        ("message,label\n路灯不亮,1\n", "FILE has no column “reply”."),
        (
            "message,reply,label\n路灯不亮,已修好,maybe\n",
            "line 2: “maybe” under “label” is neither",
        ),
        ("message,reply,label_a,label_b\n", "several columns of labels (label_a, label_b)"),
        ("message,reply,label\n路灯不亮,已修好,1\n".encode("gb18030"), "both labels must occur"),
        (bytes(range(256)) * 4, "FILE: The file is no workbook and no text"),
    ],
)
def test_judged_replies(refuse, content, words):
    assert words in refuse("replies", content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "FILE: The file is empty."),
        ("content,place\n", "FILE: the column “place” does not name two places."),
        ("content\n河水发臭\n", "FILE has no column “place”; name it: --place-column"),
    ],
)
def test_placed_appeals(refuse, content, words):
    assert words in refuse("places", content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "FILE: The file is empty."),
        ("content\n", "FILE: of 0 appeals none would come singly; give 35 or more."),
        ("content\n路灯不亮\n", "FILE: of 1 appeals none would come singly; give 35 or more."),
    ],
)
def test_arriving_appeals(refuse, content, words):
    assert words in refuse("arrivals", content)


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
    words = "--labelled, --events, --replies, --bursts, --places, --arrivals, --sample-arrivals, --readings, --sample-city"
    with translation.override("en"), pytest.raises(CommandError, match=f"{words}\\."):
        call_command("evaluate_text")
    with (
        translation.override("en"),
        pytest.raises(CommandError, match=f"{words}, --routing, --pii"),
    ):
        call_command("evaluate")


def test_a_sample_city_too_small_to_learn_from_says_so():
    with translation.override("en"), pytest.raises(CommandError, match="A city of 5 appeals"):
        call_command("evaluate_text", sample_city=True, appeals=5)
