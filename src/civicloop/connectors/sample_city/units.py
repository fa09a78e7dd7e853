"""The units of the fictional city, of all four levels."""

from __future__ import annotations

from dataclasses import dataclass

from civicloop.connectors.sample_city.geography import Geography
from civicloop.connectors.sample_city.plan import PlanError
from civicloop.connectors.sample_city.vocabulary import Vocabulary, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A body that acts on appeals."""

    code: str
    name: str
    level: str
    area_code: str


def units(geography: Geography) -> tuple[Unit, ...]:
    """List departments and utilities of the city, county governments, some towns' offices.

    The first of these towns, a street, has five communities' committees and a village's, too.
    """
    words = table("units")
    city = geography.city
    listed = [(f"{city.name}{name}", "city", city.code) for name in words["city"]]
    listed += [(f"{city.name}{name}", "utility", city.code) for name in words["utility"]]
    for county in geography.counties:
        listed += [(f"{county.name}{name}", "county", county.code) for name in words["county"]]
    every = len(geography.towns) // words["town"]
    with_office = geography.towns[::every][: words["town"]]
    for town in with_office:
        office = "办事处" if town.is_urban else "人民政府"
        name = f"{town.county.name}{town.area.name}{office}"
        listed.append((name, "township", town.area.code))
    first = with_office[0]
    for village in (*first.villages[:5], first.villages[-1]):
        committee = "居民委员会" if village.name.endswith("社区") else "村民委员会"
        name = f"{first.county.name}{first.area.name}{village.name}{committee}"
        listed.append((name, "village", village.code))
    return tuple(
        Unit(code=f"U{number:03d}", name=name, level=level, area_code=area_code)
        for number, (name, level, area_code) in enumerate(listed, start=1)
    )


def check_units(vocabulary: Vocabulary) -> None:
    """Refuse a vocabulary that makes a unit answer for a topic that is not in the list."""
    words = table("units")
    known = {*words["city"], *words["utility"]}
    unknown = {problem.filing.unit for problem in vocabulary.problems} - known
    if unknown:
        raise PlanError(f"units that are not in units.toml: {sorted(unknown)}")
