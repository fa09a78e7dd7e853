"""The words of the sample city, read from the TOML files in ``vocabulary/``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from civicloop.connectors.sample_city.marks import with_marks
from civicloop.connectors.sample_city.phrases import Phrase, PhraseError, compiled_all

# Factor per calendar month, January first; the year's mean is not 1, only the proportions matter.
SEASONS: dict[str, tuple[float, ...]] = {
    "": (1.0,) * 12,
    "winter": (3.2, 2.2, 0.9, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 2.6, 3.4),
    "summer": (0.3, 0.3, 0.5, 0.8, 1.4, 2.2, 2.6, 2.4, 1.5, 0.8, 0.4, 0.3),
    "flood": (0.1, 0.1, 0.3, 0.8, 1.8, 3.2, 3.4, 2.2, 0.9, 0.3, 0.1, 0.1),
    "school": (0.5, 0.6, 0.7, 0.8, 0.9, 1.2, 1.8, 3.4, 1.8, 0.6, 0.5, 0.4),
    "spring": (0.4, 0.8, 2.0, 2.4, 1.8, 0.9, 0.7, 0.6, 0.7, 0.7, 0.6, 0.4),
    "harvest": (0.3, 0.3, 0.6, 0.8, 1.2, 1.2, 1.0, 1.1, 2.2, 2.2, 0.9, 0.4),
    "festival": (3.4, 1.0, 0.6, 0.6, 0.7, 0.7, 0.7, 0.8, 0.9, 0.8, 1.3, 2.2),
    "holiday": (1.2, 1.4, 0.7, 1.2, 1.7, 0.7, 1.4, 1.4, 0.8, 2.0, 0.6, 0.6),
}
TONES = ("complain", "enquire", "suggest", "praise", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Where a matter is filed: its topic, the unit that answers, and what people call it."""

    topic: str
    unit: str
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One kind of problem: where it happens, how people word it, who answers for it."""

    index: int
    filing: Filing
    rivals: tuple[tuple[str, Filing], ...]  # kind of thing (* for all), other branch on the border
    objects: tuple[str, ...]
    weight: float
    tone: str
    season: str
    mood: str
    hint: str
    alike: frozenset[str]  # problems that share a label could be one matter at one place
    things: tuple[str, ...]
    names: tuple[Phrase, ...]
    facts: tuple[Phrase, ...]
    more: tuple[Phrase, ...]
    asks: tuple[Phrase, ...]

    @property
    def topic(self) -> str:
        """The topic under which it belongs as a rule."""
        return self.filing.topic

    def rival(self, kind: str) -> Filing | None:
        """Return the other branch that at times takes the problem on, if there is one."""
        return next((filing for of, filing in self.rivals if of in ("*", kind)), None)

    @property
    def is_personal(self) -> bool:
        """A case of the caller alone, or a question about the rules: never a shared matter."""
        return self.objects[0] == "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectKind:
    """How things of one kind are named and called."""

    name: str
    first: str
    second: str
    suffix: tuple[str, ...]
    here: tuple[str, ...]
    there: tuple[str, ...]
    who: tuple[str, ...]
    spots: tuple[Phrase, ...]
    roles: tuple[Phrase, ...]
    has_short_name: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All words of the city."""

    problems: tuple[Problem, ...]
    alike: tuple[
        tuple[int, ...], ...
    ]  # by problem: what could pass for it at one place, itself too
    kinds: dict[str, ObjectKind]


def table(name: str) -> dict[str, Any]:
    """Read one TOML file of the vocabulary."""
    source = files(__package__).joinpath("vocabulary", f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def marked_words() -> dict[str, tuple[str, ...]]:
    """Read which words the truth counts, by type."""
    return {name: tuple(words) for name, words in table("marks").items()}


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Read and compile the topics and the kinds of things, once per process."""
    folder = files(__package__).joinpath("vocabulary", "topics")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    branches = [table(f"topics/{name.removesuffix('.toml')}") for name in names]
    filings = {
        filing.topic: filing
        for branch in branches
        for filing in (_filing(row, branch) for row in branch["problem"])
    }
    rows = [(row, branch) for branch in branches for row in branch["problem"]]
    problems = [_problem(row, branch, index, filings) for index, (row, branch) in enumerate(rows)]
    words = table("objects")
    kinds = {
        name: _kind(name, words.get(row.get("like", ""), {}) | row) for name, row in words.items()
    }
    return Vocabulary(
        problems=tuple(problems),
        alike=tuple(tuple(_alike(problem, problems)) for problem in problems),
        kinds=kinds,
    )


def _alike(problem: Problem, problems: list[Problem]) -> Iterator[int]:
    for other in problems:
        if other is problem or other.alike & problem.alike:
            yield other.index


def _filing(row: dict[str, Any], branch: dict[str, Any]) -> Filing:
    return Filing(
        topic=f"{branch['level1']}/{row['topic']}",
        unit=row.get("unit", branch["unit"]),
        office=row.get("office", branch["office"]),
    )


def _problem(
    row: dict[str, Any], branch: dict[str, Any], index: int, filings: dict[str, Filing]
) -> Problem:
    filing = _filing(row, branch)
    tone, season = row.get("tone", "complain"), row.get("season", "")
    if filing.topic.count("/") != 2 or tone not in TONES or season not in SEASONS:
        raise PhraseError(f"problem {filing.topic!r}: needs three levels, a known tone and season")
    return Problem(
        index=index,
        filing=filing,
        rivals=tuple((of, filings[topic]) for of, topic in map(str.split, row.get("rival", []))),
        objects=tuple(row["on"].split()),
        weight=float(row.get("weight", 10)),
        tone=tone,
        season=season,
        mood=row.get("mood", "plain"),
        hint=row["hint"],
        alike=frozenset(row.get("alike", "").split()),
        things=tuple(row.get("thing", [""])),
        names=compiled_all(row["name"]),
        facts=compiled_all(with_marks(row["fact"], marked_words())),
        more=compiled_all(with_marks(row.get("more", []), marked_words())),
        asks=compiled_all(row.get("ask", [])),
    )


def _kind(name: str, row: dict[str, Any]) -> ObjectKind:
    times = {"time": marked_words()["time"]}
    return ObjectKind(
        name=name,
        first=row["first"],
        second=row["second"],
        suffix=tuple(row["suffix"]),
        here=tuple(row["here"]),
        there=tuple(row["there"]),
        who=tuple(row["who"]),
        spots=compiled_all(text.replace("{road}", "{name}") for text in row["spot"]),
        roles=compiled_all(with_marks((text.replace("{p}", "{q}") for text in row["role"]), times)),
        has_short_name=row.get("short", False),
    )
