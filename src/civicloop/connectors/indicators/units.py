"""Units and how many of the base one is, from presets/indicators/units.toml."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files


def factor_between(unit: str, wanted: str) -> Fraction | None:
    """Return by what a number in a unit is multiplied to be in another; None if it cannot be."""
    if unit == wanted:
        return Fraction(1)
    known = _units()
    if unit not in known or wanted not in known or known[unit][0] != known[wanted][0]:
        return None
    return known[unit][1] / known[wanted][1]


@cache
def _units() -> Mapping[str, tuple[str, Fraction]]:
    file = files("civicloop") / "presets" / "indicators" / "units.toml"
    groups = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)["units"]
    return {
        unit: (group["base"], Fraction(times))
        for group in groups
        for unit, times in group["times"].items()
    }
