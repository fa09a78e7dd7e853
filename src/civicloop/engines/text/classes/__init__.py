"""Join events of one cause across places into classes: solve one, prevent its like.

Two events are of one cause when the same thing goes wrong, wherever it does. Names of places and
of companies say nothing of the cause and count little; so do words that stand in most events.

Source: average-link clustering, Sokal & Michener (1958); the average similarity of two groups of
unit vectors is the product of their means, which lets the rest join the classes of a sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage

from civicloop.engines.text.events.grams import (
    GRAM_SPACE,
    Floats,
    Ints,
    NameCounts,
    Rows,
    grams_of,
    no_counts,
)
from civicloop.engines.text.events.values import PlainText
from civicloop.engines.text.normalise import plain

LEAST_ALIKE = 0.10  # mean cosine at which two groups are one class, of many events
_MANY = 900  # fewer tell less well what is rare, so they must be more alike
_LEAST_ALIKE_MOST = 0.16
MEMBERS_READ = 4
BODY_READ = 120  # of each member's text: a complaint says its matter early
_NAME_PRIOR = 4.0
_RAREST = 8.0
_GRAMS_KEPT = 150  # of one event, the weightiest
_MIDDLE_KEPT = 400  # of one class
_SAMPLE = 2_500  # events of which every pair is compared
_ROWS_AT_ONCE = 4_000
_EVENTS_READ_AT_ONCE = 10_000
_ALONE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTexts:
    """An event: subjects and bodies of its members, as many of each; the first few are read."""

    id: int
    subjects: tuple[str, ...]
    bodies: tuple[str, ...]

    @property
    def head(self) -> str:
        """The subjects that are read, one a line."""
        return "\n".join(self.subjects[:MEMBERS_READ])

    @property
    def body(self) -> str:
        """The openings that are read, one a line."""
        return "\n".join(body[:BODY_READ] for body in self.bodies[:MEMBERS_READ])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """How near an event is to causes.

    Attributes:
        event: its id.
        cause: number of its class, or ``None`` when it stands alone.
        closeness: mean cosine to the members of its class, 0 to 1; 0 when alone.
        next_cause: number of the nearest other class, or ``None``.
        next_closeness: mean cosine to that one's members.
    """

    event: int
    cause: int | None
    closeness: float
    next_cause: int | None
    next_closeness: float


def find_classes(events: Sequence[EventTexts]) -> tuple[Kinship, ...]:
    """Cluster events by their cause.

    Args:
        events: in any order; their order does not change the result. A hundred thousand are
            grouped without comparing all pairs.

    Returns:
        One entry per event, by id. Classes are numbered 1, 2, … by their smallest event id and
        hold two events or more.

    Raises:
        ValueError: two events share an id.
    """
    ordered = sorted(events, key=lambda event: event.id)
    if len({event.id for event in ordered}) != len(ordered):
        raise ValueError("an event is given twice")
    if not ordered:
        return ()
    vectors = _vectors(ordered)
    label = _numbered(_grouped(vectors))
    own, own_score, other, other_score = _nearest(vectors, label)
    return tuple(
        Kinship(
            event=event.id,
            cause=int(own[row]) + 1 if own[row] >= 0 else None,
            closeness=float(own_score[row]),
            next_cause=int(other[row]) + 1 if other[row] >= 0 else None,
            next_closeness=float(other_score[row]),
        )
        for row, event in enumerate(ordered)
    )


def _vectors(events: Sequence[EventTexts]) -> sparse.csr_matrix:
    """Weigh the grams of each event by how much they tell of a cause; rows of length one."""
    counts = no_counts()
    starts = range(0, len(events), _EVENTS_READ_AT_ONCE)
    parts = [_read(events[first : first + _EVENTS_READ_AT_ONCE], counts) for first in starts]
    holding = sum(
        (np.bincount(part.gram, minlength=GRAM_SPACE) for part in parts),
        start=np.zeros(GRAM_SPACE, int),
    )
    rarity = np.clip(np.log((len(events) + 1) / (holding + 0.5)), 0.0, _RAREST)
    weight = rarity * (1 - _name_share(counts)) ** 2
    weight[holding < 2] = 0.0  # what one event alone says joins nothing
    matrix = sparse.vstack([_heaviest(part, weight) for part in parts], format="csr")
    return matrix[:, np.flatnonzero(weight)]


def _read(events: Sequence[EventTexts], counts: NameCounts) -> Rows:
    texts = [PlainText(subject=plain(event.head), body=plain(event.body)) for event in events]
    return grams_of(texts, counts).pairs


def _name_share(counts: NameCounts) -> Floats:
    average = counts.near_cue.sum() / max(counts.seen.sum(), 1.0)
    return np.asarray((counts.near_cue + _NAME_PRIOR * average) / (counts.seen + _NAME_PRIOR))


def _heaviest(rows: Rows, weight: Floats) -> sparse.csr_matrix:
    """Weigh each row's grams, keep the weightiest, and bring the row to length one."""
    value = weight[rows.gram] * rows.emphasis()
    told = np.flatnonzero(value)
    row = np.repeat(np.arange(len(rows)), np.diff(rows.start))[told]
    value, gram = value[told], rows.gram[told]
    kept = _first_of_each(row, value, _GRAMS_KEPT)
    row, value, gram = row[kept], value[kept], gram[kept]
    value = value / np.sqrt(np.bincount(row, value**2, minlength=len(rows)))[row]
    start = np.searchsorted(row, np.arange(len(rows) + 1))
    return sparse.csr_matrix((value, gram, start), shape=(len(rows), GRAM_SPACE))


def _first_of_each(row: Ints, value: Floats, most: int) -> Ints:
    """Give, in order, the entries that are among the ``most`` largest of their row."""
    order = np.argsort(row - value / (2 * value.max(initial=1.0)), kind="stable")
    start = np.searchsorted(row, row[order])
    return np.sort(order[np.arange(len(row)) - start < most])


def _grouped(vectors: sparse.csr_matrix) -> Ints:
    """Give every row a group: pairs of a sample are compared, the rest joins or waits its turn."""
    label = np.full(vectors.shape[0], _ALONE)
    least = _least_alike(vectors.shape[0])
    waiting = np.arange(vectors.shape[0])
    groups = 0
    while len(waiting):
        step = -(-len(waiting) // _SAMPLE)
        sample = waiting[::step]
        label[sample] = _average_link(vectors[sample], least) + groups
        groups = int(label.max()) + 1
        waiting = np.setdiff1d(waiting, sample)
        if not len(waiting):
            break
        middles = _middles(vectors[sample], label[sample] - label[sample].min())
        best, score = _best(vectors[waiting], middles)
        joins = score >= least
        label[waiting[joins]] = best[joins] + label[sample].min()
        waiting = waiting[~joins]
    return label


def _least_alike(count: int) -> float:
    return float(min(LEAST_ALIKE * max(1.0, _MANY / count) ** 0.25, _LEAST_ALIKE_MOST))


def _average_link(vectors: sparse.csr_matrix, least: float) -> Ints:
    count = vectors.shape[0]
    if count < 2:
        return np.zeros(count, int)
    alike = (vectors @ vectors.T).toarray()
    upper = np.triu_indices(count, 1)
    tree = linkage(np.clip(1 - alike[upper], 0.0, None), "average")
    return np.asarray(fcluster(tree, 1 - least, "distance") - 1)


def _middles(vectors: sparse.csr_matrix, label: Ints) -> sparse.csr_matrix:
    """Give the mean of each group's rows, the heaviest values of it; ``label`` counts from 0."""
    size = np.bincount(label)
    share = sparse.csr_matrix(
        (1 / size[label], (label, np.arange(len(label)))), shape=(len(size), len(label))
    )
    mean = (share @ vectors).tocsr()
    row = np.repeat(np.arange(len(size)), np.diff(mean.indptr))
    kept = _first_of_each(row, mean.data, _MIDDLE_KEPT)
    start = np.searchsorted(row[kept], np.arange(len(size) + 1))
    return sparse.csr_matrix((mean.data[kept], mean.indices[kept], start), shape=mean.shape)


def _best(vectors: sparse.csr_matrix, middles: sparse.csr_matrix) -> tuple[Ints, Floats]:
    """Give each row's nearest middle and how near it is."""
    best, score = [], []
    turned = middles.T.tocsr()
    for first in range(0, vectors.shape[0], _ROWS_AT_ONCE):
        alike = (vectors[first : first + _ROWS_AT_ONCE] @ turned).toarray()
        best.append(alike.argmax(1))
        score.append(alike.max(1))
    return np.concatenate(best), np.concatenate(score)


def _numbered(label: Ints) -> Ints:
    """Number the groups of two or more by their first row, from 0; the rest stands alone."""
    _, first, group, size = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(np.where(size > 1, first, len(label) + first))
    number = np.empty(len(size), int)
    number[order] = np.arange(len(size))
    number[size < 2] = _ALONE
    return np.asarray(number[group])


def _nearest(vectors: sparse.csr_matrix, label: Ints) -> tuple[Ints, Floats, Ints, Floats]:
    """Give each row its group and the nearest other one, both with their mean cosines."""
    count = len(label)
    other, other_score, own_score = np.full(count, _ALONE), np.zeros(count), np.zeros(count)
    members = np.flatnonzero(label >= 0)
    if not len(members):
        return label, own_score, other, other_score
    turned = _middles(vectors[members], label[members]).T.tocsr()
    size = np.bincount(label[members])
    for first in range(0, count, _ROWS_AT_ONCE):
        part = slice(first, min(first + _ROWS_AT_ONCE, count))
        alike = (vectors[part] @ turned).toarray()
        rows = np.flatnonzero(label[part] >= 0)
        mine = label[part][rows]
        with_self = alike[rows, mine]
        own_score[first + rows] = np.clip(with_self * size[mine] - 1, 0, None) / (size[mine] - 1)
        alike[rows, mine] = 0.0
        best = alike.argmax(1)
        score = alike[np.arange(len(best)), best]
        other[part] = np.where(score > 0, best, _ALONE)
        other_score[part] = score
    return label, own_score, other, other_score
