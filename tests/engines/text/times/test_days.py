from datetime import date

import pytest

from civicloop.engines.text.times import find_days

REPLIED_ON = date(2024, 3, 13)  # a Wednesday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("将在15个工作日内办结", date(2024, 4, 3)),
        ("将在半年内完成", date(2024, 9, 12)),
        ("将在两周内整改", date(2024, 3, 27)),
        ("将在二十五天内整改", date(2024, 4, 7)),
        ("将于2024年二季度完工", date(2024, 6, 30)),
        ("将于2024年上半年完工", date(2024, 6, 30)),
        ("将于下周完成", date(2024, 3, 24)),
        ("将在8个工作日内办结", date(2024, 3, 25)),
        ("将于下季度完成", date(2024, 6, 30)),
        ("2024年9月20日之前核算", date(2024, 9, 20)),
        ("8月8日至8月12日施工", date(2024, 8, 12)),
        ("公示期为7月25日—8月9日", date(2024, 8, 9)),
        ("计划年内开通", date(2024, 12, 31)),
        ("今年底完工", date(2024, 12, 31)),
        ("四月十九日开会", date(2024, 4, 19)),
        ("下周三上门", date(2024, 3, 20)),
        ("本年度内到位", date(2024, 12, 31)),
        ("证照有效期至2051年5月22日", date(2051, 5, 22)),
    ],
)
def test_a_day_or_a_term_is_reckoned_from_the_reply(words, day):
    found = find_days(words, replied_on=REPLIED_ON)

    assert [one.day for one in found] == [day]
    assert all(words[one.start : one.end] for one in found)


@pytest.mark.parametrize("words", ["2024年13月完工", "二百年内", "99年内完成", "2024年2月30日完工"])
def test_a_day_that_no_calendar_holds_or_nobody_lives_to_see_is_none(words):
    assert [one for one in find_days(words, replied_on=REPLIED_ON) if one.day.month != 12] == []


def test_a_month_long_gone_is_the_one_to_come():
    [found] = find_days("预计1月底完工", replied_on=date(2024, 12, 20))

    assert found.day == date(2025, 1, 31)


@pytest.mark.parametrize(
    "words",
    ["每天上午巡查", "五一桥已拆除", "15日到过现场", "2024年的工作", "昨天上门", "周三开会"],
)
def test_habits_names_and_what_is_past_or_too_wide_fall_due_on_no_day(words):
    assert find_days(words, replied_on=REPLIED_ON) == []
