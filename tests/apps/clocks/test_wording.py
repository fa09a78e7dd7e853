from decimal import Decimal

import pytest
from django.utils import translation
from tests.apps.clocks.clocks_for_tests import at, started, working_days

from civicloop.apps.clocks.actions import (
    extend_clock,
    pause_clock,
    resume_clock,
    shorten_clock,
)
from civicloop.apps.clocks.models import ClockName, PauseReason
from civicloop.apps.clocks.presets import sourced_limit
from civicloop.apps.clocks.wording import explain, word_due, word_length, word_missing_year
from civicloop.engines.clocks import TimeUnit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


def test_national_day_is_told_in_both_languages(calendar):
    clock = started("2023-09-27 10:00")

    assert explain(clock) == (
        "自2023-09-27起5个工作日，中秋节、国庆节放假8天，10月7日、10月8日调休上班，2023-10-10 24:00到期"
    )
    with translation.override("en"):
        assert explain(clock) == (
            "5 working days from 2023-09-27, Mid-Autumn Festival and National Day 8 days off, "
            "make-up workdays 10-07 and 10-08, due 2023-10-10 24:00"
        )


def test_an_end_that_rolls_is_told(calendar):
    petition = sourced_limit("petitions", ClockName.PETITION_HANDLE)

    weekend = started("2023-09-20 15:00", name=ClockName.PETITION_HANDLE, preset=petition)
    holiday = started(
        "2023-08-03 15:00", name=ClockName.PETITION_HANDLE, preset=petition, owner_id=2
    )

    assert (
        explain(weekend)
        == "自2023-09-20起60天，11月19日为休息日，顺延至2023-11-20，2023-11-20 24:00到期"
    )
    assert (
        explain(holiday)
        == "自2023-08-03起60天，10月2日为国庆节，顺延至2023-10-07，2023-10-07 24:00到期"
    )


def test_hours_are_told_from_their_minute(calendar):
    urgent = sourced_limit("beijing", ClockName.HANDLE, "urgent")

    clock = started("2023-11-17 23:10", preset=urgent)

    assert explain(clock) == "自2023-11-17 23:10起2小时，2023-11-18 01:10到期"
    assert word_due(clock) == "2023-11-18 01:10"


def test_half_a_working_day_keeps_its_half(calendar):
    half = sourced_limit("lueliang", ClockName.DISPATCH)

    clock = started("2023-11-14 10:00", name=ClockName.DISPATCH, preset=half)

    assert explain(clock) == "自2023-11-14 10:00起0.5个工作日，2023-11-14 16:00到期"


def test_pauses_extensions_and_instructions_are_told(calendar):
    def pause(clock, from_at, to_at):
        paused = pause_clock(
            clock=clock, reason=PauseReason.TEST, evidence="检测委托书", actor=None,
            from_at=at(from_at), now=at(from_at),
        )  # fmt: skip
        standing = explain(paused)
        return standing, resume_clock(clock=paused, actor=None, now=at(to_at))

    standing, clock = pause(started(), "2023-11-14 09:00", "2023-11-14 10:00")
    _, clock = pause(clock, "2023-11-15 08:30", "2023-11-16 18:00")
    clock = extend_clock(
        clock=clock, n=Decimal(1), unit=TimeUnit.WORKING_DAY, reason="勘查", approver="局长",
        asked_at=at("2023-11-17 09:00"), actor=None, now=at("2023-11-17 09:00"),
    )  # fmt: skip

    assert standing == "自2023-11-13起5个工作日，2023-11-14 09:00起暂停计时，2023-11-20 24:00到期"
    assert explain(clock) == (
        "自2023-11-13起5个工作日，延期1个工作日至2023-11-21，"
        "2023-11-14 09:00起暂停1小时，不足一天，不顺延，"
        "2023-11-15 08:30起暂停1天9小时，顺延2天，2023-11-23 24:00到期"
    )
    clock = shorten_clock(
        clock=clock, limit=working_days(1), leader="王市长", given_at=at("2023-11-17 10:00"),
        actor=None, now=at("2023-11-17 10:00"),
    )  # fmt: skip
    assert explain(clock).endswith("领导要求提前，原应于2023-11-23 24:00到期，2023-11-20 24:00到期")


def test_a_clock_that_waits_for_a_year_says_so(calendar):
    clock = started("2026-12-28 10:00")

    assert explain(clock) == word_due(clock) == "2027年的节假日安排尚未导入，到期时间暂不能计算。"
    assert "2027" in word_missing_year(2027)


def test_a_stretch_of_time_is_told_by_its_two_largest_parts():
    assert word_length(2 * 86400 + 3 * 3600 + 60) == "2天3小时"
    assert word_length(3600 + 20 * 60) == "1小时20分钟"
    assert word_length(0) == "0分钟"
