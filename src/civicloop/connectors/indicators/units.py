"""Units, how many of the base one is, their English words, from presets/indicators/units.toml."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any


def factor_between(unit: str, wanted: str) -> Fraction | None:
    """Return by what a number in a unit is multiplied to be in another; None if it cannot be."""
    if unit == wanted:
        return Fraction(1)
    known = _units()
    if unit not in known or wanted not in known or known[unit][0] != known[wanted][0]:
        return None
    return known[unit][1] / known[wanted][1]


def unit_in_english(unit: str) -> str:
    """Return what a unit is called in English; the unit itself where nothing else is known."""
    return str(_preset()["english"].get(unit, unit))


@cache
def _units() -> Mapping[str, tuple[str, Fraction]]:
    return {
        unit: (group["base"], Fraction(times))
        for group in _preset()["units"]
        for unit, times in group["times"].items()
    }


@cache
def _preset() -> dict[str, Any]:
    file = files("civicloop") / "presets" / "indicators" / "units.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
