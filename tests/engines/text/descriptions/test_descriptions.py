import random

import pytest

from civicloop.engines.text.descriptions import MEMBERS_READ, summarise
from civicloop.engines.text.events.values import Message
from civicloop.engines.text.readings.gazetteer import Gazetteer

HEATING = (
    "暖气不热，室内只有十三度。已经半个月了，业主们打了很多次电话。请供热公司尽快维修管道。",
    "家里暖气不热，孩子冻感冒了，已经半个月了。希望供热公司尽快维修管道。",
    "暖气不热，业主意见很大，找过物业。请供热公司维修管道。",
)


def heating(count: int = 3, **fields: str) -> list[Message]:
    return [
        Message(
            id=number,
            subject="云溪区青禾苑小区暖气不热",
            text=f"云溪区青禾苑小区{HEATING[number % 3]}",
            author=fields.get("author", f"person-{number}"),
        )
        for number in range(count)
    ]


def stands_in(phrase, members: list[Message]) -> bool:
    member = next(member for member in members if member.id == phrase.message)
    whole = member.subject if phrase.part == "subject" else member.text
    return whole[phrase.start : phrase.end] == phrase.words != ""


def test_an_event_is_told_in_its_members_words():
    summary = summarise(heating())

    told = {slot: phrase.words for slot, phrase in summary.phrases()}
    assert told["place"] == "云溪区青禾苑小区"
    assert told["problem"] == "暖气不热"
    assert told["people"] == "业主"
    assert told["since"] == "半个月了"
    assert "维修管道" in told["request"]


@pytest.mark.parametrize("seed", range(30))
def test_every_phrase_stands_word_for_word_in_the_member_it_names(seed: int):
    """Texts cut and mixed at random, with signs of every width, never bring an invented word."""
    stream = random.Random(seed)
    pieces = [*"，。！ 　,.!\n０1２0[]（）😀", *("".join(HEATING))]
    members = []
    for number in range(stream.randint(1, 40)):
        base = list(stream.choice(HEATING) + "青禾苑小区" + stream.choice(HEATING))
        for _ in range(stream.randint(0, 25)):
            base.insert(stream.randrange(len(base)), stream.choice(pieces))
        subject = "".join(base[: stream.randint(0, 30)])
        author = stream.choice(["", "a", "b"])
        members.append(Message(id=number, subject=subject, text="".join(base), author=author))

    summary = summarise(members)

    assert all(stands_in(phrase, members) for _slot, phrase in summary.phrases())


def test_what_one_of_many_says_is_left_out():
    members = heating(6)
    alone = Message(
        id=99, subject="", text="梧桐里菜市场停电，商户从去年开始就没电。请更换变压器。", author="x"
    )

    words = " ".join(phrase.words for _slot, phrase in summarise([*members, alone]).phrases())

    assert not any(said in words for said in ("梧桐里", "停电", "去年", "变压器", "商户"))


def test_slots_stay_empty_where_members_agree_on_nothing():
    members = [
        Message(id=1, subject="路灯不亮", text="路灯不亮。", author="a"),
        Message(id=2, subject="噪声扰民", text="噪声扰民。", author="b"),
    ]

    assert summarise(members).phrases() == ()


def test_one_person_writing_often_is_one_voice_among_others():
    members = [
        *heating(3),
        *(Message(id=10 + n, subject="", text="求助", author="z") for n in range(5)),
    ]

    assert summarise(members).voices == 4


def test_numbers_and_ways_to_reach_a_person_are_never_quoted():
    text = "青禾苑小区暖气不热。请维修管道联系电话15400000746。"
    members = [Message(id=n, subject="", text=text, author=f"p{n}") for n in range(3)]

    words = " ".join(phrase.words for _slot, phrase in summarise(members).phrases())

    assert "15400000746" not in words
    assert "电话" not in words


def told_of(subject: str, text: str = "", **known: Gazetteer) -> dict[str, str]:
    members = [Message(id=n, subject=subject, text=text, author=f"p{n}") for n in range(3)]
    return {slot: phrase.words for slot, phrase in summarise(members, **known).phrases()}


@pytest.mark.parametrize(
    ("subject", "place", "problem"),
    [
        ("云溪区青禾苑小区12栋3单元1806室漏水严重", "云溪区青禾苑小区", "漏水严重"),
        ("渣土车横穿云溪区青禾路扬尘很大", "云溪区青禾路", "扬尘很大"),
        ("-----青禾苑小区暖气不热", "青禾苑小区", "暖气不热"),
        ("2、青禾苑小区暖气不热", "青禾苑小区", "暖气不热"),
    ],
)
def test_a_place_is_told_without_what_stands_before_it_or_the_room(subject, place, problem):
    told = told_of(subject)

    assert (told["place"], told["problem"]) == (place, problem)


def test_words_that_only_end_as_places_do_are_no_place():
    assert "place" not in told_of("违背政府稳定市场的政策卖房")


def test_areas_of_the_city_are_known_by_its_list():
    gazetteer = Gazetteer([("云溪", "county"), ("望澜港", "township")])

    told = told_of("云溪望澜港路灯不亮", gazetteer=gazetteer)

    assert told_of("云溪望澜港路灯不亮")["place"] == "云溪"
    assert (told["place"], told["problem"]) == ("云溪望澜港", "路灯不亮")


def test_the_order_in_which_members_come_does_not_matter():
    members = heating(3 * MEMBERS_READ)

    assert summarise(members) == summarise(members[::-1])


def test_an_event_without_members_is_refused():
    with pytest.raises(ValueError, match="members"):
        summarise([])
