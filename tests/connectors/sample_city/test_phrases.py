import pytest

from civicloop.connectors.sample_city.phrases import (
    SLOT_INDEX,
    SLOTS,
    PhraseError,
    compiled,
    mentions,
    said,
    tidied,
)
from civicloop.connectors.sample_city.slips import Slips, quirked
from civicloop.connectors.sample_city.speech import frame, speech
from civicloop.connectors.sample_city.vocabulary import SEASONS, _problem, vocabulary


def draws(*numbers):
    left = list(numbers)
    return lambda: left.pop(0)


def slots(**values):
    return [values.get(name, "") for name in SLOTS]


def test_choices_nest_and_may_be_empty():
    phrase = compiled("[每天|[早|晚]上]{p}[|真]吵")

    assert said(phrase, slots(p="桥头"), draws(0.0, 0.0)) == "每天桥头吵"
    assert said(phrase, slots(p="桥头"), draws(0.5, 0.9, 0.9)) == "晚上桥头真吵"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[早|晚", "left open"),
        ("早]晚", "stray"),
        ("早|晚", "stray"),
        ("{nobody}", "unknown slot 'nobody'"),
    ],
)
def test_wrongly_written_phrase_is_refused(text, complaint):
    with pytest.raises(PhraseError, match=complaint):
        compiled(text)


def test_slot_is_found_inside_a_choice():
    assert mentions(compiled("我是[{p}的|本地]居民"), SLOT_INDEX["p"])
    assert not mentions(compiled("我是[{h}的|本地]居民"), SLOT_INDEX["p"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没人管？，请处理", "没人管？请处理"),
        ("太吵，。请处理", "太吵。请处理"),
        ("太吵，", "太吵"),
        ("好！。", "好！"),
    ],
)
def test_two_marks_become_one(text, expected):
    assert tidied(text) == expected


def test_frame_is_read_into_pieces():
    pieces = frame("open fact，effect?。ask")

    assert [(p.name, p.chance, p.after) for p in pieces] == [
        ("open", 1.0, ""),
        ("fact", 1.0, "，"),
        ("effect", 0.5, "。"),
        ("ask", 1.0, ""),
    ]


def test_every_piece_of_every_frame_exists():
    words = speech()
    told = {"fact", "more", "effect", "ask", "place", "name"} | set(words.pieces)
    frames = [f for style in words.styles._values for row in style.frames.values() for f in row]

    assert {piece.name.removesuffix("2") for f in frames for piece in f} <= told
    assert {problem.mood for problem in vocabulary().problems} <= set(words.moods)


def test_every_kind_of_thing_is_known_and_used():
    used = {kind for problem in vocabulary().problems for kind in problem.objects}

    assert used == set(vocabulary().kinds)


def test_names_of_a_kind_share_no_character_between_their_halves():
    for kind in vocabulary().kinds.values():
        assert not set(kind.first) & set(kind.second)


@pytest.mark.parametrize(
    "row",
    [{"topic": "供水"}, {"topic": "供水/停水", "tone": "sing"}, {"topic": "a/b", "season": "x"}],
)
def test_problem_without_place_in_the_tree_tone_or_season_is_refused(row):
    branch = {"level1": "水电气暖", "unit": "供水集团", "office": "供水公司"}

    with pytest.raises(PhraseError, match="needs three levels"):
        _problem(row, branch, 0, {})


def test_seasons_have_twelve_months():
    assert {len(factors) for factors in SEASONS.values()} == {12}


def test_careful_writer_makes_no_slips():
    assert Slips().slipped("物业太差，没人管。", 0.0, draws(0.5)) == "物业太差，没人管。"


def test_wrong_word_comes_once():
    slips = Slips()

    assert slips.slipped("噪音扰民，噪音太大", 1.0, draws(0.0, 0.0, 0.9)) == "噪音绕民，噪音太大"


def test_marks_are_lost():
    slips = Slips()

    slipped = slips.slipped("三楼，四楼。", 1.0, draws(0.0, 0.0, 0.1, 0.3, 0.9))

    assert slipped == "三楼四楼"


def test_character_is_dropped():
    assert Slips().slipped("甲乙丙丁", 1.0, draws(0.0, 0.0, 0.6, 0.5)) == "甲乙丁"


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (0.0, "反映：３栋吵。"),
        (0.4, "  反映：　3栋吵。 "),
        (0.9, "反映：\r\n3栋吵。\n"),
    ],
)
def test_quirks_change_the_form_only(draw, expected):
    assert quirked("反映：3栋吵。", draws(0.0, draw)) == expected


def test_quirks_are_rare():
    assert quirked("3栋", draws(0.5)) == "3栋"
