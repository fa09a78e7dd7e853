from pathlib import Path

import pytest

from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.connectors.air.editions import limit_editions
from civicloop.connectors.indicators.definition_files import (
    DefinitionFileError,
    line_of,
    read_definitions,
    text_of,
)
from civicloop.connectors.indicators.units import factor_between
from civicloop.engines.indicators.definitions import Formula
from civicloop.engines.indicators.faults import Fault

GOOD = """
[air.good]
title = { zh = "优良", en = "Good" }
unit = "%"
kind = "rate"
direction = "up"
table = "air_days"
numerator = "is_good"
denominator = "aqi is not null"
periods = ["month"]
author = "a"
checker = "b"
source = "HJ 663"
next_review = 2027-01-01

[air.good.target.2026]
green = 85.5
amber = 80
"""


def refused(text):
    with pytest.raises(DefinitionFileError) as error:
        read_definitions(text, "city.toml", TABLES)
    return error.value


def test_a_definition_is_read_with_its_fields():
    [found] = read_definitions(GOOD, "city.toml", TABLES)

    assert found.definition.code == "air.good"
    assert str(found.definition.targets[2026].green) == "85.5"
    assert found.content["unit"] == "%"


@pytest.mark.parametrize(
    ("old", "new", "fault", "line"),
    [
        ('"is_good"', '"is_god"', Fault.UNKNOWN_NAME, 8),
        ('kind = "rate"', 'kind = "ratio"', Fault.WRONG_VALUE, 5),
        ('source = "HJ 663"', "", Fault.MISSING, 2),
        ("amber = 80", "amber = 90", Fault.WRONG_COMBINATION, 16),
        ("green = 85.5", 'green = "lots"', Fault.WRONG_VALUE, 17),
        ('checker = "b"', 'checker = "a"', Fault.SAME_PERSON, 12),
        ('unit = "%"', "unit = ", Fault.NOT_READABLE, 4),
        ('kind = "rate"', "", Fault.MISSING, 0),
    ],
)
def test_the_line_of_a_fault_is_named(old, new, fault, line):
    found = refused(GOOD.replace(old, new))

    assert (found.error.fault, found.line) == (fault, line)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        "a = 1e999999999999999999999999",
        "a = " + "9" * 5000,
        "x" * 1_000_001,
        "\x00",
        ".".join("a" * 600) + " = 1",
    ],
)
def test_a_hostile_file_ends_in_a_fault(text):
    assert refused(text).error.fault in {Fault.NOT_READABLE, Fault.TOO_MANY, Fault.MISSING}


def test_a_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "city.toml"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(DefinitionFileError):
        text_of(file)


def test_a_file_of_absurd_size_is_not_read(tmp_path):
    file = tmp_path / "city.toml"
    file.write_bytes(b"#" * 1_000_002)

    with pytest.raises(DefinitionFileError):
        text_of(file)


def test_too_many_definitions_are_refused(monkeypatch):
    monkeypatch.setattr("civicloop.connectors.indicators.definition_files.MOST_DEFINITIONS", 0)

    assert refused(GOOD).error.fault is Fault.TOO_MANY


def test_a_line_that_is_written_otherwise_is_not_guessed():
    assert line_of("a.b = 1", "air.good", "kind") == 0


def test_the_shipped_limits_of_the_index_are_those_of_the_air_rules():
    folder = Path("src/civicloop/presets/indicators")
    text = (folder / "air.toml").read_text(encoding="utf-8")
    index = {
        each.definition.code: each.definition for each in read_definitions(text, "air.toml", TABLES)
    }["air.index"]

    assert isinstance(index.calculation, Formula)
    shipped = {
        each.code: (each.valid_from, each.valid_to, dict(each.values))
        for each in index.calculation.editions
    }
    assert shipped == {
        each.code: (
            None if each.code == "gb3095_2012" else each.valid_from,
            each.valid_to,
            {f"s_{pollutant}": limit for pollutant, limit in each.limits.items()},
        )
        for each in limit_editions()
    }  # fmt: skip


def test_units_of_one_base_are_turned_into_each_other_exactly():
    assert factor_between("万元", "亿元") * 10_000 == 1
    assert factor_between("标准机架", "kW") == 2.5
    assert factor_between("件", "件") == 1
    assert factor_between("元", "架") is None
    assert factor_between("件件", "件") is None
