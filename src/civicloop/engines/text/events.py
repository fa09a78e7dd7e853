"""Join messages into the concrete events they are about, in history and one by one as they come.

The public face of same-event clustering; the method is told in docs/methods/same-event.md.

Source: own work.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from civicloop.engines.text.event_candidates import candidate_pairs
from civicloop.engines.text.event_clusters import Decisions, clusters
from civicloop.engines.text.event_corpus import corpus_of, read
from civicloop.engines.text.event_grams import Floats, Ints
from civicloop.engines.text.event_index import EventIndex, explain_pair
from civicloop.engines.text.event_model import log_odds_of
from civicloop.engines.text.event_pairs import evidence_of
from civicloop.engines.text.event_reasons import similar_pairs
from civicloop.engines.text.event_terms import event_terms
from civicloop.engines.text.event_values import (
    REASON_CODES,
    Clustering,
    Constraint,
    EventInputError,
    Message,
    Placement,
    Reason,
    SimilarPair,
)

__all__ = [
    "REASON_CODES",
    "Clustering",
    "Constraint",
    "EventIndex",
    "EventInputError",
    "Message",
    "Placement",
    "Reason",
    "SimilarPair",
    "event_terms",
    "explain_pair",
    "find_events",
]

Progress = Callable[[str, int, int], None]


def find_events(
    messages: Sequence[Message],
    *,
    constraints: Sequence[Constraint] = (),
    progress: Progress | None = None,
) -> Clustering:
    """Cluster messages so that each cluster is one matter for a case officer.

    Args:
        messages: in any order; their order does not change the result.
        constraints: the operator's decisions; each holds in the result. Decisions about messages
            that are not given have no bearing.
        progress: told the stage's code and how much of it is done, of how much.

    Returns:
        An event for every message, and each message's strongest pairs.

    Raises:
        EventInputError: two messages share an id, or the constraints contradict each other.
    """
    tell = progress or _silent
    ordered = _ordered(messages)
    if not ordered:
        return Clustering(event_of={}, neighbours=())
    tell("read", 0, len(ordered))
    grams, background = read(ordered)
    corpus = corpus_of(ordered, grams, background)
    tell("read", len(ordered), len(ordered))
    first, second = candidate_pairs(corpus, background)

    def score(i: Ints, j: Ints) -> Floats:
        return log_odds_of(evidence_of(corpus, background, i, j))

    evidence = evidence_of(corpus, background, first, second)
    tell("compare", len(first), len(first))
    log_odds = log_odds_of(evidence)
    decisions = _decisions(ordered, constraints)
    cluster = clusters(len(ordered), (first, second, log_odds), score, decisions)
    tell("join", len(ordered), len(ordered))
    pairs = similar_pairs(corpus, background, (first, second, evidence), cluster)
    event = np.unique(cluster, return_inverse=True)[1] + 1
    event_of = {m.id: int(e) for m, e in zip(ordered, event, strict=True)}
    return Clustering(event_of=event_of, neighbours=pairs)


def _silent(stage: str, done: int, total: int) -> None:
    """Take no notice of progress."""


def _ordered(messages: Sequence[Message]) -> list[Message]:
    ordered = sorted(messages, key=lambda message: message.id)
    for one, following in pairwise(ordered):
        if one.id == following.id:
            text = f"message id {one.id} is given twice"
            raise EventInputError(text)
    return ordered


def _decisions(messages: Sequence[Message], constraints: Sequence[Constraint]) -> Decisions:
    row = {message.id: number for number, message in enumerate(messages)}
    known = [c for c in constraints if c.first in row and c.second in row]
    same = [(row[c.first], row[c.second]) for c in known if c.same]
    apart = [(row[c.first], row[c.second]) for c in known if not c.same]
    return Decisions(
        same=np.array(same, int).reshape(-1, 2), apart=np.array(apart, int).reshape(-1, 2)
    )
