"""Remember what was read lately: a burst is compared with the same messages again and again.

Source: own work.
"""

from collections.abc import Sequence
from threading import Lock

import numpy as np

from civicloop.engines.text.events.corpus import (
    Background,
    Corpus,
    corpus_of,
    joined_corpora,
    parted_corpus,
)
from civicloop.engines.text.events.grams import Floats, Ints
from civicloop.engines.text.events.model import log_odds_of
from civicloop.engines.text.events.pairs import evidence_of
from civicloop.engines.text.events.values import Message

_MOST = 5_000  # messages, some kilobytes each
_MOST_SCORED = 2_000  # messages; the table holds all their pairs, in 32 MB


class ReadLately:
    """Messages made ready to be compared against one background, each read but once while it is remembered."""

    def __init__(
        self, background: Background, *, most: int = _MOST, most_scored: int = _MOST_SCORED
    ) -> None:
        """Begin with nothing read.

        Args:
            background: what is common in the city.
            most: so many messages are remembered, the oldest forgotten first.
            most_scored: of so many messages the scores of their pairs are remembered.
        """
        self.background = background
        self._most = most
        self._held: dict[int, Corpus] = {}
        self._scores = _Scores(most_scored)
        self._lock = Lock()

    def corpus(self, messages: Sequence[Message]) -> Corpus:
        """Make messages, at least one, ready to be compared; one whose words have changed is read anew."""
        with self._lock:
            held = {message.id: self._held.get(message.id) for message in messages}
        known = {n: one for n, one in held.items() if one is not None}
        missing = [m for m in messages if m.id not in known or known[m.id].messages[0] != m]
        if missing:
            fresh = parted_corpus(corpus_of(missing, self.background))
            known |= {one.messages[0].id: one for one in fresh}
        self._remember({message.id: known[message.id] for message in messages})
        return joined_corpora([known[message.id] for message in messages])

    def log_odds(self, messages: Sequence[Message], first: Ints, second: Ints) -> Floats:
        """Score pairs of messages; a pair that was scored lately is not compared again.

        Args:
            messages: at least one.
            first: places of the pairs' one side among the messages.
            second: of the other side.
        """
        if len(messages) > self._scores.most:
            return self._scored(messages, first, second)
        with self._lock:
            row = self._scores.rows(messages)
            found = self._scores.of(row[first], row[second])
        unknown = np.flatnonzero(np.isnan(found))
        if len(unknown):
            found[unknown] = self._scored(messages, first[unknown], second[unknown])
            with self._lock:
                row = self._scores.rows(messages)
                self._scores.keep(row[first[unknown]], row[second[unknown]], found[unknown])
        return found

    def _scored(self, messages: Sequence[Message], first: Ints, second: Ints) -> Floats:
        evidence = evidence_of(self.corpus(messages), self.background, first, second)
        return log_odds_of(evidence, self.background.pair_model)

    def _remember(self, used: dict[int, Corpus]) -> None:
        """Keep what was used just now behind what was used before."""
        with self._lock:
            for number, one in used.items():
                self._held.pop(number, None)
                self._held[number] = one
            while len(self._held) > self._most:
                del self._held[next(iter(self._held))]


class _Scores:
    """The scores of all pairs among the messages compared lately, in one table."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._table = np.empty((0, 0))
        self._messages: dict[int, Message] = {}  # the one used least lately comes first
        self._row: dict[int, int] = {}

    def rows(self, messages: Sequence[Message]) -> Ints:
        """Give the row of each message, no more than ``most``; one not known, or changed, gets an empty one."""
        if not len(self._table):
            self._table = np.full((self.most, self.most), np.nan)
        return np.array([self._row_of(message) for message in messages], np.int64)

    def of(self, one: Ints, other: Ints) -> Floats:
        """Give the scores of pairs of rows, NaN of those that are not known."""
        return np.asarray(self._table[one, other])

    def keep(self, one: Ints, other: Ints, scores: Floats) -> None:
        """Remember the scores of pairs of rows."""
        self._table[one, other] = self._table[other, one] = scores

    def _row_of(self, message: Message) -> int:
        known = self._messages.pop(message.id, None)
        if known is None:
            self._row[message.id] = self._free_row()
        row = self._row[message.id]
        if known != message:
            self._table[row] = self._table[:, row] = np.nan
        self._messages[message.id] = message
        return row

    def _free_row(self) -> int:
        if len(self._row) < self.most:
            return len(self._row)
        oldest = next(iter(self._messages))
        del self._messages[oldest]
        return self._row.pop(oldest)
