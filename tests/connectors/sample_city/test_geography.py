import collections
from dataclasses import replace
from datetime import date

import pytest

from civicloop.connectors.sample_city import CityPlan, PlanError
from civicloop.connectors.sample_city.geography import Stems, geography
from civicloop.connectors.sample_city.objects import Objects
from civicloop.connectors.sample_city.units import check_units
from civicloop.connectors.sample_city.vocabulary import Vocabulary, vocabulary

PLAN = CityPlan(appeals=100, last_day=date(2024, 12, 31))


def test_tree_has_ten_counties_and_about_120_towns(city):
    levels = collections.Counter(row["level"] for row in city.areas)

    assert levels["province"] == levels["city"] == 1
    assert levels["county"] == 10
    assert levels["township"] == 121
    assert levels["village"] > 800


def test_codes_have_twelve_digits_of_an_unassigned_province(city):
    codes = [row["code"] for row in city.areas]

    assert len(set(codes)) == len(codes)
    assert all(len(code) == 12 and code.startswith("99") and code.isdigit() for code in codes)


def test_every_area_but_the_province_follows_its_parent(city):
    seen = {""}
    for row in city.areas:
        assert row["parent_code"] in seen
        seen.add(row["code"])


def test_each_town_has_six_to_ten_villages(city):
    villages = collections.Counter(
        row["parent_code"] for row in city.areas if row["level"] == "village"
    )

    assert set(villages.values()) == {6, 7, 8, 9, 10}


def test_units_of_all_four_levels_lie_in_known_areas(city):
    codes = {row["code"] for row in city.areas}

    assert len(city.units) == len({row["name"] for row in city.units}) == 66
    assert {row["area_code"] for row in city.units} <= codes
    assert {row["level"] for row in city.units} == {
        "city",
        "utility",
        "county",
        "township",
        "village",
    }


def test_stems_are_dealt_once_each_and_then_again():
    stems = Stems("ab", "xy", PLAN.stream("test"))

    dealt = [stems.deal() for _ in range(8)]

    assert sorted(dealt[:4]) == ["ax", "ay", "bx", "by"]
    assert dealt[4:] == dealt[:4]


def test_unknown_unit_in_the_vocabulary_is_refused(monkeypatch):
    monkeypatch.setattr(
        "civicloop.connectors.sample_city.units.table", lambda _: {"city": [], "utility": ["x"]}
    )

    with pytest.raises(PlanError, match="units that are not in"):
        check_units(vocabulary())


def test_running_out_of_names_is_said():
    river = replace(vocabulary().kinds["river"], first="沅", second="清", suffix=("河",))
    words = Vocabulary(problems=(), alike=(), kinds={"river": river})

    with pytest.raises(PlanError, match="out of names for river"):
        Objects(PLAN, geography(PLAN), words)
