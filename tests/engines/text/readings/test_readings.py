import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from civicloop.engines.text.first_signs import UnsupportedPatternError, compile_words
from civicloop.engines.text.readings import MAX_CHARACTERS, read_message
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.places import find_places, tag_words
from civicloop.engines.text.readings.problems import split_problems
from civicloop.engines.text.readings.respondents import find_respondents
from civicloop.engines.text.readings.urgency import judge_urgency
from civicloop.engines.text.times import find_times
from tests.engines.text.hostile import SEEDS, TEXTS

NOW = datetime(2024, 5, 16, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Thursday
AREAS = Gazetteer({"澄安市": "city", "望澜区": "county", "竹渡街道": "township"})


def places(text):
    return [text[p.start : p.end] for p in find_places(text, tag_words(text), AREAS)]


def times(text):
    return [(text[t.start : t.end], t.form, t.interval) for t in find_times(text, NOW)]


def respondents(text):
    found = find_respondents(text, find_places(text, tag_words(text), AREAS))
    return [text[r.start : r.end] for r in found]


def parts(text):
    return [text[p.start : p.end] for p in split_problems(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("住在望澜区竹渡街道翠庐花园3栋2单元的居民", ["望澜区竹渡街道翠庐花园3栋2单元"]),
        ("A市A3区联丰路路口的红绿灯坏了", ["A市A3区联丰路路口"]),
        ("我家小区旁边的马路上没有路灯", []),
        ("政府和公司都说不归他们管", []),
        ("孩子在启慧实验小学读书", ["启慧实验小学"]),
        ("梅峰河又黑又臭", ["梅峰河"]),
        ("请清理梅峰河", ["梅峰河"]),
        ("联丰路路灯不亮，联丰路灯也不亮", ["联丰路"]),
        ("东至联丰路，南临梅峰河", ["联丰路", "梅峰河"]),
        ("12号联丰路停水", ["联丰路"]),
        ("找竹渡街道反映过，没有下文", []),
        ("望澜区联丰路的旧城改造", ["望澜区联丰路"]),
        ("望澜区竹渡街道等地区都停水", ["望澜区竹渡街道"]),
        ("", []),
    ],
)
def test_places_run_from_the_area_to_the_building_and_leave_common_words_out(text, found):
    assert places(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("昨晚11点半", ("昨晚11点半", "point", "2024-05-15T23:30/2024-05-16T00:30")),
        ("上周三停电", ("上周三", "point", "2024-05-08T00:00/2024-05-09T00:00")),
        ("去年10月起没水", ("去年10月", "since", "2023-10-01T00:00/..")),
        ("每天晚上11点到凌晨2点", ("每天晚上11点到凌晨2点", "recurring", "R/P1D/T23:00/T02:00")),
        ("8月初交房", ("8月初", "point", "2023-08-01T00:00/2023-08-11T00:00")),
        ("半个月前报修", ("半个月前", "point", "2024-05-01T00:00/2024-05-31T00:00")),
        ("2019年3月5日下午3点", ("2019年3月5日下午3点", "point", "2019-03-05T15:00/2019-03-05T16:00")),
    ],
)  # fmt: skip
def test_times_are_found_and_placed_in_the_calendar(text, found):
    assert times(text) == [found]


@pytest.mark.parametrize("text", ["3号楼5号", "五日内答复", "一点问题", "2019年13月40日", "近三年"])
def test_what_only_looks_like_a_time_is_none(text):
    assert [t for t in times(text) if t[1] == "point" and "月" in t[0]] == []
    assert not {"3号", "5号", "五日", "一点"} & {words for words, *_rest in times(text)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("翠洋商贸有限公司拖欠工资", ["翠洋商贸有限公司"]),
        ("向住建局反映过，希望社区处理", []),
        ("找物业没用", []),
        ("物业乱收费", ["物业"]),
        ("楼上住户半夜唱歌", ["楼上住户"]),
        ("在甜嫂火锅店附近被人拦住", []),
    ],
)
def test_respondents_are_those_reproached_and_not_those_asked(text, found):
    assert respondents(text) == found


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("楼道里煤气泄漏，快来人", 3),
        ("我不想活了", 3),
        ("有位老人晕倒在楼道里", 3),
        ("今早有人被困在电梯里", 3),
        ("有人持刀砍门", 3),
        ("楼下漏燃气", 3),
        ("家里煤气漏了", 3),
        ("燃气公司漏缴费用", 0),
        ("拖得人都垮了", 0),
        ("气味让人窒息", 0),
        ("挡土墙随时会倒塌", 2),
        ("存在火灾隐患", 1),
        ("去年着过火，早修好了", 1),
        ("没有人受伤", 0),
        ("幸好没有造成人员伤亡", 0),
        ("社区搞了消防安全宣传和防溺水教育", 0),
        ("吵死人了", 0),
        ("根据《火灾事故调查规定》申请", 0),
        ("像塌方一样难看", 0),
        ("全村集体上访", 2),
        ("多次投诉至今没有解决", 1),
        ("路灯不亮", 0),
    ],
)
def test_urgency_looks_at_how_a_danger_is_named(text, level):
    assert judge_urgency(text).level == level


def test_urgency_gives_its_reasons():
    assert judge_urgency("独居老人家煤气泄漏，多次投诉没人管").reasons == (
        "gas", "vulnerable", "repeated",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("路灯不亮。另外，垃圾没人清运。", ["路灯不亮。", "另外，垃圾没人清运。"]),
        ("反映：一、电梯常坏，老人下不了楼。二、垃圾堆在门口。", ["一、电梯常坏，老人下不了楼。", "二、垃圾堆在门口。"]),
        ("路灯不亮。另外，之前向城管局反映过，没有下文。", ["路灯不亮。另外，之前向城管局反映过，没有下文。"]),
        ("路灯不亮，希望处理。", ["路灯不亮，希望处理。"]),
        ("  ", []),
    ],
)  # fmt: skip
def test_problems_are_parted_and_what_goes_on_is_not(text, found):
    assert parts(text) == found


@pytest.mark.parametrize("text", TEXTS, ids=[repr(seed) for seed in SEEDS])
def test_hostile_texts_are_read_in_linear_time(text):
    began = time.process_time()
    for read in (places, times, respondents, parts, judge_urgency):
        read(text)
    assert time.process_time() - began < 20


def test_spans_point_into_the_text_as_it_was_given():
    text = "　望澜区　竹渡街道\r\n翠庐花园２栋，昨晚　１１点物业乱收费，煤气泄漏。另外，垃圾没人清运\ud800"

    reading = read_message(text, received_at=NOW, gazetteer=AREAS)

    assert [text[t.start : t.end] for t in reading.times] == ["昨晚　１１点"]
    assert [text[r.start : r.end] for r in reading.respondents] == ["物业"]
    assert "煤气泄漏" in [text[h.start : h.end] for h in reading.urgency.hits]
    assert len(reading.requests) == 2


def test_a_long_text_is_read_up_to_a_bound():
    text = "路灯不亮。" * MAX_CHARACTERS + "煤气泄漏"

    assert read_message(text, received_at=NOW, gazetteer=AREAS).urgency.level == 0


def test_compiled_words_find_what_the_plain_pattern_finds():
    words = compile_words(r"(?P<a>(?:大?前)天|[去今]年(?!级))|(?P<b>(?<!不)着火|\d{1,2}月)")

    assert [m.group() for m in words.finditer("前天，大前天，去年级，今年，不着火着火，3月１２月")] == [
        "前天", "大前天", "今年", "着火", "3月", "１２月",
    ]  # fmt: skip


@pytest.mark.parametrize("pattern", [".天", "天?", "[^天]地", "天|"])
def test_words_that_could_begin_with_anything_are_refused(pattern):
    with pytest.raises(UnsupportedPatternError):
        compile_words(pattern)


def test_no_more_than_twenty_problems_are_parted():
    words = (
        "路灯井盖水管电梯楼道油烟噪音垃圾停车水塔绿化消防屋顶外墙暖气燃气河道校车公厕球场花坛围墙"
    )
    things = [words[at : at + 2] for at in range(0, len(words), 2)]
    listed = [f"（{number}）{thing * 4}。" for number, thing in enumerate(things, start=1)]

    found = parts("".join(listed))

    assert found[:19] == listed[:19]
    assert found[19] == "".join(listed[19:])


def test_an_area_of_one_sign_is_not_looked_for():
    assert Gazetteer({"区": "county", "望澜区": "county"}).find("区里望澜区") == [(2, 5)]
