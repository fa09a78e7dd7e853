"""Each kind of evidence moves a pair's score the way it should."""

from datetime import timedelta

import numpy as np
import pytest

from civicloop.engines.text.events import Background, Message, explain_pair, learn_background
from civicloop.engines.text.events.candidates import candidate_pairs, filings_of
from civicloop.engines.text.events.corpus import corpus_of, read
from civicloop.engines.text.events.model import EVIDENCE
from civicloop.engines.text.events.names import shared_name
from civicloop.engines.text.events.pairs import evidence_of
from tests.engines.text.event_messages import START_AT, city, message

TEXT = "小区大门口的化粪池外溢，污水流到路面，臭气熏天，多次联系物业没有人清理"


@pytest.fixture(scope="module")
def background():
    messages, _ = city()
    counties = [
        message(
            1000 + n, f"{'东陵县' if n % 2 else '西岭县'}咨询第{n}件事", "办理社保手续需要什么材料"
        )
        for n in range(16)
    ]
    return learn_background([*messages, *counties])


def score(one: Message, other: Message, background: Background) -> float:
    return explain_pair(one, other, background).score


def reason(code: str, one: Message, other: Message, background: Background):
    return next((r for r in explain_pair(one, other, background).reasons if r.code == code), None)


def told(
    number: int, subject: str = "霁月台小区化粪池外溢", text: str = TEXT, **more: object
) -> Message:
    return message(number, subject, text, **{"received_at": START_AT} | more)


def test_same_place_speaks_for_and_names_it(background):
    found = reason(
        "same_place", told(1), told(2, "霁月台小区污水横流", "霁月台门口很臭"), background
    )

    assert found is not None
    assert found.weight > 0
    assert "霁月台" in found.detail


def test_other_place_speaks_against_a_copied_text(background):
    copied = told(2, "凌霄阁花园化粪池外溢")

    assert score(told(1), told(2), background) > score(told(1), copied, background)


def test_swapped_characters_are_still_the_place(background):
    swapped = told(2, "月霁台小区化粪池外溢")
    other = told(2, "凌霄阁花园化粪池外溢")

    assert score(told(1), swapped, background) > score(told(1), other, background)


def test_same_problem_speaks_for(background):
    alike = told(2, "霁月台小区施工噪音扰民", "工地半夜打桩，机器轰鸣，孩子没法睡觉")
    other = told(3, "霁月台小区违规收取停车费", "物业抬杆收钱，地面停车位涨价，收据不开")
    one = told(1, "霁月台小区夜间施工", "工地凌晨浇筑混凝土，机器轰鸣，老人失眠，孩子没法睡觉")

    assert score(one, alike, background) > score(one, other, background)
    assert reason("other_problem", one, other, background) is not None


def test_same_wording_speaks_for(background):
    reworded = told(2, text="霁月台门口臭得很，粪水漫出来了，谁来管管")

    copied_weight = reason("rare_words", told(1), told(2), background).weight
    assert copied_weight > 2 * reason("rare_words", told(1), reworded, background).weight > 0
    assert score(told(1), told(2), background) > score(told(1), reworded, background)


def test_other_area_speaks_against_and_names_both(background):
    one, other = told(1, place="东陵县 青石镇"), told(2, place="西岭县")

    found = reason("other_area", one, other, background)

    assert found is not None
    assert found.weight < 0
    assert "东陵县" in found.detail
    assert "西岭县" in found.detail


def test_a_town_is_not_held_against_its_county(background):
    assert (
        reason("other_area", told(1, place="东陵县"), told(2, place="青石镇"), background) is None
    )


def test_towns_of_two_counties_speak_against_though_only_one_county_is_told():
    messages, _ = city()
    placed = [
        message(1000 + n, "咨询一件事", "需要什么材料", place=place)
        for n, place in enumerate(["东陵县青石镇", "东陵县青石镇", "西岭县白水镇", "东陵县白水镇"])
    ]
    texts = [message(1010 + n, "西岭县白水镇停电", "又停电了") for n in range(2)]
    texts.append(message(1012, "在东岭县白水镇见过", "东岭县不是一个区划"))
    more = [*placed, *texts]
    learned = learn_background([*messages, *more])
    other = told(2, "白水镇霁月台小区化粪池外溢")

    found = reason("other_area", told(1, place="青石镇"), other, learned)

    assert learned.areas.parent["青石镇"] == "东陵县"
    assert learned.areas.parent["白水镇"] == "西岭县"  # 3 of the 4 times it is told
    assert found.detail == "东陵县 青石镇 / 白水镇 西岭县"
    assert found.weight < 0


def test_an_area_named_with_two_wider_ones_as_often_lies_in_neither():
    placed = [message(n, "咨询", "材料", place=f"{'东西'[n % 2]}陵县青石镇") for n in range(4)]

    learned = learn_background(placed)

    assert learned.areas.parent == {}


def test_areas_are_learned_from_subjects(background):
    one, other = told(1, "东陵县化粪池外溢"), told(2, "西岭县化粪池外溢")

    assert {"东陵县", "西岭县"} <= background.areas.names
    assert reason("other_area", one, other, background) is not None


def test_same_author_speaks_for(background):
    found = reason("same_author", told(1, author="甲"), told(2, author="甲"), background)

    assert found is not None
    assert found.weight > 0


def test_unknown_authors_are_not_the_same(background):
    assert reason("same_author", told(1), told(2), background) is None


def test_near_in_time_speaks_for_and_far_against(background):
    near = told(2, received_at=START_AT + timedelta(days=2))
    far = told(2, received_at=START_AT + timedelta(days=900))

    assert reason("near_in_time", told(1), near, background).weight > 0
    assert reason("far_in_time", told(1), far, background).weight < 0


def test_unknown_time_is_neither_near_nor_far(background):
    unknown = score(told(1), told(2, received_at=None), background)

    near = score(told(1), told(2, received_at=START_AT + timedelta(days=2)), background)
    far = score(told(1), told(2, received_at=START_AT + timedelta(days=900)), background)

    assert far < unknown < near


def test_quoted_numbers_speak_for_and_are_told(background):
    one, other = told(1, text=TEXT + "合同83715号"), told(2, text="化粪池 83715 没人管")

    found = reason("quoted_numbers", one, other, background)

    assert found is None  # a number no message of the city quotes says nothing yet

    quoting = message(500, "合同纠纷", "合同83715号有误")
    learned = learn_background([*city()[0], quoting])
    found = reason("quoted_numbers", one, other, learned)
    assert found.weight > 0
    assert found.detail == "83715"


def test_other_numbers_in_subjects_speak_against(background):
    one, other = told(1, "205路公交车不按时发车"), told(2, "208路公交车不按时发车")

    found = reason("other_numbers", one, other, background)

    assert found.weight < 0
    assert found.detail == "205 / 208"


def test_shared_name_is_read_from_the_body_when_there_is_no_subject(background):
    one, other = told(1, "", "霁月台小区停电"), told(2, "", "又停电了，霁月台小区")

    assert "霁月台" in shared_name(one, other, background)


def test_nothing_shared_has_no_name(background):
    assert shared_name(told(1, "甲乙"), told(2, "丙丁", "戊己"), background) == ""


AREAS = ("other_area", "other_county", "other_town", "same_area", "same_county", "same_town")


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        ("东陵县青石镇", "东陵县青石镇", {"same_area", "same_county", "same_town"}),
        ("东陵县青石镇", "东陵县白水镇", {"other_area", "other_town", "same_area", "same_county"}),
        ("东陵县", "西岭县", {"other_area", "other_county"}),
        ("东陵县", "青石镇", set()),
        ("", "东陵县", set()),
    ],
)
def test_areas_are_compared_level_by_level(here, there, told):
    messages = [told_at(1, here), told_at(2, there)]
    background = learn_background(city()[0])

    [found] = evidence_of(corpus_of(messages, background), background, np.array([0]), np.array([1]))

    assert {name for name in AREAS if found[EVIDENCE.index(name)]} == told


def told_at(number: int, place: str) -> Message:
    return message(number, "停电", "又停电了", place=place)


def test_messages_that_share_one_rare_gram_only_are_no_candidates():
    strangers = [message(n, "", f"{chr(0x5100 + 40 * n)}{chr(0x6200 + 90 * n)}") for n in range(60)]
    pair = [message(900, "", "麒麟"), message(901, "", "麒麟")]
    reading, background = read([*strangers, *pair])
    filings = filings_of(reading.grams.pairs, background)

    first, _ = candidate_pairs(filings, 62, background)

    assert len(first) == 0


def test_one_held_against_many_is_as_each_pair_alone():
    messages, _ = city()
    reading, background = read(messages)
    corpus = corpus_of(messages, background, reading)
    others = np.delete(np.arange(60), [20, 41])  # no run without gaps either
    one = np.full(len(others), 41)

    together = evidence_of(corpus, background, others, one)

    mixed = evidence_of(corpus, background, np.append(others, 0), np.append(one, 20))
    alone = [evidence_of(corpus, background, others[[at]], one[[at]])[0] for at in range(len(one))]
    np.testing.assert_array_equal(together, mixed[:-1])
    np.testing.assert_array_equal(together, alone)
    assert len(np.unique(together[:, EVIDENCE.index("wording")])) > 10


def test_a_message_read_alone_lies_where_it_lies_among_others():
    messages, _ = city()
    reading, background = read(messages)
    corpus = corpus_of(messages, background, reading)

    alone = [corpus_of([message], background).meaning[0] for message in messages[:40]]

    np.testing.assert_array_equal(alone, corpus.meaning[:40])
    assert np.abs(alone).sum() > 1
