"""Provinces to villages of the fictional city, with codes in the manner of GB/T 2260."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from civicloop.connectors.sample_city.plan import CityPlan
from civicloop.connectors.sample_city.vocabulary import table

TOWN_SUFFIXES = ("街道", "镇", "乡")
TOWN_CODE_STARTS = (1, 100, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One node of the area tree."""

    code: str
    name: str
    level: str
    parent_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A township or street with its villages and its minor streets (used in addresses only)."""

    area: Area
    county: Area
    is_urban: bool
    villages: tuple[Area, ...]
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Geography:
    """The whole tree, and its towns with the share of the city's life in each."""

    province: Area
    city: Area
    counties: tuple[Area, ...]
    towns: tuple[Town, ...]
    town_weights: tuple[float, ...]

    def areas(self) -> Iterator[Area]:
        """All areas, parents first."""
        yield self.province
        yield self.city
        yield from self.counties
        for town in self.towns:
            yield town.area
            yield from town.villages


class Stems:
    """Deals two-character names in a shuffled order, each once."""

    def __init__(self, first: str, second: str, stream: random.Random) -> None:
        self._stems = [a + b for a in first for b in second]
        stream.shuffle(self._stems)
        self._next = 0

    def deal(self) -> str:
        """Return the next name; starts over when all have been dealt."""
        stem = self._stems[self._next % len(self._stems)]
        self._next += 1
        return stem


def geography(plan: CityPlan) -> Geography:
    """Lay out the city of a plan."""
    words = table("geography")
    stream = plan.stream("geography")
    province = Area(
        code=words["province_code"].ljust(12, "0"),
        name=words["province"],
        level="province",
        parent_code="",
    )
    city = Area(
        code=words["city_code"].ljust(12, "0"),
        name=words["city"],
        level="city",
        parent_code=province.code,
    )
    stems = {
        part: Stems(words[f"{part}_first"], words[f"{part}_second"], stream)
        for part in ("town", "village", "street")
    }
    counties: list[Area] = []
    towns: list[Town] = []
    weights: list[float] = []
    for number, row in enumerate(words["county"], start=1):
        code = f"{words['city_code']}{number:02d}".ljust(12, "0")
        county = Area(code=code, name=row["name"], level="county", parent_code=city.code)
        counties.append(county)
        made = list(_towns(county, row["towns"], stems, words["street_suffix"], stream))
        towns.extend(made)
        weights.extend(row["weight"] / len(made) * (0.5 + stream.random()) for _ in made)
    return Geography(
        province=province,
        city=city,
        counties=tuple(counties),
        towns=tuple(towns),
        town_weights=tuple(weights),
    )


def _towns(
    county: Area,
    numbers: list[int],
    stems: dict[str, Stems],
    street_suffixes: list[str],
    stream: random.Random,
) -> Iterator[Town]:
    for suffix, start, number in zip(TOWN_SUFFIXES, TOWN_CODE_STARTS, numbers, strict=True):
        for offset in range(number):
            area = Area(
                code=f"{county.code[:6]}{start + offset:03d}000",
                name=stems["town"].deal() + suffix,
                level="township",
                parent_code=county.code,
            )
            is_urban = suffix == "街道"
            yield Town(
                area=area,
                county=county,
                is_urban=is_urban,
                villages=tuple(_villages(area, stems["village"], stream, is_urban=is_urban)),
                streets=tuple(
                    stems["street"].deal() + street_suffixes[int(stream.random() * 6)]
                    for _ in range(6)
                ),
            )


def _villages(town: Area, stems: Stems, stream: random.Random, *, is_urban: bool) -> Iterator[Area]:
    number = 6 + int(stream.random() * 5)
    communities = number - 1 if is_urban else 2
    for position in range(number):
        is_community = position < communities
        serial = position + 1 if is_community else 200 + position
        yield Area(
            code=f"{town.code[:9]}{serial:03d}",
            name=stems.deal() + ("社区" if is_community else "村"),
            level="village",
            parent_code=town.code,
        )


def peer_code(city: str, number: int) -> str:
    """Return the invented code of another city of the same province."""
    return city[:2] + f"{number + 20:02}" + "0" * 8
