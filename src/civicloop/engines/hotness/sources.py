"""Tell whether many appeals come from one source: one citizen, one text, one address.

Such a burst is shown and marked, never hidden: a text that went round among neighbours is a shared
matter, one author's hundred letters are not, and people must judge which it is.

Source: own work; near-equal texts by the Jaccard ratio of their character 4-grams, Broder 1997, "On the
resemblance and containment of documents".
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.engines.hotness.alarm_values import WEEK, AppealFacts, Ints

FEW_CALLERS, SAME_TEXT, ONE_ADDRESS = "few_callers", "same_text", "one_address"
TAGS = (FEW_CALLERS, SAME_TEXT, ONE_ADDRESS)
APPEALS_PER_CALLER = 2.0  # from so many on average, few callers make the burst
LEAST_APPEALS = 3  # fewer say nothing about a common source
LEAST_WRITTEN = 10  # appeals of one citizen in a week that are told
GRAM = 4
NEAR_EQUAL = 0.6
MOST_COMPARED = 200  # texts; more are not needed to see a template


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one appeal of a burst tells about its source."""

    caller: str  # "" is unknown
    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyWriter:
    """A citizen who alone wrote very many appeals in a week."""

    day: int  # on which it became so many
    rows: Ints  # rows of the appeals of that week


def source_tags(voices: Sequence[Voice]) -> tuple[str, ...]:
    """Return which marks of a single source the appeals of a burst bear, in the order of ``TAGS``."""
    if len(voices) < LEAST_APPEALS:
        return ()
    known = Counter(voice.caller for voice in voices if voice.caller)
    people = len(known) + sum(not voice.caller for voice in voices)
    addresses = Counter("".join(voice.address.split()) for voice in voices if voice.address)
    found = {
        FEW_CALLERS: len(voices) >= APPEALS_PER_CALLER * people,
        SAME_TEXT: _same_text_ratio([voice.text for voice in voices[:MOST_COMPARED]]) > 1 / 2,
        ONE_ADDRESS: len(addresses) == 1 and addresses.total() >= LEAST_APPEALS,
    }
    return tuple(tag for tag in TAGS if found[tag])


def _same_text_ratio(texts: Sequence[str]) -> float:
    """Return the share of texts that are nearly equal to the one that most are nearly equal to."""
    grams = [_grams(text) for text in texts]
    alike = [sum(_is_near_equal(one, other) for other in grams) for one in grams]
    most = max(alike)
    return most / len(texts) if most > 1 else 0.0


def _grams(text: str) -> frozenset[str]:
    plain = "".join(text.split())
    return frozenset(plain[at : at + GRAM] for at in range(max(len(plain) - GRAM + 1, 1)))


def _is_near_equal(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < NEAR_EQUAL * max(len(one), len(other)):
        return False
    return len(one & other) >= NEAR_EQUAL * len(one | other)


def busy_writers(facts: AppealFacts, *, first_day: int, last_day: int) -> list[BusyWriter]:
    """Return the citizens whose appeals of seven days became ten in the days given, by day.

    A citizen is told again after a week with fewer.
    """
    order = np.lexsort((facts.day, facts.caller))
    caller, day = facts.caller[order], facts.day[order]
    span = int(day.max(initial=0)) + WEEK + 1
    key = caller * span + day
    oldest = np.searchsorted(key, caller * span + np.maximum(day - WEEK + 1, 0))
    is_busy = np.arange(len(key)) - oldest + 1 >= LEAST_WRITTEN
    busy = np.flatnonzero(is_busy)
    is_news = np.ones(len(busy), dtype=bool)
    same = caller[busy[1:]] == caller[busy[:-1]]
    is_news[1:] = ~same | (day[busy[1:]] - day[busy[:-1]] > WEEK)
    told = [i for i in busy[is_news] if first_day <= day[i] <= last_day]
    found = [
        BusyWriter(day=int(day[i]), rows=np.sort(order[oldest[i] : _day_end(key, i)])) for i in told
    ]
    return sorted(found, key=lambda writer: (writer.day, int(writer.rows[0])))


def _day_end(key: Ints, at: int) -> int:
    return int(np.searchsorted(key, key[at], side="right"))
