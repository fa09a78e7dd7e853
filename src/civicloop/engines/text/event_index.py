"""Keep the messages of known events so that a new message finds its own at once.

Source: own work; the parts that double in size are the logarithmic method of Bentley & Saxe
(J. Algorithms 1980).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.engines.text.event_candidates import keys_of
from civicloop.engines.text.event_clusters import JOIN, LIMIT, LINK
from civicloop.engines.text.event_corpus import (
    Background,
    Corpus,
    corpus_of,
    learn_names,
    part_of,
    read,
    together,
)
from civicloop.engines.text.event_grams import Floats, Ints, grams_of
from civicloop.engines.text.event_model import chance_of, log_odds_of
from civicloop.engines.text.event_pairs import evidence_of
from civicloop.engines.text.event_reasons import FLOOR, NEIGHBOURS, similar_pair
from civicloop.engines.text.event_values import EventInputError, Message, Placement, SimilarPair

_FILED_MOST = 64  # filings read under one gram
_CANDIDATES = 24
_MEMBERS_MOST = 60  # members of an event that a new message is compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Some of the messages, filed under their rare grams (ascending)."""

    corpus: Corpus
    row_of: dict[int, int]  # by message id
    gram: Ints
    owner: Ints

    @classmethod
    def of(cls, corpus: Corpus, background: Background) -> "_Part":
        owner, gram = keys_of(corpus.grams.pairs, background)
        order = np.lexsort((owner, gram))
        row_of = {message.id: row for row, message in enumerate(corpus.messages)}
        return cls(corpus=corpus, row_of=row_of, gram=gram[order], owner=owner[order])

    def __len__(self) -> int:
        return len(self.row_of)

    def sharing(self, gram: Ints, rarity: Floats) -> dict[int, float]:
        """Add up, by message id, the rarity of the grams it is filed under."""
        start = np.searchsorted(self.gram, gram)
        length = np.minimum(np.searchsorted(self.gram, gram, "right") - start, _FILED_MOST)
        ends = np.cumsum(length)
        filing = np.arange(ends[-1] if len(ends) else 0) + np.repeat(start - ends + length, length)
        rows, inverse = np.unique(self.owner[filing], return_inverse=True)
        sums = np.bincount(inverse, weights=np.repeat(rarity, length), minlength=len(rows))
        messages = self.corpus.messages
        return {messages[r].id: s for r, s in zip(rows.tolist(), sums.tolist(), strict=True)}


class EventIndex:
    """Messages of known events, to which new ones are compared and added.

    How rare words are and which areas there are is counted once, when the index is built; names
    are learned from every message added.
    """

    def __init__(self, background: Background) -> None:
        """Begin an empty index; use ``build``."""
        self.background = background
        self._parts: list[_Part] = []
        self._event_of: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}

    @classmethod
    def build(cls, messages: Sequence[Message], event_of: Mapping[int, int]) -> "EventIndex":
        """Index messages whose events are known.

        Args:
            messages: in any order.
            event_of: the event of every message, by message id.

        Raises:
            EventInputError: a message has no event or its id is given twice.
        """
        ordered = sorted(messages, key=lambda message: message.id)
        grams, background = read(ordered)
        index = cls(background)
        for message in ordered:
            if message.id not in event_of:
                text = f"message {message.id} has no event"
                raise EventInputError(text)
            index._note(message, event_of[message.id])
        index._append(corpus_of(ordered, grams, background))
        return index

    def place(self, message: Message) -> Placement:
        """Find the event of a message that is not yet in the index.

        Returns:
            The event that has a member strongly like it, and whose members agree with it best on
            average, when they agree well enough; ``score`` is the chance that it belongs there, or to the best event when to none.
        """
        new = self._prepared(message)
        near = self._compared(new, self._near(new))
        events = {self._event_of[i] for i, log_odds in near if log_odds[0] > FLOOR}
        means = {event: self._mean(new, event) for event in sorted(events)}
        linked = {self._event_of[i] for i, log_odds in near if log_odds[0] > LINK}
        best = max(means, key=lambda event: (event in linked, means[event]), default=None)
        highest = FLOOR if best is None else means[best]
        home = best if best in linked and highest > JOIN else None
        pairs = self._told(new, near, home)
        mine = [pair for pair in pairs if pair.same_event] or pairs
        return Placement(
            event=home,
            score=chance_of(highest),
            reasons=mine[0].reasons if mine else (),
            neighbours=pairs,
        )

    def add(self, message: Message, event: int) -> None:
        """Put a message into the index as a member of an event, known or new.

        Raises:
            EventInputError: the message is in the index already.
        """
        self._note(message, event)
        learn_names(message, self.background)
        self._append(self._prepared(message))

    def _note(self, message: Message, event: int) -> None:
        if message.id in self._event_of:
            text = f"message id {message.id} is given twice"
            raise EventInputError(text)
        self._event_of[message.id] = event
        self._members.setdefault(event, []).append(message.id)

    def _append(self, corpus: Corpus) -> None:
        """Add a part; join the last two while the earlier is not clearly larger."""
        self._parts.append(_Part.of(corpus, self.background))
        while len(self._parts) > 1 and len(self._parts[-2]) < 2 * len(self._parts[-1]):
            corpora = [part.corpus for part in self._parts[-2:]]
            self._parts[-2:] = [_Part.of(together(corpora), self.background)]

    def _prepared(self, message: Message) -> Corpus:
        return corpus_of([message], grams_of([message.subject], [message.text]), self.background)

    def _near(self, new: Corpus) -> list[int]:
        """List the ids of the messages that share most rare grams with the new one."""
        gram = new.grams.pairs.gram.astype(np.int64)
        shared: dict[int, float] = {}
        for part in self._parts:
            shared |= part.sharing(gram, self.background.rarity[gram].astype(float))
        shared.pop(new.messages[0].id, None)
        return sorted(shared, key=lambda number: (-shared[number], number))[:_CANDIDATES]

    def _compared(self, new: Corpus, ids: Sequence[int]) -> list[tuple[int, Floats]]:
        """Give by message id the log-odds, followed by the evidence; the strongest first."""
        if not ids:
            return []
        corpus = together([self._known(ids), new])
        others = np.arange(len(ids))
        evidence = evidence_of(corpus, self.background, others, np.full(len(ids), len(ids)))
        values = np.column_stack([log_odds_of(evidence), evidence])
        numbers = [message.id for message in corpus.messages[: len(ids)]]
        found = list(zip(numbers, values, strict=True))
        return sorted(found, key=lambda pair: (-pair[1][0], pair[0]))

    def _known(self, ids: Sequence[int]) -> Corpus:
        chosen = []
        for part in self._parts:
            rows = [part.row_of[number] for number in ids if number in part.row_of]
            chosen.append(part_of(part.corpus, np.array(rows, int)))
        return together(chosen)

    def _mean(self, new: Corpus, event: int) -> float:
        others = [i for i in self._members[event] if i != new.messages[0].id][:_MEMBERS_MOST]
        log_odds = [float(found[0]) for _, found in self._compared(new, others)]
        return float(np.mean(np.clip(log_odds, -LIMIT, LIMIT)))

    def _told(
        self, new: Corpus, near: Sequence[tuple[int, Floats]], home: int | None
    ) -> tuple[SimilarPair, ...]:
        strong = [(i, found) for i, found in near if found[0] > FLOOR][:NEIGHBOURS]
        if not strong:
            return ()
        known = [self._known([i]) for i, _ in strong]
        return tuple(
            similar_pair(
                together([one, new]),
                self.background,
                (0, 1),
                found[1:],
                same=home is not None and self._event_of[i] == home,
            )
            for one, (i, found) in zip(known, strong, strict=True)
        )


def explain_pair(a: Message, b: Message, index: EventIndex) -> SimilarPair:
    """Compare any two messages, in the index or not, and tell why they are alike or not.

    Args:
        a: one message.
        b: another.
        index: gives what is common in the city; its events play no part.

    Returns:
        The pair; ``same_event`` says what the pair alone speaks for, not what was decided.
    """
    background = index.background
    corpus = corpus_of([a, b], grams_of([a.subject, b.subject], [a.text, b.text]), background)
    evidence = evidence_of(corpus, background, np.array([0]), np.array([1]))[0]
    same = bool(log_odds_of(evidence) > LINK)
    return similar_pair(corpus, background, (0, 1), evidence, same=same)
