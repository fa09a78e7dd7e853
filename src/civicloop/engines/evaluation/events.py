"""Score predicted events against judged ones.

Every figure answers one question about the judged appeals (those that stand in a judged event):

* B-cubed: of the appeals put together with mine, how many belong to me (precision); of those that
  belong to me, how many were put together with me (recall). Mean over the judged appeals.
* Strict B-cubed: the same, but every other appeal of the corpus that was put together with mine
  counts as foreign, too, because people read those and left them out.
* Pairs: precision and recall over pairs of judged appeals.
* Near misses: share of the pairs judged "alike, yet not one matter" that were put together.

Pairs and appeals on which people did not agree are left out where they would count against the
prediction.

Source: Bagga and Baldwin 1998, "Entity-based cross-document coreferencing using the vector space
model" (B-cubed); Amigó et al. 2009, "A comparison of extrinsic clustering evaluation metrics"; the
strict variant and the near misses are own work.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

ALONE = frozenset({"", "-1"})  # predicted clusters that mean "belongs to no event"


class EventGoldError(ValueError):
    """The judged events are empty or contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGold:
    """What people judged about which appeals are one concrete matter."""

    events: Sequence[frozenset[str]]  # ids of the appeals of each event
    near_misses: Sequence[tuple[str, str]] = ()  # alike, yet judged to be two matters
    ignored_pairs: Sequence[tuple[str, str]] = ()  # nobody could say
    ignored_ids: frozenset[str] = frozenset()  # appeals nobody could place


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionRecall:
    """Two ratios from 0 to 1 and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 when both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCounts:
    """Pairs of judged appeals."""

    rightly_joined: int  # one judged event and one predicted event
    wrongly_joined: int  # two judged events, one predicted event, not ignored
    missed: int  # one judged event, two predicted events


@dataclass(frozen=True, slots=True, kw_only=True)
class EventScore:
    """The figures of one evaluation. All ratios run from 0 to 1."""

    strict: PrecisionRecall  # strict B-cubed, the headline
    b_cubed: PrecisionRecall
    pairs: PrecisionRecall
    pair_counts: PairCounts
    near_miss_merge_ratio: float | None  # None when no near miss was judged
    near_misses: int
    whole_ratio: float  # judged events whose appeals all stand in one predicted event
    exact_ratio: float  # of those, the predicted event holds no other judged appeal
    events: int
    appeals: int  # judged appeals


_Cluster = tuple[str, str]  # a name of its own for each appeal that stands alone


def score_events(predicted: Mapping[str, str], gold: EventGold) -> EventScore:
    """Return how well predicted events agree with judged ones.

    Args:
        predicted: Cluster name by appeal id, for every appeal of the corpus. An empty name or
            "-1", and a judged appeal that is missing, mean "alone".
        gold: The judged events.

    Returns:
        The figures; see :class:`EventScore` for the units.

    Raises:
        EventGoldError: No event is given, an event is empty, or an appeal stands in two events.
    """
    comparison = _Comparison(predicted, gold)
    counts = comparison.pair_counts()
    whole = [event for event in gold.events if comparison.is_whole(event)]
    exact = [event for event in whole if comparison.judged_beside(event) == event]
    merged = sum(comparison.are_together(*pair) for pair in gold.near_misses)
    return EventScore(
        strict=comparison.b_cubed(strict=True),
        b_cubed=comparison.b_cubed(strict=False),
        pairs=_pair_ratios(counts),
        pair_counts=counts,
        near_miss_merge_ratio=merged / len(gold.near_misses) if gold.near_misses else None,
        near_misses=len(gold.near_misses),
        whole_ratio=len(whole) / len(gold.events),
        exact_ratio=len(exact) / len(gold.events),
        events=len(gold.events),
        appeals=sum(len(event) for event in gold.events),
    )


class _Comparison:
    """The predicted and the judged partition side by side."""

    def __init__(self, predicted: Mapping[str, str], gold: EventGold) -> None:
        self._event_of = _event_of(gold.events)
        self._gold = gold
        self._predicted = predicted
        self._corpus = _members((*predicted, *self._event_of), self._cluster_of)
        self._judged = _members(self._event_of, self._cluster_of)
        self._ignored = _members(gold.ignored_ids, self._cluster_of)
        self._partners = _partners(gold.ignored_pairs)

    def _cluster_of(self, appeal: str) -> _Cluster:
        name = self._predicted.get(appeal, "")
        return ("", appeal) if name in ALONE else (name, "")

    def are_together(self, first: str, second: str) -> bool:
        return self._cluster_of(first) == self._cluster_of(second)

    def is_whole(self, event: Set[str]) -> bool:
        return len({self._cluster_of(appeal) for appeal in event}) == 1

    def judged_beside(self, event: Set[str]) -> Set[str]:
        """Return the judged appeals in the predicted cluster of a whole event."""
        return self._judged[self._cluster_of(next(iter(event)))]

    def b_cubed(self, *, strict: bool) -> PrecisionRecall:
        precision = recall = 0.0
        for appeal, event in self._event_of.items():
            own, foreign = self._own_and_foreign(appeal, event, strict=strict)
            precision += own / (own + foreign)
            recall += own / len(event)
        judged = len(self._event_of)
        return PrecisionRecall(precision=precision / judged, recall=recall / judged)

    def _own_and_foreign(
        self, appeal: str, event: frozenset[str], *, strict: bool
    ) -> tuple[int, int]:
        cluster = self._cluster_of(appeal)
        beside = (self._corpus if strict else self._judged)[cluster]
        own = len(self._judged[cluster] & event)
        excused: Set[str] = self._partners.get(appeal, frozenset()) & beside
        if strict:
            excused |= self._ignored.get(cluster, frozenset()) & beside
        return own, len(beside) - own - len(excused - event)

    def pair_counts(self) -> PairCounts:
        cells = Counter((self._cluster_of(a), event) for a, event in self._event_of.items())
        right = sum(map(_pairs_of, cells.values()))
        joined = sum(_pairs_of(len(members)) for members in self._judged.values())
        judged = sum(_pairs_of(len(event)) for event in self._gold.events)
        return PairCounts(
            rightly_joined=right,
            wrongly_joined=joined - right - self._excused_pairs(),
            missed=judged - right,
        )

    def _excused_pairs(self) -> int:
        pairs = {frozenset(pair) for pair in self._gold.ignored_pairs}
        events = [
            (self._event_of.get(first), self._event_of.get(second))
            for first, second in map(sorted, pairs)
            if self.are_together(first, second)
        ]
        return sum(None not in pair and pair[0] != pair[1] for pair in events)


def _event_of(events: Sequence[frozenset[str]]) -> dict[str, frozenset[str]]:
    if not events or not all(events):
        raise EventGoldError("the judged events are missing or one of them is empty")
    event_of: dict[str, frozenset[str]] = {}
    for event in events:
        for appeal in sorted(event):
            if appeal in event_of:
                raise EventGoldError(f"appeal {appeal} stands in two judged events")
            event_of[appeal] = event
    return event_of


def _members(
    appeals: Iterable[str], cluster_of: Callable[[str], _Cluster]
) -> dict[_Cluster, set[str]]:
    members: defaultdict[_Cluster, set[str]] = defaultdict(set)
    for appeal in appeals:
        members[cluster_of(appeal)].add(appeal)
    return dict(members)


def _partners(pairs: Sequence[tuple[str, str]]) -> dict[str, set[str]]:
    partners: defaultdict[str, set[str]] = defaultdict(set)
    for first, second in pairs:
        partners[first].add(second)
        partners[second].add(first)
    return dict(partners)


def _pairs_of(members: int) -> int:
    return members * (members - 1) // 2


def _pair_ratios(counts: PairCounts) -> PrecisionRecall:
    joined = counts.rightly_joined + counts.wrongly_joined
    judged = counts.rightly_joined + counts.missed
    return PrecisionRecall(
        precision=counts.rightly_joined / joined if joined else 1.0,
        recall=counts.rightly_joined / judged if judged else 1.0,
    )
