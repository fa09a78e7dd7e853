"""What is known of a set of messages before any two are compared: grams, areas, numbers, rarity.

Source: own work; rarity is the inverse document frequency of Sparck Jones (1972), capped.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.event_areas import Areas, areas_of, learn_areas
from civicloop.engines.text.event_grams import (
    GRAM_SPACE,
    Floats,
    Grams,
    Ints,
    NameCounts,
    Rows,
    count_names,
    grams_of,
    no_counts,
    picked,
    stacked,
)
from civicloop.engines.text.event_meaning import Meaning, Singles, learn_meaning, meanings
from civicloop.engines.text.event_values import Message
from civicloop.engines.text.normalise import plain

MOST_RARE = 8.0  # a word seen once in 4,000 messages and one seen once in a million are both rare
_NAME_PRIOR = 4.0  # pseudo-occurrences that pull a rarely seen gram to the average of all
_NUMBER = re.compile(r"(?<![0-9a-z])[0-9]{2,}(?![0-9a-z])")
_ANY_NUMBER = re.compile(r"(?<![0-9a-z])[0-9]+")
_COMMON_NUMBER = re.compile(r"20[0-9]{2}|[12][0-9]|3[01]|[0-9]0+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a message says outside its wording. ``day`` is days since 1970, NaN when unknown."""

    author: str
    day: float
    areas: dict[int, frozenset[str]]  # by administrative level
    numbers: frozenset[str]
    subject_numbers: frozenset[str]
    length: int

    def area_names(self) -> set[str]:
        """List the areas of all levels."""
        return {name for names in self.areas.values() for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is common and what is telling in a city's messages.

    Attributes:
        messages: how many messages the figures were counted on.
        rarity: per pair gram, ln of (messages / messages holding it), 0 to ``MOST_RARE``.
        triple_rarity: the same of triple grams.
        name: per pair gram, the share of its occurrences that stand in a name, 0 to 1.
        areas: names of areas and what they lie in, learned from places and from where they recur.
        number_rarity: per quoted number, as ``rarity``.
        meaning: where words lie in the space of problems.
        name_counts: what ``name`` was reckoned from.
        average_name: the value of ``name`` for a gram never seen.
    """

    messages: int
    rarity: npt.NDArray[np.float32]
    triple_rarity: npt.NDArray[np.float32]
    name: npt.NDArray[np.float32]
    areas: Areas
    number_rarity: dict[str, float]
    meaning: Meaning
    name_counts: NameCounts
    average_name: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Per message, the lengths and sums that similarities are divided by; never zero."""

    length: Floats
    triple_length: Floats
    subject_length: Floats
    problem_length: Floats
    weight: Floats
    subject_name: Floats
    subject_problem: Floats

    def columns(self, rows: Ints) -> Floats:
        """Give the values of some messages as one array, a row per message."""
        parts = (
            self.length,
            self.triple_length,
            self.subject_length,
            self.problem_length,
            self.weight,
            self.subject_name,
            self.subject_problem,
        )
        return np.column_stack([part[rows] for part in parts])

    @classmethod
    def of_columns(cls, columns: Floats) -> "Totals":
        """Take the values from one array, as ``columns`` gives it."""
        return cls(
            length=columns[:, 0],
            triple_length=columns[:, 1],
            subject_length=columns[:, 2],
            problem_length=columns[:, 3],
            weight=columns[:, 4],
            subject_name=columns[:, 5],
            subject_problem=columns[:, 6],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Messages ready to be compared; row ``r`` of every part is ``messages[r]``."""

    messages: tuple[Message, ...]
    grams: Grams
    traits: tuple[Traits, ...]
    totals: Totals
    meaning: npt.NDArray[np.float32]


def read(messages: Sequence[Message]) -> tuple[Grams, Background]:
    """Read messages and count what is common in them.

    Args:
        messages: the city's messages; the more, the better names and common words are told apart.

    Returns:
        The grams of the messages, and the background they make.
    """
    counts = no_counts()
    grams = grams_of([m.subject for m in messages], [m.text for m in messages], counts)
    return grams, _learned(messages, grams, counts)


def _learned(messages: Sequence[Message], grams: Grams, counts: NameCounts) -> Background:
    count = len(messages)
    numbers = Counter(number for m in messages for number in _numbers(m))
    average = float(counts.near_cue.sum() / max(counts.seen.sum(), 1.0))
    name = _name_share(counts.near_cue, counts.seen, average)
    rarity = _rarity(np.bincount(grams.pairs.gram, minlength=GRAM_SPACE), count)
    return Background(
        messages=count,
        rarity=rarity,
        triple_rarity=_rarity(np.bincount(grams.triples.gram, minlength=GRAM_SPACE), count),
        name=name,
        areas=learn_areas(messages),
        number_rarity={n: min(math.log((count + 1) / c), MOST_RARE) for n, c in numbers.items()},
        meaning=learn_meaning(grams.pairs, rarity, name),
        name_counts=counts,
        average_name=average,
    )


def learn_names(message: Message, background: Background) -> None:
    """Let the background know the names in one more message, for names come up every day."""
    counts = background.name_counts
    gram = count_names(message.subject, message.text, counts)
    share = _name_share(counts.near_cue[gram], counts.seen[gram], background.average_name)
    background.name[gram] = share


def _name_share(near_cue: Singles, seen: Singles, average: float) -> Singles:
    return (near_cue + np.float32(_NAME_PRIOR * average)) / (seen + np.float32(_NAME_PRIOR))


def corpus_of(messages: Sequence[Message], grams: Grams, background: Background) -> Corpus:
    """Make messages, with their grams, ready to be compared against one background."""
    return Corpus(
        messages=tuple(messages),
        grams=grams,
        traits=tuple(_traits(message, background) for message in messages),
        totals=_totals(grams, background),
        meaning=meanings(grams.pairs, background.meaning),
    )


def part_of(corpus: Corpus, numbers: Ints) -> Corpus:
    """Copy messages of a corpus by row number."""
    rows = numbers.tolist()
    return Corpus(
        messages=tuple(corpus.messages[r] for r in rows),
        grams=picked(corpus.grams, numbers),
        traits=tuple(corpus.traits[r] for r in rows),
        totals=Totals.of_columns(corpus.totals.columns(numbers)),
        meaning=corpus.meaning[numbers],
    )


def together(parts: Sequence[Corpus]) -> Corpus:
    """Put corpora that were read against one background one under the other."""
    return Corpus(
        messages=tuple(m for part in parts for m in part.messages),
        grams=stacked([part.grams for part in parts]),
        traits=tuple(t for part in parts for t in part.traits),
        totals=Totals.of_columns(
            np.concatenate([part.totals.columns(np.arange(len(part.messages))) for part in parts])
        ),
        meaning=np.concatenate([part.meaning for part in parts]),
    )


def _rarity(holding: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.float32]:
    raw = np.log((count + 1) / (holding + 0.5))
    return np.clip(raw, 0.0, MOST_RARE).astype(np.float32)


def _totals(grams: Grams, background: Background) -> Totals:
    pairs, triples = grams.pairs, grams.triples
    rarity = background.rarity[pairs.gram]
    name = background.name[pairs.gram]
    weight = rarity * pairs.emphasis()
    subject = rarity * pairs.in_subject
    triple = background.triple_rarity[triples.gram]
    return Totals(
        length=np.sqrt(_sums(pairs, weight**2)),
        triple_length=np.sqrt(_sums(triples, triple**2)),
        subject_length=np.sqrt(_sums(pairs, subject**2)),
        problem_length=np.sqrt(_sums(pairs, (weight * (1 - name)) ** 2)),
        weight=_sums(pairs, rarity),
        subject_name=_sums(pairs, subject * name),
        subject_problem=_sums(pairs, subject * (1 - name)),
    )


def _sums(rows: Rows, values: npt.NDArray[np.float32]) -> Floats:
    number = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    sums = np.bincount(number, weights=values, minlength=len(rows))
    return np.maximum(sums, 1.0)


def _traits(message: Message, background: Background) -> Traits:
    moment = message.received_at
    return Traits(
        author=message.author.strip(),
        day=math.nan if moment is None else moment.timestamp() / 86400,
        areas=areas_of(message, background.areas),
        numbers=frozenset(_numbers(message)),
        subject_numbers=frozenset(_ANY_NUMBER.findall(plain(message.subject))),
        length=max(len(message.subject) + len(message.text), 1),
    )


def _numbers(message: Message) -> set[str]:
    found = _NUMBER.findall(plain(message.subject) + "\n" + plain(message.text[:4000]))
    return {number for number in found if not _COMMON_NUMBER.fullmatch(number)}
