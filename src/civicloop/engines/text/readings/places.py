"""Find the places a message names: areas, roads, estates, schools, companies, waters and more.

A place is the whole run from the area down to the named thing and its part (望澜区竹渡街道翠庐花园3栋).
Areas come from the city's own list; every other name is known by what it ends in and begins where
the sentence does, after a word no name holds, or after the place before it.

Source: own work; the words are jieba's (see ``words``).
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.place_words import (
    ASKED_OFFICE,
    BUILDING,
    COUNTING,
    DATE_LEAD,
    EMPTY_NAME,
    ENDINGS,
    FIRMS,
    GENERIC,
    KIND_OF,
    LEADS,
    LETTER_AREA,
    LONGEST_NAME,
    NOT_BEFORE,
    NOT_NAMES,
    NUMBERED,
    PART,
    RESIDENCE,
    SHORTEST_NAME,
    STOP_TAGS,
    STOPS,
    USUAL_NAME,
    WEAK_TAGS,
)

_MISCUT = 2  # characters by which a cut beside a known name may be wrong
_MOST_PARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a text; ``text[start:end]`` is its surface.

    ``named_from`` is where the name of the last thing begins: behind its areas.
    """

    start: int
    end: int
    kind: str  # as in ``place_words``; "area" where nothing narrower is named
    named_from: int
    named_until: int
    area: str = ""  # the narrowest area of the city's list


@dataclass(frozen=True, slots=True)
class TaggedWords:
    """The words of a text with their tags and where each begins."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    starts: tuple[int, ...]


def tag_words(text: str) -> TaggedWords:
    """Cut a text into words and tag them; joined they are the text again."""
    import rjieba

    tagged: list[tuple[str, str]] = rjieba.tag(text.encode("utf-8", "replace").decode())
    if not tagged:
        return TaggedWords((), (), ())
    words, tags = zip(*tagged, strict=True)
    return TaggedWords(words, tags, tuple(accumulate(map(len, words[:-1]), initial=0)))


def find_places(text: str, words: TaggedWords, gazetteer: Gazetteer) -> list[Place]:
    """Return the places of a text in order, none overlapping.

    Args:
        text: any text without lone surrogates.
        words: the same text, cut.
        gazetteer: the city's areas; may be empty.
    """
    places = _joined(text, _named(text, words, gazetteer))
    return [place for place in places if not _is_asked_office(text, place)]


def _is_asked_office(text: str, place: Place) -> bool:
    """Tell whether an area stands for the office that was turned to: 找笠垄镇反映."""
    before = text[max(place.start - 2, 0) : place.start]
    return place.kind == "area" and bool(ASKED_OFFICE.search(before))


def _named(text: str, words: TaggedWords, gazetteer: Gazetteer) -> Iterator[Place]:
    """Yield named things from left to right."""
    known = dict(gazetteer.find(text))
    known |= {m.start(): m.end() for m in LETTER_AREA.finditer(text) if m.start() not in known}
    last_end = 0
    for start, end, known_from, kind in _marks(text, known):
        if start < last_end:
            continue
        if known_from >= 0:
            place = _area(text, known_from, end, gazetteer) if known_from >= last_end else None
        else:
            place = _by_ending(text, words, start, end, kind, last_end, known)
        if place is not None:
            last_end = place.end
            yield place


def _marks(text: str, known: dict[int, int]) -> list[tuple[int, int, int, str]]:
    """List where something may be named: start and end of the ending, start of a known name."""
    endings = [(m.start(), m.end(), KIND_OF[m.group()]) for m in ENDINGS.finditer(text)]
    begins = {start for start, _end, _kind in endings}
    marks = [
        (start, 1, -end, -1, kind)
        for start, end, kind in endings
        if end - start > 1 or _is_last(text, start, end, begins)
    ]
    marks += [(m.start(), 1, -m.end(), -1, "building") for m in BUILDING.finditer(text)]
    marks += [(end - 1, 0, -end, start, "area") for start, end in known.items()]
    return [(start, -ends, begin, kind) for start, _rank, ends, begin, kind in sorted(marks)]


def _is_last(text: str, start: int, end: int, begins: set[int]) -> bool:
    """Tell whether a sign ends a name: of "港河" the last does, 路 of 路灯 does not."""
    following = text[end : end + 1]
    if following and following in NOT_BEFORE.get(text[start], ""):
        return False
    is_doubled = following == text[start]  # 跃进河河段
    return end not in begins or is_doubled or text.startswith("路口", end)


def _area(text: str, start: int, end: int, gazetteer: Gazetteer) -> Place:
    name = text[start:end]
    area = name if gazetteer.level_of(name) else ""
    return Place(start=start, end=end, kind="area", named_from=start, named_until=end, area=area)


def _by_ending(
    text: str,
    words: TaggedWords,
    ending_from: int,
    end: int,
    kind: str,
    last_end: int,
    known: dict[int, int],
) -> Place | None:
    """Read the name before an ending; None where there is none."""
    if any(known.get(start, 0) > end for start in range(max(end - 5, 0), end)):
        return None
    start = _name_start(text, words, ending_from, kind, last_end)
    follows = start == last_end and last_end > 0
    if not _is_name(text[start:ending_from], text[start:end], kind, follows=follows):
        return None
    if kind == "area" and end - ending_from == 1 and not _is_area_word(words, ending_from, end):
        return None
    return Place(start=start, end=end, kind=kind, named_from=start, named_until=end)


def _is_name(name: str, surface: str, kind: str, *, follows: bool) -> bool:
    if not name:
        return follows and kind in EMPTY_NAME and len(surface) > 1
    least = 1 if follows else SHORTEST_NAME.get(kind, 2)
    is_stray = kind == "hamlet" and not follows
    is_unnumbered = kind == "bus" and not name[-1].isdecimal()
    if len(name) < least or is_stray or is_unnumbered or name in GENERIC:
        return False
    return not _is_common_word(surface)


@lru_cache(maxsize=20_000)
def _is_common_word(surface: str) -> bool:
    return NOT_NAMES.match(surface) is not None


def _is_area_word(words: TaggedWords, ending_from: int, end: int) -> bool:
    """Tell whether 区, 县, 市 … ends a word that is the name of a place."""
    index = bisect_right(words.starts, ending_from) - 1
    word = words.words[index]
    if words.starts[index] + len(word) != end:
        return False
    return word[-1] in "村镇乡" or (words.tags[index] == "ns" and len(word) in (3, 4))


def _name_start(text: str, words: TaggedWords, ending_from: int, kind: str, last_end: int) -> int:
    """Walk left from an ending to where its name begins."""
    limit = max(last_end, ending_from - LONGEST_NAME.get(kind, USUAL_NAME))
    if kind == "hamlet" and text[limit:ending_from].isalnum():
        return limit
    index = bisect_right(words.starts, ending_from) - 1
    start = ending_from
    while start > limit:
        word_from = words.starts[index]
        word = text[max(word_from, limit) : min(word_from + len(words.words[index]), ending_from)]
        is_next = start == ending_from
        if word and not _may_name(
            word, words.words[index], words.tags[index], kind, is_next=is_next
        ):
            break
        start = max(word_from, limit)
        index -= 1
    if last_end and 0 < start - last_end <= _MISCUT:
        gap = text[last_end:start]
        is_name = gap.isalnum() and gap not in STOPS and "的" not in gap and gap[0] != "等"
        start = last_end if is_name else start
    date = DATE_LEAD.match(text, start, ending_from)
    if date:
        start = date.end()
    return start + 1 if text[start] in LEADS and ending_from - start > 2 else start


def _may_name(word: str, whole: str, tag: str, kind: str, *, is_next: bool) -> bool:
    """Tell whether a word can be part of a name; beside the ending more can."""
    if not word.isalnum() or whole in STOPS or word in STOPS:
        return False
    if tag in STOP_TAGS:
        return is_next and len(whole) > 1 and tag not in ("r", "p", "c")
    if tag == "m":
        is_number = any(sign in COUNTING or sign.isdecimal() for sign in word)
        return not is_number or (kind in NUMBERED and (is_next or word.isdecimal()))
    return tag not in WEAK_TAGS or is_next


def _joined(text: str, named: Iterator[Place]) -> Iterator[Place]:
    """Join what stands side by side, and add the parts that follow."""
    place: Place | None = None
    for found in named:
        if place is None:
            place = found
        elif found.start < place.end:
            continue
        elif found.start == place.end:
            place = _wider(place, found)
        else:
            yield place
            place = found
        place = _with_parts(text, place)
    if place is not None:
        yield place


def _wider(place: Place, found: Place) -> Place:
    """A place with what stands right behind it."""
    keeps_kind = found.kind == "hamlet" and place.kind != "area"
    is_firm = found.kind in FIRMS and place.kind not in ("area", "hamlet", "road")
    is_ending = found.named_until - found.named_from <= 2 and place.kind not in ("area", "hamlet")
    return replace(
        found,
        start=place.start,
        area=found.area or place.area,
        kind=place.kind if keeps_kind else found.kind,
        named_from=place.named_from if is_ending or is_firm else found.named_from,
    )


def _with_parts(text: str, place: Place) -> Place:
    end = place.end
    residence = RESIDENCE.match(text, end) if place.kind == "area" else None
    if residence and not any(sign in STOPS for sign in residence.group()):
        end = residence.end()
        place = replace(place, kind="estate", named_from=place.end, named_until=end)
    for _ in range(_MOST_PARTS):
        match = PART.match(text, end)
        if match is None:
            break
        end = match.end()
    return replace(place, end=end)
