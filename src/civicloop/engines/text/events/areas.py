"""Find the areas a message is about, and what lies in what, learned from the city's messages.

Which district a township lies in is read from where both are named in one go, so that a message
that knows only its township can be held against one that knows only its district.

Source: own work.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from civicloop.engines.text.events.values import PlainText
from civicloop.engines.text.normalise import BREAK, plain

VILLAGE, TOWN, COUNTY = 1, 2, 3
_LEVEL_ENDS = (("省",), ("社区", "村"), ("街道", "镇", "乡"), ("区", "县", "旗"), ("市",))
_AREA = re.compile(r"(?:[a-z]\d{1,2}|[\u4e00-\u9fff]{1,3}?)[区县旗]")
_NOT_AREA = re.compile("[小社片地校园景库辖城学厂住老新片市郊山湖矿牧林]区|[全本我我该各]县")
_TOWN_END = re.compile("街道|[镇乡]")
_COUNTY_AND_TOWN = re.compile(
    r"([\u4e00-\u9fff]{2,3}[区县旗])([\u4e00-\u9fff]{1,4}(?:街道|[镇乡]))"
)
_PARTS_OF_PLACE = re.compile(r"\w{1,8}?(?:省|市|街道|镇|乡|社区|村|区|县|旗)|\w+")
_WINDOW = 60
_LEARNED_FROM = 300
_LEAST_SEEN = 5
_LEAST_RATIO = 0.004
_LEAST_AGREED = 0.6  # of the times an area is named after a wider one, it is this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """The areas known: ``names``, and by name the area each lies in."""

    names: frozenset[str]
    parent: dict[str, str]


class AreaCounts:
    """What messages say of areas, counted as they are read."""

    def __init__(self) -> None:
        """Begin counting."""
        self._messages = 0
        self._named: set[str] = set()
        self._read: Counter[str] = Counter()
        self._above: Counter[tuple[str, str]] = Counter()

    def see(self, place: str, text: PlainText) -> None:
        """Count one message's place and the areas its subject and opening name."""
        self._messages += 1
        parts = parts_of(place)
        self._named.update(parts)
        self._read.update(_area_like(text.subject))
        self._above.update(pairwise(parts))
        self._above.update(_COUNTY_AND_TOWN.findall(text.subject))
        self._above.update(_COUNTY_AND_TOWN.findall(text.body[:_LEARNED_FROM]))

    def areas(self) -> Areas:
        """Give the areas named in places or recurring in subjects, and what each lies in."""
        names = frozenset(self._named | self._recurring())
        above: dict[str, Counter[str]] = defaultdict(Counter)
        for (wider, narrower), times in self._above.items():
            if wider in names and narrower in names and level_of(wider) > level_of(narrower):
                above[narrower][wider] += times
        parent = {name: _agreed(seen) for name, seen in above.items()}
        return Areas(names=names, parent={name: wider for name, wider in parent.items() if wider})

    def _recurring(self) -> set[str]:
        """Keep the readings that look like a district or county and recur over many subjects.

        Of "city A1 district", "A1 district" and "1 district" the middle one is the name: nearly
        every "1 district" is preceded by the same character, and the longest only adds to a name.
        """
        seen = self._read
        least = max(_LEAST_SEEN, _LEAST_RATIO * self._messages)
        extended: Counter[str] = Counter()
        for name, times in seen.items():
            extended[name[1:]] = max(extended[name[1:]], times)
        free = {n for n, times in seen.items() if times >= least and extended[n] < 0.6 * times}
        return {name for name in free if not any(name[k:] in free for k in (1, 2))}


def _agreed(seen: Counter[str]) -> str:
    """Give the wider area an area is mostly named with, or "" when that is not clear."""
    wider, times = max(seen.items(), key=lambda item: (item[1], item[0]))
    return wider if times >= _LEAST_AGREED * seen.total() else ""


def areas_of(place: str, text: PlainText, known: Areas) -> dict[int, frozenset[str]]:
    """Name the areas of a message by level, also those its areas lie in.

    By level, so that a town is never held against a county it may lie in.
    """
    opening = text.subject + BREAK + text.body[:_WINDOW]
    read = (_area_like(opening) | _town_like(opening)) & known.names
    levels: dict[int, set[str]] = {}
    for name in _with_wider({*parts_of(place), *read}, known):
        levels.setdefault(level_of(name), set()).add(name)
    return {level: frozenset(names) for level, names in levels.items()}


def _with_wider(names: Iterable[str], known: Areas) -> set[str]:
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        found |= waiting
        waiting = {known.parent[name] for name in waiting if name in known.parent} - found
    return found


def level_of(name: str) -> int:
    """Tell the level of an area by the sign its name ends in."""
    return next((n for n, ends in enumerate(_LEVEL_ENDS) if name.endswith(ends)), len(_LEVEL_ENDS))


@lru_cache(maxsize=100_000)
def parts_of(place: str) -> tuple[str, ...]:
    """Part a place into the names of areas it is made of, widest first."""
    return tuple(plain(part) for part in _PARTS_OF_PLACE.findall(place))


def _area_like(text: str) -> set[str]:
    """Find every reading of one to three characters before a district's or county's sign."""
    found: set[str] = set()
    for match in _AREA.finditer(text):
        readings = _before(text, match.end(), (2, 3, 4))
        found.update(r for r in readings if not _NOT_AREA.search(r))
    return found


def _town_like(text: str) -> set[str]:
    """Find every reading of a few characters up to a township's sign."""
    ends = (match.end() for match in _TOWN_END.finditer(text))
    return {reading for end in ends for reading in _before(text, end, (2, 3, 4, 5))}


def _before(text: str, end: int, sizes: tuple[int, ...]) -> list[str]:
    readings = (text[max(end - size, 0) : end] for size in sizes)
    return [reading for reading in readings if BREAK not in reading]
