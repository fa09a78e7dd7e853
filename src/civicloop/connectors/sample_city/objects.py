"""Named things of the city (estates, roads, schools, …) and which problems they already have."""

from __future__ import annotations

import itertools
import random
from bisect import bisect
from dataclasses import dataclass

from civicloop.connectors.sample_city.geography import Geography, Stems, Town
from civicloop.connectors.sample_city.plan import CityPlan, PlanError
from civicloop.connectors.sample_city.vocabulary import ObjectKind, Problem, Vocabulary

TWIN_RATIO = 0.08  # things whose name differs little from another thing's name
FREE_PLACES = 1.7  # things per matter of the most frequent problem and its like
LEAST_OBJECTS = 60
TRIES = 12
URBAN_VILLAGE_RATIO = 0.15
CITY_BUS_LINES = 300
LARGEST_COUNTY_RATIO = 0.25  # at most this share of the things lies in one county
KINDS_WITH_TWINS = ("estate", "school", "company", "road", "site")


@dataclass(frozen=True, slots=True, kw_only=True)
class CityObject:
    """One named thing."""

    index: int
    kind: ObjectKind
    name: str
    short_name: str
    town: Town
    village: str
    street: str
    door: int
    twin: int  # index of the thing with nearly the same name, -1 for none


class Objects:
    """All things by kind; remembers which problem each has had, so that none comes twice."""

    def __init__(self, plan: CityPlan, geography: Geography, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        numbers = _numbers(plan, vocabulary)
        self.by_kind = {
            kind: _Maker(plan, geography, vocabulary.kinds[kind]).make(number)
            for kind, number in numbers.items()
        }
        self._with_twin = {
            kind: [thing for thing in objects if thing.twin >= 0]
            for kind, objects in self.by_kind.items()
        }
        self._taken = {
            (problem.index, kind): bytearray(numbers[kind])
            for problem in vocabulary.problems
            for kind in problem.objects
        }

    def draw(self, problem: Problem, stream: random.Random) -> CityObject | None:
        """Return a thing that has not had the problem yet, or nothing when all have."""
        kind = problem.objects[int(stream.random() * len(problem.objects))]
        objects = self.by_kind[kind]
        start = int(stream.random() * len(objects))
        if problem.is_personal:
            return objects[start]
        taken = self._taken[problem.index, kind]
        index = taken.find(0, start)
        if index < 0:
            index = taken.find(0)
        if index < 0:
            return None
        self._claim(problem, kind, index)
        return objects[index]

    def take(self, problem: Problem, thing: CityObject) -> bool:
        """Claim the problem for this thing; False when it has had it or cannot have it."""
        taken = self._taken.get((problem.index, thing.kind.name))
        if taken is None or taken[thing.index]:
            return False
        self._claim(problem, thing.kind.name, thing.index)
        return True

    def _claim(self, problem: Problem, kind: str, index: int) -> None:
        """Mark the problem, and all that could pass for the same matter there."""
        for number in self._vocabulary.alike[problem.index]:
            taken = self._taken.get((number, kind))
            if taken is not None:
                taken[index] = 1

    def draw_with_twin(self, problem: Problem, stream: random.Random) -> CityObject | None:
        """Return a thing with a namesake, both free of the problem, or nothing if not found."""
        kind = problem.objects[int(stream.random() * len(problem.objects))]
        twins = self._with_twin[kind]
        for _ in range(min(len(twins), TRIES)):
            thing = twins[int(stream.random() * len(twins))]
            taken = self._taken[problem.index, kind]
            if not taken[thing.index] and not taken[thing.twin]:
                self._claim(problem, kind, thing.index)
                return thing
        return None

    def twin(self, thing: CityObject) -> CityObject | None:
        """Return the thing whose name is nearly the same."""
        return self.by_kind[thing.kind.name][thing.twin] if thing.twin >= 0 else None


def _numbers(plan: CityPlan, vocabulary: Vocabulary) -> dict[str, int]:
    """Return how many things of each kind are needed for the problems to find free ones."""
    total = sum(problem.weight for problem in vocabulary.problems)
    needed = dict.fromkeys(vocabulary.kinds, 0.0)
    for problem in vocabulary.problems:
        for kind in problem.objects:
            alike = (vocabulary.problems[index] for index in vocabulary.alike[problem.index])
            weight = sum(p.weight / len(p.objects) for p in alike if kind in p.objects)
            needed[kind] = max(needed[kind], plan.appeals * weight / total)
    return {kind: LEAST_OBJECTS + round(FREE_PLACES * number) for kind, number in needed.items()}


class _Maker:
    """Names things of one kind; no name comes twice in the city."""

    def __init__(self, plan: CityPlan, geography: Geography, kind: ObjectKind) -> None:
        self._kind = kind
        self._stream = plan.stream(f"objects/{kind.name}")
        self._towns = geography.towns
        urban = URBAN_VILLAGE_RATIO if kind.name == "village" else 1.0
        self._bounds = list(
            itertools.accumulate(
                weight * (urban if town.is_urban else 1.0)
                for town, weight in zip(geography.towns, geography.town_weights, strict=True)
            )
        )
        self._stems = {
            county.code: Stems(kind.first, kind.second, self._stream)
            for county in geography.counties
        }
        self._names: set[str] = set()
        self._shortens = kind.has_short_name

    def make(self, number: int) -> list[CityObject]:
        stems = len(self._kind.first) * len(self._kind.second)
        self._shortens = self._kind.has_short_name and number * LARGEST_COUNTY_RATIO < stems
        objects: list[CityObject] = []
        while len(objects) < number:
            index = len(objects)
            has_twin = (
                self._kind.name in KINDS_WITH_TWINS
                and index + 1 < number
                and self._stream.random() < TWIN_RATIO
            )
            town = self._town()
            stem = self._stems[town.county.code].deal()
            twin = index + 1 if has_twin else -1
            objects.append(self._object(index, town, stem, twin=twin))
            if has_twin:
                objects.append(self._object(index + 1, town, stem, twin=index))
        return objects

    def _town(self) -> Town:
        return self._towns[bisect(self._bounds, self._stream.random() * self._bounds[-1])]

    def _object(self, index: int, town: Town, stem: str, *, twin: int) -> CityObject:
        villages = town.villages
        if self._kind.name == "village":
            villages = tuple(area for area in villages if area.name.endswith("村"))
        village = villages[int(self._stream.random() * len(villages))]
        name, short_name = self._named(index, town, stem, village.name)
        return CityObject(
            index=index,
            kind=self._kind,
            name=name,
            short_name=short_name if twin < 0 else name,
            town=town,
            village=village.name,
            street=town.streets[int(self._stream.random() * len(town.streets))],
            door=1 + int(self._stream.random() * 380),
            twin=twin,
        )

    def _named(self, index: int, town: Town, stem: str, village: str) -> tuple[str, str]:
        """Return a name nobody has, and what people call it for short."""
        if self._kind.name == "person":
            return town.area.name, town.area.name
        if self._kind.name == "bus":
            name = self._bus(index)
            return name, name.removesuffix("公交车")
        suffixes = self._kind.suffix
        start = int(self._stream.random() * len(suffixes))
        prefixes = ("", town.county.name[:2], town.area.name[:2])
        if self._kind.name == "village":
            prefixes = (village, village + "老", village + "新")
        for prefix, offset in itertools.product(prefixes, range(len(suffixes))):
            suffix = suffixes[(start + offset) % len(suffixes)]
            name = prefix + stem + suffix
            if name not in self._names:
                self._names.add(name)
                return name, self._short(name, stem)
        raise PlanError(f"out of names for {self._kind.name}: fewer appeals, or more characters")

    def _short(self, name: str, stem: str) -> str:
        return stem if self._shortens and name.startswith(stem) else name

    def _bus(self, index: int) -> str:
        """Number the lines: 1路…, then the lines of the counties (望澜103路)."""
        if index < CITY_BUS_LINES:
            return f"{index + 1}路公交车"
        counties = sorted({town.county.name for town in self._towns})
        county = counties[index % len(counties)]
        return f"{county[:2]}{index // len(counties) + 1}路公交车"
