"""A figure in words: the unit of a change fits the kind, and better is not the same as more."""

import re
from decimal import Decimal

import pytest
from django.utils import translation
from tests.engines.indicators.samples import definition

from civicloop.apps.indicators.definitions import shipped_definitions
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.words import (
    NO_CHANGE,
    WHY_NONE,
    is_better,
    title_of,
    word_basis,
    word_change,
    word_place,
    word_unit,
    word_value,
)
from civicloop.engines.indicators.definitions import Formula
from civicloop.engines.indicators.working import WhyNone
from civicloop.values.changes import NoChange


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def changed(change, unit="%", why=""):
    return {"change": change, "unit": unit, "why_none": why}


def test_a_rate_changes_in_points_and_an_index_in_percent():
    assert word_change(changed("6.7", "pp")) == "up by 6.7 percentage points"
    assert word_change(changed("-0.3")) == "down by 0.3 %"
    assert word_change(changed("0.0")) == "as the year before"
    assert word_change(changed(None, why="zero_base")) == "the year before it was zero"


def test_a_falling_index_is_better():
    index = definition(kind="index", direction="down", unit="1")

    assert is_better(changed("-0.3"), index) is True
    assert is_better(changed("1.8"), index) is False
    assert is_better(changed("0.0"), index) is None
    assert is_better(changed("1"), definition(direction="none")) is None


def test_a_unit_is_said_in_the_readers_language():
    days, revenue = definition(unit="天", decimals=0), definition(unit="亿元", decimals=2)

    assert word_value(Figure(value=Decimal(249), status="normal"), days) == "249 days"
    assert (
        word_value(Figure(value=Decimal("156.36"), status="normal"), revenue)
        == "156.36 × 100 million yuan"
    )
    assert word_unit("µg/m³") == "µg/m³"
    assert word_unit("1") == word_unit("个") == ""
    with translation.override("zh-hans"):
        assert word_value(Figure(value=Decimal(249), status="normal"), days) == "249 天"


def test_what_a_figure_follows_is_said_in_words():
    of_a_list = definition(roster="key_chains")

    assert word_basis("gb3095_2026_transition", definition()) == "GB 3095-2026, transition"
    assert word_basis("2", of_a_list) == "list no. 2"
    assert word_basis("comparable", definition()) == "comparable prices"
    assert word_basis("standard_rack_2500w", definition()) == "2.5 kW a standard rack"


def test_every_edition_of_a_shipped_formula_has_words():
    formulas = [each.definition.calculation for _, each in shipped_definitions()]
    codes = [
        edition.code for each in formulas if isinstance(each, Formula) for edition in each.editions
    ]

    assert codes
    assert [code for code in codes if word_basis(code, definition()) == code] == []


def test_every_unit_of_a_shipped_definition_has_an_english_word():
    units = {each.definition.unit for _, each in shipped_definitions()}

    assert [unit for unit in units if re.search("[一-鿿]", word_unit(unit))] == []


def test_a_value_has_its_unit_and_its_reservations():
    share = definition()

    assert word_value(Figure(value=Decimal("81.900000"), status="normal"), share) == "81.9 %"
    assert (
        word_value(Figure(value=Decimal("81.9"), status="provisional"), share)
        == "81.9 % (provisional)"
    )
    assert (
        word_value(Figure(value=None, why_none="not_stated"), share) == "none: no source states it"
    )


def test_a_shared_place_says_so():
    assert word_place(Figure(rank=1, rank_of=11)) == "place 1 of 11"
    assert word_place(Figure(rank=1, rank_of=11, is_rank_shared=True)) == "place 1 of 11, shared"
    assert word_place(Figure(rank=None)) == word_place(Figure(rank=1, rank_of=1)) == ""


def test_every_reason_has_words():
    assert set(WHY_NONE) == set(WhyNone)
    assert set(NO_CHANGE) == set(NoChange)


def test_a_title_is_in_the_readers_language():
    with translation.override("zh-hans"):
        assert title_of(definition()) == "优良天数比例"
    assert title_of(definition()) == "Good-day share"
