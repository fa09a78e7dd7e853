from datetime import date
from decimal import Decimal

import pytest

from civicloop.apps.clocks.limits import LONG_CYCLE, USUAL
from civicloop.apps.clocks.models import ClockBasis, ClockName
from civicloop.apps.clocks.presets import (
    PresetError,
    Sure,
    all_presets,
    load_preset,
    read_preset,
    sourced_limit,
)
from civicloop.engines.clocks import RollRule, TimeUnit

HEAD = """
name = "某市"
name_en = "Some city"
basis = "preset"
source = "某市规定"
reviewed_on = 2026-11-26
reviewer = "maintainers"
next_review = 2027-11-26
"""
ROW = """
[[limits]]
clock = "handle"
n = "5"
unit = "working_day"
start = "next_day"
article = "第二条"
sure = "official"
"""

# DOMAIN table, row by row: preset, clock, case, n, unit
TABLE = [
    ("lueliang", "dispatch", "", "0.5", "working_day"),
    ("lueliang", "object", "", "1", "working_day"),
    ("lueliang", "respond", "urgent", "30", "minute"),
    ("lueliang", "consult", "", "3", "working_day"),
    ("lueliang", "handle", "", "5", "working_day"),
    ("beijing", "handle", "urgent", "2", "hour"),
    ("beijing", "handle", "utilities", "24", "hour"),
    ("beijing", "handle", "", "7", "calendar_day"),
    ("beijing", "handle", "complex", "15", "calendar_day"),
    ("shandong", "object", "", "2", "working_day"),
    ("shandong", "handle", "", "5", "working_day"),
    ("bengbu", "sign", "", "1", "working_day"),
    ("bengbu", "respond", "urgent", "10", "minute"),
    ("bengbu", "consult", "web", "3", "working_day"),
    ("bengbu", "handle", "", "5", "working_day"),
    ("petitions", "petition_transfer", "", "15", "calendar_day"),
    ("petitions", "petition_object", "", "5", "working_day"),
    ("petitions", "petition_handle", "", "60", "calendar_day"),
    ("petitions", "petition_review", "", "30", "calendar_day"),
    ("petitions", "petition_re_review", "", "30", "calendar_day"),
    ("market", "accept", "", "7", "working_day"),
    ("market", "mediate", "", "45", "working_day"),
    ("market", "check", "", "15", "working_day"),
    ("market", "object", "", "7", "working_day"),
    ("supervision_13710", "deploy", "", "1", "calendar_day"),
    ("supervision_13710", "feedback", "", "3", "calendar_day"),
    ("supervision_13710", "handle", "", "7", "calendar_day"),
    ("supervision_13710", "handle", "complex", "1", "calendar_month"),
    ("national", "disclose", "", "20", "working_day"),
]


@pytest.mark.parametrize(("preset", "clock", "case", "n", "unit"), TABLE)
def test_each_row_of_the_table_of_limits_is_shipped(preset, clock, case, n, unit):
    found = sourced_limit(preset, ClockName(clock), case)

    assert (found.limit.n, found.limit.unit) == (Decimal(n), TimeUnit(unit))


def test_a_case_without_a_row_has_the_limit_of_the_usual_case():
    assert sourced_limit("lueliang", ClockName.HANDLE, "urgent") == sourced_limit(
        "lueliang", ClockName.HANDLE
    )
    assert sourced_limit("lueliang", ClockName.MEDIATE) is None


def test_extensions_are_as_published():
    rules = sourced_limit("lueliang", ClockName.HANDLE).extension_rules

    assert (rules[USUAL].count, rules[USUAL].n) == (3, 3)
    assert rules[LONG_CYCLE].longest_days == 180
    petition = sourced_limit("petitions", ClockName.PETITION_HANDLE)
    assert petition.extension_rules[USUAL].n == 30
    assert petition.limit.roll == RollRule.AFTER_REST_DAY
    assert petition.basis == ClockBasis.STATUTE


def test_every_row_names_its_article_and_when_it_is_looked_at_again():
    for preset in all_presets():
        for row in preset.limits:
            assert row.article
            assert row.reviewer == "maintainers"
            assert row.reviewed_on < row.next_review


def test_what_is_known_from_a_low_grade_page_is_marked():
    assert {row.sure for row in load_preset("beijing").limits} == {Sure.UNVERIFIED}


def test_a_file_of_a_city_is_read():
    [row] = read_preset("some", HEAD + ROW).limits

    assert row.sourced.source == "某市规定：第二条"
    assert row.next_review == date(2027, 11, 26)


@pytest.mark.parametrize(
    ("text", "row", "named"),
    [
        ("name = ", 0, ""),
        (HEAD.replace('name = "某市"', ""), 0, "name"),
        (HEAD.replace("reviewed_on = 2026-11-26", "") + ROW, 0, "reviewed_on"),
        (HEAD + ROW + ROW.replace('"handle"', '"handling"'), 2, "clock"),
        (HEAD + ROW.replace('n = "5"', 'n = "five"'), 1, "n"),
        (HEAD + ROW.replace('n = "5"', ""), 1, "n"),
        (HEAD + ROW.replace('n = "5"', 'n = "2.5"'), 1, ""),
        (HEAD + ROW.replace('"next_day"', '"tomorrow"'), 1, "same_day"),
        (HEAD + ROW + 'remark = "in one language"\n', 1, "remark"),
        (HEAD + ROW + 'remark = { zh = "只有中文" }\n', 1, "remark"),
        (HEAD + ROW + '[limits.extension]\ncount = 1\nn = "3"\n', 1, "unit"),
    ],
)
def test_a_wrong_row_is_named_with_its_cure(text, row, named):
    with pytest.raises(PresetError) as refused:
        read_preset("some", text)

    assert (refused.value.file, refused.value.row) == ("some", row)
    assert named in refused.value.cure
    assert "some.toml" in str(refused.value)
