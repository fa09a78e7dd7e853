"""What is known of a set of messages before any two are compared: grams, areas, numbers, rarity.

Source: own work; rarity is the inverse document frequency of Sparck Jones (1972), capped.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from zlib import crc32

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.areas import AreaCounts, Areas, areas_of
from civicloop.engines.text.events.grams import (
    GRAM_SPACE,
    Flags,
    Floats,
    Grams,
    Ints,
    NameCounts,
    RowBuilder,
    Rows,
    S,
    grams_of,
    no_counts,
    sliced,
)
from civicloop.engines.text.events.meaning import Meaning, Singles, learn_meaning, meanings
from civicloop.engines.text.events.model import PRIOR, PairModel
from civicloop.engines.text.events.telling import Telling, joined, telling_of
from civicloop.engines.text.events.values import Message, PlainText

MOST_RARE = 8.0  # a word seen once in 4,000 messages and one seen once in a million are both rare
_NAME_PRIOR = 4.0  # pseudo-occurrences that pull a rarely seen gram to the average of all
_NUMBER = re.compile(r"(?<![0-9a-z])[0-9]{2,}(?![0-9a-z])")
_ANY_NUMBER = re.compile(r"(?<![0-9a-z])[0-9]+")
_COMMON_NUMBER = re.compile(r"20[0-9]{2}|[12][0-9]|3[01]|[0-9]0+")
IN_SUBJECT, QUOTED = 1, 2  # marks of a number: in the subject; of two digits or more and no date
_AREA_BITS = 24
_ROWS_AT_ONCE = 4000
_ENTRIES_AT_ONCE = 10_000_000

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Background:
    """What is common and what is telling in a city's messages.

    Attributes:
        messages: how many messages the figures were counted on.
        rarity: per pair gram, ln of (messages / messages holding it), 0 to ``MOST_RARE``.
        triple_rarity: the same of triple grams.
        name: per pair gram, the share of its occurrences that stand in a name, 0 to 1.
        author_code: codes of the authors of more than one message, ascending.
        author_times: how many messages each of them wrote.
        areas: names of areas and what they lie in, learned from places and from where they recur.
        number_code: codes of the quoted numbers seen, ascending.
        number_rarity: of each, as ``rarity``.
        meaning: where words lie in the space of problems.
        pair_model: how evidence is weighed here.
    """

    messages: int
    rarity: Singles
    triple_rarity: Singles
    name: Singles
    author_code: Ints
    author_times: npt.NDArray[np.int32]
    areas: Areas
    number_code: npt.NDArray[np.int32]
    number_rarity: Singles
    meaning: Meaning
    pair_model: PairModel = PRIOR

    def rarity_of_numbers(self, code: npt.NDArray[np.int32]) -> Singles:
        """Give the rarity of numbers by code; 0 for one never seen."""
        found, at = _placed(code, self.number_code)
        rarity = np.zeros(len(code), np.float32)
        rarity[found] = self.number_rarity[at]
        return rarity

    def messages_of(self, author: Ints) -> Ints:
        """Tell how many messages authors wrote, by code; 1 where no more are known."""
        found, at = _placed(author, self.author_code)
        times = np.ones(len(author), np.int64)
        times[found] = self.author_times[at]
        return times


def _placed(codes: npt.NDArray[S], known: npt.NDArray[S]) -> tuple[Flags, Ints]:
    """Tell which codes are known, and the places of those among the known, which ascend."""
    at = np.searchsorted(known, codes)
    found = np.searchsorted(known, codes, "right") > at
    return found, at[found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What messages say outside their wording; entry or row ``r`` of every part is one message.

    Attributes:
        author: a number for each author, 0 when unknown.
        habit: ln of how many messages the author wrote, as far as known; 0 when unknown.
        day: days since 1970, NaN when unknown.
        areas: rows of area codes, of which ``level_of_area`` tells the level.
        levels: of each message, one bit for every level it names an area of.
        numbers: rows of number codes, marked ``IN_SUBJECT`` and ``QUOTED``.
        numbered: whether the subject holds a number.
        length: characters of subject and body, at least 1.
    """

    author: Ints
    habit: Floats
    day: Floats
    areas: Rows
    levels: Ints
    numbers: Rows
    numbered: Flags
    length: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Per message, the lengths and sums that similarities are divided by; never zero."""

    length: Singles
    triple_length: Singles
    subject_length: Singles
    problem_length: Singles
    weight: Singles
    subject_name: Singles
    subject_problem: Singles


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Messages ready to be compared; row ``r`` of every part is one message."""

    grams: Grams
    traits: Traits
    totals: Totals
    telling: Telling
    meaning: Singles


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in the words of messages: their grams and rows of number codes."""

    grams: Grams
    numbers: Rows


def read(
    messages: Sequence[Message], progress: Progress | None = None
) -> tuple[Reading, Background]:
    """Read messages and count what is common in them.

    Args:
        messages: the city's messages; the more, the better names and common words are told apart.
        progress: told now and then how many were read.

    Returns:
        What was read, and the background that the messages make.
    """
    counts, areas = no_counts(), AreaCounts()

    def seen(texts: Iterable[PlainText]) -> Iterator[PlainText]:
        for number, (message, text) in enumerate(zip(messages, texts, strict=True)):
            areas.see(message.place, text)
            if progress and number % _ROWS_AT_ONCE == 0:
                progress(number)
            yield text

    numbers = RowBuilder()
    texts = _with_numbers((PlainText.of(message) for message in messages), numbers)
    grams = grams_of(seen(texts), counts)
    reading = Reading(grams=grams, numbers=numbers.rows())
    return reading, _learned(reading, counts, areas.areas(), _authors(messages))


def read_only(messages: Iterable[Message]) -> Reading:
    """Read messages of which nothing is learned."""
    numbers = RowBuilder()
    grams = grams_of(_with_numbers((PlainText.of(message) for message in messages), numbers))
    return Reading(grams=grams, numbers=numbers.rows())


def _with_numbers(texts: Iterable[PlainText], numbers: RowBuilder) -> Iterator[PlainText]:
    for text in texts:
        numbers.add({_code_of(number): mark for number, mark in numbers_in(text).items()})
        yield text


def _code_of(number: str) -> int:
    return crc32(number.encode()) >> 2


def _learned(reading: Reading, counts: NameCounts, areas: Areas, authors: Ints) -> Background:
    grams, numbers = reading.grams, reading.numbers
    count = len(grams.pairs)
    average = float(counts.near_cue.sum() / max(counts.seen.sum(), 1.0))
    name = (counts.near_cue + _NAME_PRIOR * average) / (counts.seen + _NAME_PRIOR)
    rarity = _rarity(grams.pairs)
    quoted = numbers.gram[numbers.mark & QUOTED > 0]
    number_code, times = np.unique(quoted, return_counts=True)
    author_code, written = np.unique(authors[authors > 0], return_counts=True)
    return Background(
        messages=count,
        rarity=rarity,
        triple_rarity=_rarity(grams.triples),
        name=name.astype(np.float32),
        author_code=author_code[written > 1],
        author_times=written[written > 1].astype(np.int32),
        areas=areas,
        number_code=number_code,
        number_rarity=np.minimum(np.log((count + 1) / times), MOST_RARE).astype(np.float32),
        meaning=learn_meaning(grams.pairs, rarity, name),
    )


def corpus_of(
    messages: Sequence[Message], background: Background, reading: Reading | None = None
) -> Corpus:
    """Make messages ready to be compared against one background; read them if they were not."""
    reading = reading or read_only(messages)
    areas, telling = _openings(messages, background)
    return Corpus(
        grams=reading.grams,
        traits=_traits(messages, areas, reading.numbers, background),
        totals=_totals(reading.grams, background),
        telling=telling,
        meaning=meanings(reading.grams.pairs, background.meaning),
    )


def _rarity(rows: Rows) -> Singles:
    holding = np.zeros(GRAM_SPACE, np.int64)
    for first in range(0, len(rows.gram), _ENTRIES_AT_ONCE):
        part = rows.gram[first : first + _ENTRIES_AT_ONCE]
        holding += np.bincount(part, minlength=GRAM_SPACE)
    raw = np.log((len(rows) + 1) / (holding + 0.5))
    return np.clip(raw, 0.0, MOST_RARE).astype(np.float32)


def _totals(grams: Grams, background: Background) -> Totals:
    count = len(grams.pairs)
    parts = [
        _totals_of(
            sliced(grams.pairs, first, min(first + _ROWS_AT_ONCE, count)),
            sliced(grams.triples, first, min(first + _ROWS_AT_ONCE, count)),
            background,
        )
        for first in range(0, count, _ROWS_AT_ONCE)
    ]
    columns = np.concatenate([np.empty((0, 7), np.float32), *parts])
    return Totals(**{part.name: columns[:, at] for at, part in enumerate(fields(Totals))})


def _totals_of(pairs: Rows, triples: Rows, background: Background) -> Singles:
    """Reckon the columns of ``Totals`` for some rows."""
    rarity = background.rarity[pairs.gram]
    name = background.name[pairs.gram]
    weight = rarity * pairs.emphasis()
    subject = rarity * pairs.in_subject()
    triple = background.triple_rarity[triples.gram]
    summed, triples_summed = _summing(pairs), _summing(triples)
    columns = [
        np.sqrt(summed(weight**2)),
        np.sqrt(triples_summed(triple**2)),
        np.sqrt(summed(subject**2)),
        np.sqrt(summed((weight * (1 - name)) ** 2)),
        summed(rarity),
        summed(subject * name),
        summed(subject * (1 - name)),
    ]
    return np.column_stack(columns).astype(np.float32)


def _summing(rows: Rows) -> Callable[[Singles], Floats]:
    """Give what sums values of entries by their rows."""
    number = rows.owners()

    def summed(values: Singles) -> Floats:
        return np.maximum(np.bincount(number, weights=values, minlength=len(rows)), 1.0)

    return summed


def _openings(messages: Sequence[Message], background: Background) -> tuple[Rows, Telling]:
    """Read the areas and the telling names in subjects and openings."""
    written, telling = RowBuilder(), []
    for first in range(0, max(len(messages), 1), _ROWS_AT_ONCE):
        part = messages[first : first + _ROWS_AT_ONCE]
        openings = [PlainText.opening_of(message) for message in part]
        for message, opening in zip(part, openings, strict=True):
            written.add(_area_codes(message.place, opening, background.areas))
        telling.append(telling_of(openings, background.rarity, background.name))
    return written.rows(), joined(telling)


def _traits(
    messages: Sequence[Message], areas: Rows, numbers: Rows, background: Background
) -> Traits:
    levels = np.zeros(len(messages), np.int64)
    np.bitwise_or.at(levels, areas.owners(), 1 << level_of_area(areas.gram))
    in_subject = numbers.mark & IN_SUBJECT
    numbered = np.bincount(numbers.owners(), weights=in_subject, minlength=len(messages)) > 0
    author = _authors(messages)
    return Traits(
        author=author,
        habit=np.log(background.messages_of(author)),
        day=np.array([_day(message) for message in messages], float),
        areas=areas,
        levels=levels,
        numbers=numbers,
        numbered=numbered,
        length=np.array([max(len(m.subject) + len(m.text), 1) for m in messages], np.int64),
    )


def level_of_area(code: npt.NDArray[np.int32]) -> Ints:
    """Tell the level of areas by their codes."""
    return code.astype(np.int64) >> _AREA_BITS


def _area_codes(place: str, text: PlainText, known: Areas) -> dict[int, int]:
    """Number the areas of a message, the level in the upper bits."""
    return {
        level << _AREA_BITS | crc32(name.encode()) & ((1 << _AREA_BITS) - 1): 1
        for level, names in areas_of(place, text, known).items()
        for name in names
    }


def _authors(messages: Sequence[Message]) -> Ints:
    return np.array([_author(message.author) for message in messages], np.int64)


def _author(name: str) -> int:
    name = name.strip()
    if not name:
        return 0
    return 1 + (int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 2)


def _day(message: Message) -> float:
    moment = message.received_at
    return math.nan if moment is None else moment.timestamp() / 86400


def numbers_in(text: PlainText) -> dict[str, int]:
    """Find the numbers of a message with their marks."""
    found = dict.fromkeys(_ANY_NUMBER.findall(text.subject), IN_SUBJECT)
    for number in [*_NUMBER.findall(text.subject), *_NUMBER.findall(text.body)]:
        if not _COMMON_NUMBER.fullmatch(number):
            found[number] = found.get(number, 0) | QUOTED
    return found
