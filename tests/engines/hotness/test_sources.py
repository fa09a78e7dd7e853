import numpy as np

from civicloop.engines.hotness.sources import Voice, busy_writers, source_tags
from tests.engines.hotness.cities import assemble

TEXT = "尊敬的领导：我们小区的电梯已经停了半个月，老人出不了门，请尽快派人来修。"


def voices(*told: tuple[str, str, str]) -> list[Voice]:
    return [Voice(caller=caller, text=text, address=address) for caller, text, address in told]


def test_neighbours_in_their_own_words_bear_no_mark():
    assert (
        source_tags(
            voices(("a", "电梯坏了", ""), ("b", "三栋的梯子不动", ""), ("c", "没法上楼", ""))
        )
        == ()
    )


def test_few_citizens_with_many_appeals_are_marked():
    told = [
        ("a", "电梯坏了", ""),
        ("a", "还没修", ""),
        ("a", "怎么还不来", ""),
        ("b", "没法上楼", ""),
    ]

    assert source_tags(voices(*told)) == ("few_callers",)


def test_a_text_that_went_round_is_marked():
    told = [("a", TEXT, ""), ("b", TEXT.replace("半个月", "十来天"), ""), ("c", "没法上楼", "")]

    assert source_tags(voices(*told)) == ("same_text",)


def test_one_address_is_marked():
    told = [
        ("a", "电梯坏了", "青禾路1号"),
        ("b", "三栋的梯子", "青禾路 1号"),
        ("c", "没法上楼", "青禾路1号"),
    ]

    assert source_tags(voices(*told)) == ("one_address",)


def test_unknown_citizens_count_as_many():
    assert (
        source_tags(voices(("", "电梯坏了", ""), ("", "三栋的梯子", ""), ("", "没法上楼", "")))
        == ()
    )


def test_two_appeals_say_nothing_about_their_source():
    assert source_tags(voices(("a", TEXT, "x"), ("a", TEXT, "x"))) == ()


def test_a_citizen_who_writes_ten_appeals_in_a_week_is_told_once():
    day = np.array([*range(0, 20, 2), 21, 22, 23, 23, 24, 24, 25, 25, 26, 27, 50])
    size = len(day)
    facts = assemble(
        day=day, topic=np.zeros(size, dtype=np.int64), township=np.zeros(size, dtype=np.int64),
        event=np.arange(size), caller=np.zeros(size, dtype=np.int64),
    )  # fmt: skip

    [writer] = busy_writers(facts, first_day=0, last_day=60)

    assert writer.day == 27
    assert len(writer.rows) == 10
    assert busy_writers(facts, first_day=28, last_day=60) == []
