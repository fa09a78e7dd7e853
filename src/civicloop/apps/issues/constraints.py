"""What people's decisions come to for the engine: which appeals are, and are not, one matter."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from civicloop.apps.issues.models import DecisionKind, EventConstraint, EventDecision
from civicloop.engines.text.events import Constraint


def constraints_in_force() -> list[Constraint]:
    """What people decided about appeals, ascending; a later decision outweighs an earlier one.

    They never contradict each other.
    """
    decisions = EventDecision.objects.filter(undone_at=None).order_by("id")
    leaving_of = _leaving_by_split() if decisions else {}
    told = _Told()
    for decision in decisions:
        members = {int(member) for member in decision.before}
        if decision.kind == DecisionKind.SPLIT:
            told.part(leaving_of.get(decision.pk, set()), members)
        else:
            told.join(members)
    return sorted(told.constraints(), key=lambda one: (one.first, one.second))


def _leaving_by_split() -> dict[int, set[int]]:
    leaving: defaultdict[int, set[int]] = defaultdict(set)
    parted = EventConstraint.objects.filter(decision__undone_at=None, is_same=False)
    for decision_id, first in parted.values_list("decision_id", "first_id").distinct():
        leaving[decision_id].add(first)
    return leaving


class _Told:
    """The groups that were said to be one matter, and who was parted from whom, decision by decision.

    A group is kept whole, not as pairs with one of it: when that one leaves, the others are still
    one matter.
    """

    def __init__(self) -> None:
        self._group_of: dict[int, set[int]] = {}
        self._parted_from: defaultdict[int, set[int]] = defaultdict(set)

    def join(self, members: Collection[int]) -> None:
        """These are one matter, and with them all that was one matter with any of them."""
        whole = set(members).union(*(self._group_of.get(member, ()) for member in members))
        for member in whole:
            self._group_of[member] = whole
            self._parted_from[member] -= whole

    def part(self, leaving: set[int], members: set[int]) -> None:
        """Those that leave are one matter, and another than that of the other members."""
        for member in leaving:
            self._group_of.get(member, set()).discard(member)
            self._group_of[member] = {member}
        self.join(leaving)
        for member in leaving:
            self._parted_from[member] |= members - leaving
        for member in members - leaving:
            self._parted_from[member] |= leaving

    def constraints(self) -> Iterator[Constraint]:
        """Each group by pairs with its first, and each parted pair."""
        groups = {id(group): group for group in self._group_of.values()}
        for first, *rest in map(sorted, groups.values()):
            for other in rest:
                yield Constraint(first=first, second=other, same=True)
        for member, parted in self._parted_from.items():
            for other in parted:
                if member < other:
                    yield Constraint(first=member, second=other, same=False)
