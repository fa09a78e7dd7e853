"""What people judged about pairs of appeals, in the form the same-event engine learns from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.constraints import constraints_in_force
from civicloop.apps.issues.evaluation import read_judged_events
from civicloop.apps.issues.event_pages import near_misses_of
from civicloop.apps.issues.models import DecisionKind, EventDecision
from civicloop.engines.text.events.learning import Judgement

Pair = tuple[int, int]

MOST_OF_AN_EVENT = 12  # appeals of one event that are compared with each other
MOST_PARTED = 12  # appeals that one appeal is parted from, of those that are learned from
LEFT_OUT = 0.25  # weight of a pair shown beside a confirmed event and left as it was


def decided_judgements() -> list[Judgement]:
    """Learn from decisions in force: merged or confirmed are one event, split off is not.

    What the page shows beside a confirmed event, and nobody merged with it, counts a little as
    another matter.
    """
    constraints = constraints_in_force()
    apart = {(one.first, one.second) for one in constraints if not one.same}
    whole = _whole((one.first, one.second) for one in constraints if one.same)
    held = {pair for members in whole for pair in combinations(members, 2)}
    same = {pair for members in whole for pair in combinations(members[:MOST_OF_AN_EVENT], 2)}
    shown = set(_left_out()) - held - apart
    return [
        *_judgements(same, apart - held),
        *(Judgement(first=a, second=b, same=False, weight=LEFT_OUT) for a, b in sorted(shown)),
    ]


def decisions_in_force() -> int:
    """How many decisions there are to learn from."""
    return EventDecision.objects.filter(undone_at=None).count()


def judgements_of_file(file: Path) -> list[Judgement]:
    """Read judged events, by the appeals' numbers in their source; unknown ones are left out.

    Raises:
        UnreadableJudgementsError: the file is not in the expected form.
    """
    gold = read_judged_events(file)
    ids = dict(Appeal.objects.order_by("id").values_list("source_key", "id"))
    events = [sorted(ids[key] for key in event if key in ids) for event in gold.events]
    same = {p for event in events for p in combinations(event[:MOST_OF_AN_EVENT], 2)}
    unsure = set(_known(gold.ignored_pairs, ids))
    return _judgements(same - unsure, set(_known(gold.near_misses, ids)) - same)


def _known(pairs: Iterable[tuple[str, str]], ids: Mapping[str, int]) -> Iterator[Pair]:
    for one, other in pairs:
        if one in ids and other in ids:
            yield min(ids[one], ids[other]), max(ids[one], ids[other])


def _judgements(same: set[Pair], apart: set[Pair]) -> list[Judgement]:
    return [
        *(Judgement(first=a, second=b, same=True) for a, b in sorted(same)),
        *(Judgement(first=a, second=b, same=False) for a, b in _thinned(sorted(apart))),
    ]


def _thinned(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Leave out pairs of two appeals that are both parted from many others already."""
    times = Counter[int]()
    for pair in pairs:
        if min(times[number] for number in pair) < MOST_PARTED:
            times.update(pair)
            yield pair


def _whole(same: Iterable[Pair]) -> list[list[int]]:
    """What hangs together by pairs, each ascending."""
    beside: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in same:
        beside[one].add(other)
        beside[other].add(one)
    found: list[list[int]] = []
    for start in sorted(beside):
        members, waiting = set[int](), {start} & beside.keys()
        while waiting:
            members |= waiting
            waiting = set[int]().union(*(beside.pop(number) for number in waiting)) - members
        found.append(sorted(members))
    return [members for members in found if members]


def _left_out() -> Iterator[Pair]:
    confirmed = EventDecision.objects.filter(kind=DecisionKind.CONFIRM, undone_at=None)
    for decision in confirmed.select_related("event").order_by("id"):
        for miss in near_misses_of(decision.event) if decision.event else ():
            one, other = miss.member.pk, miss.other.pk
            yield min(one, other), max(one, other)
