"""A unit's duty, whatever its area: what one county's office learned, another's knows too.

A unit's label is its level and its name without the names of areas: ``county/民政局`` for every
county's office of civil affairs. A label and the area of a case make a unit again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from civicloop.engines.routing.conflicts import UnitFact
from civicloop.engines.routing.levels import Level

GOVERNMENTS = ("人民政府", "政府", "街道办事处", "办事处", "街道办")
GOVERNMENT = "政府"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUnit:
    """A unit with its name and the names of its area and those around it."""

    fact: UnitFact
    name: str
    area_names: tuple[str, ...]


class Duties:
    """The labels of a city's units, and the unit of a label in an area."""

    def __init__(self, units: Iterable[NamedUnit]) -> None:
        self._labels: dict[str, str] = {}
        self._units: dict[str, list[UnitFact]] = defaultdict(list)
        for unit in units:
            label = f"{unit.fact.level}/{duty_of(unit)}"
            self._labels[unit.fact.code] = label
            self._units[label].append(unit.fact)
        for facts in self._units.values():
            facts.sort(key=lambda fact: (-len(fact.area), fact.code))

    def label_of(self, code: str) -> str:
        """Return a unit's label; "" for a unit that is not there."""
        return self._labels.get(code, "")

    def unit_of(self, label: str, area: str) -> str:
        """Return the code of the unit with this duty for an area, "" where none or many could be.

        Args:
            label: Level and duty.
            area: First digits of the code of the case's area; "" where it is not known.
        """
        known = self._units.get(label, [])
        around = [fact for fact in known if area.startswith(fact.area)]
        if around:
            alike = [fact for fact in around if fact.area == around[0].area]
            return alike[0].code if len(alike) == 1 else ""
        inside = [fact for fact in known if fact.area.startswith(area)]
        return inside[0].code if len(inside) == 1 else ""


def duty_of(unit: NamedUnit) -> str:
    """Return a unit's name without the names of areas."""
    name = unit.name
    while shorter := _without_area(name, unit.area_names):
        name = shorter
    if unit.fact.level in {Level.COUNTY, Level.TOWNSHIP} and name in GOVERNMENTS:
        return GOVERNMENT
    return name


def _without_area(name: str, area_names: tuple[str, ...]) -> str:
    """The name behind the first area that it begins with, "" where it begins with none."""
    for area in area_names:
        if area and name.startswith(area) and len(name) > len(area):
            return name.removeprefix(area)
    return ""
