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
_MOST_PAIRS = 300_000


class ReadLately:
    """Messages made ready to be compared against one background, each read but once while it is remembered."""

    def __init__(self, background: Background, *, most: int = _MOST) -> None:
        """Begin with nothing read.

        Args:
            background: what is common in the city.
            most: so many messages are remembered, the oldest forgotten first.
        """
        self.background = background
        self._most = most
        self._held: dict[int, Corpus] = {}
        self._scores: dict[tuple[int, int], float] = {}
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
        said = [hash(message) for message in messages]  # changes with every word
        pairs = [(said[i], said[j]) for i, j in zip(first.tolist(), second.tolist(), strict=True)]
        found = np.array([self._scores.get(pair, np.nan) for pair in pairs])
        unknown = np.flatnonzero(np.isnan(found))
        if len(unknown):
            corpus = self.corpus(messages)
            evidence = evidence_of(corpus, self.background, first[unknown], second[unknown])
            found[unknown] = log_odds_of(evidence, self.background.pair_model)
            with self._lock:
                if len(self._scores) > _MOST_PAIRS:
                    self._scores.clear()
                self._scores |= {pairs[number]: float(found[number]) for number in unknown}
        return found

    def _remember(self, used: dict[int, Corpus]) -> None:
        """Keep what was used just now behind what was used before."""
        with self._lock:
            for number, one in used.items():
                self._held.pop(number, None)
                self._held[number] = one
            while len(self._held) > self._most:
                del self._held[next(iter(self._held))]
