"""Names that differ, and names that only sound alike, in texts that are otherwise copies."""

import numpy as np
import pytest

from civicloop.engines.text.events import Background, Message, learn_background
from civicloop.engines.text.events.corpus import corpus_of
from civicloop.engines.text.events.model import EVIDENCE
from civicloop.engines.text.events.pairs import evidence_of
from civicloop.engines.text.events.sounds import sound_of
from tests.engines.text.event_messages import TROUBLES, city, message

TEXT = TROUBLES[1][1][0]


def told(number: int, place: str, author: str = "") -> Message:
    return message(number, f"{place}油烟直排熏人", place + TEXT, author=author)


@pytest.fixture(scope="module")
def background() -> Background:
    named = ["丽景园小区", "利景园小区", "白景园小区", "白鹤台小区"]
    return learn_background([*city()[0], *(told(900 + n, name) for n, name in enumerate(named))])


def evidence(one: Message, other: Message, background: Background) -> dict[str, float]:
    corpus = corpus_of([one, other], background)
    found = evidence_of(corpus, background, np.array([0]), np.array([1]))[0]
    return dict(zip(EVIDENCE, found.tolist(), strict=True))


def test_another_name_in_a_copied_text_is_told(background):
    other = evidence(told(1, "丽景园小区"), told(2, "白鹤台小区"), background)
    same = evidence(told(1, "丽景园小区"), told(2, "丽景园小区"), background)

    assert other["other_name"] > 1
    assert other["other_name_copied"] > 0.3
    assert same["other_name"] == same["other_name_copied"] == 0


def test_a_name_that_sounds_alike_is_not_another(background):
    alike = evidence(told(1, "丽景园小区"), told(2, "利景园小区"), background)
    other = evidence(told(1, "丽景园小区"), told(2, "白景园小区"), background)

    assert alike["name_sounding_alike"] > 1
    assert alike["other_name"] < other["other_name"]
    assert other["name_sounding_alike"] < alike["name_sounding_alike"]


def test_a_name_in_one_message_alone_is_no_other_name(background):
    silent = message(2, "油烟直排熏人", TEXT)

    found = evidence(told(1, "丽景园小区"), silent, background)

    assert (
        found["other_name"]
        < evidence(told(1, "丽景园小区"), told(2, "白鹤台小区"), background)["other_name"]
    )


LONG = "每天夜里都有货车在这里装卸，喇叭声一直响到凌晨，老人和孩子都睡不好，多次反映没有结果。"


def late(number: int, place: str) -> Message:
    return message(number, "夜里噪声", f"{LONG * 3}地点就在{place}，望尽快处理。")


def test_another_name_far_into_a_copied_text_is_told(background):
    first = late(1, "丽景园小区")

    same = evidence(first, late(2, "丽景园小区"), background)
    named = evidence(first, late(2, "白鹤台小区"), background)
    unnamed = evidence(first, late(2, "小区里"), background)

    assert named["literal_wording"] > 0.8
    assert named["other_name"] == 0  # it stands too late for the names of subject and opening
    assert same["difference_named"] == 0
    assert named["difference_named"] > unnamed["difference_named"] + 0.1


def test_names_that_differ_in_texts_of_their_own_are_no_difference_of_copies(background):
    own = message(2, "噪声扰民", "白鹤台小区晚上装修，请管一管。")

    assert evidence(told(1, "丽景园小区"), own, background)["difference_named"] == 0


def test_how_much_an_author_writes_is_learned():
    often = [told(100 + n, place, author="甲") for n, place in enumerate("东西南北")]
    background = learn_background([*city()[0], *often])

    same = evidence(told(1, "丽景园小区", "甲"), told(2, "白鹤台小区", "甲"), background)
    new = evidence(told(1, "丽景园小区", "新"), told(2, "白鹤台小区", "新"), background)

    assert same["author_habit"] == pytest.approx(np.log(4))
    assert new["author_habit"] == 0


@pytest.mark.parametrize(("one", "other"), ["丽利", "张章", "沁琴", "楠南", "湘箱"])
def test_characters_of_one_sound_are_alike(one, other):
    assert sound_of()[ord(one)] == sound_of()[ord(other)]


@pytest.mark.parametrize(("one", "other"), ["丽张", "东西"])
def test_characters_of_two_sounds_are_not(one, other):
    assert sound_of()[ord(one)] != sound_of()[ord(other)]


def test_telling_grams_are_the_same_alone_and_among_thousands(background):
    one = told(1, "丽景园小区")
    many = [told(number, "丽景园小区") for number in range(1, 4_500)]  # read in two parts

    alone, among = corpus_of([one], background).telling, corpus_of(many, background).telling

    for name in ("gram", "worth", "first", "second"):
        assert (getattr(among, name) == getattr(alone, name)).all()
