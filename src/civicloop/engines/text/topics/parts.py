"""Find further topics of a message: sentences that speak for another topic than the whole does.

The score is a sum over the occurrences of features, so each sentence has its own part of it, and
the parts add up to the message's score. Nothing is read twice.

Source: own work.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topics.calibration import Calibration
from civicloop.engines.text.topics.features import Batch, Floats, Ints
from civicloop.engines.text.topics.model import Scored

SENTENCE_ENDS = frozenset("。!?;…")  # after folding
SHORTEST_PART = 8  # characters
LEAD = 0.2  # of the sentence's topic over the message's, in scores, which run from about 0 to 1
MOST_FURTHER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherTopic:
    """Another topic that a sentence of the message is about."""

    label: str
    probability: float  # of the label, judged by that sentence alone
    sentence: str  # folded: half width, digits as 0


def further_topics(
    batch: Batch, scored: Scored, first: Ints, labels: tuple[str, ...], calibration: Calibration
) -> list[tuple[FurtherTopic, ...]]:
    """Return the further topics of each message, surest first.

    Args:
        batch: Messages.
        scored: Their scores.
        first: Label number chosen for each whole message, shape (messages,).
        labels: The labels.
        calibration: What turns scores into probabilities.

    Returns:
        At most ``MOST_FURTHER`` topics per message, none of them its first.
    """
    parts = _sentences(batch)
    scores = _part_scores(scored, batch, parts.starts)
    shares = calibration.probabilities(scores)
    every, best = np.arange(len(shares)), shares.argmax(axis=1)
    sure = shares[every, best]
    lead = scores[every, best] - scores[every, first[parts.rows]]
    telling = (parts.lengths >= SHORTEST_PART) & (lead >= LEAD)
    found: list[dict[int, FurtherTopic]] = [{} for _ in range(batch.messages)]
    for part in np.flatnonzero(telling & parts.is_body).tolist():
        label, known = int(best[part]), found[int(parts.rows[part])]
        if label not in known or known[label].probability < sure[part]:
            known[label] = FurtherTopic(
                label=labels[label],
                probability=float(sure[part]),
                sentence=batch.text[parts.starts[part] : parts.starts[part] + parts.lengths[part]],
            )
    return [
        tuple(sorted(known.values(), key=lambda topic: (-topic.probability, topic.label)))[
            :MOST_FURTHER
        ]
        for known in found
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentences:
    starts: Ints  # first character, ascending, shape (sentences,)
    lengths: Ints
    rows: Ints  # message
    is_body: NDArray[np.bool_]


def _sentences(batch: Batch) -> _Sentences:
    ends = np.array(
        [
            start + len(word)
            for word, start in zip(batch.words, batch.word_starts.tolist(), strict=True)
            if word[-1] in SENTENCE_ENDS
        ],
        dtype=np.int64,
    )
    starts = np.union1d(batch.field_starts, ends)
    lengths = np.diff(starts, append=batch.characters)
    fields = np.searchsorted(batch.field_starts, starts, side="right") - 1
    return _Sentences(starts=starts, lengths=lengths, rows=fields // 2, is_body=fields % 2 == 0)


def _part_scores(scored: Scored, batch: Batch, part_starts: Ints) -> Floats:
    """Return each part's share of its message's scores, shape (parts, labels)."""
    from scipy import sparse

    occurrences, cell_of = scored.counts.occurrences, scored.counts.cell_of
    part_of = np.searchsorted(part_starts, batch.starts[occurrences], side="right") - 1
    values = (scored.matrix.data / scored.counts.matrix.data)[cell_of]
    columns = scored.matrix.indices[cell_of]
    shape = (len(part_starts), scored.coefficients.shape[0])
    scores: Floats = sparse.csr_array((values, (part_of, columns)), shape) @ scored.coefficients
    return scores
