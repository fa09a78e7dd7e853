"""Targets that the trees of goals set for indicators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from civicloop.apps.indicators.models import GoalTree
from civicloop.engines.indicators.definitions import Target
from civicloop.engines.indicators.figures import Targets


def trees_in_force(day: date) -> list[GoalTree]:
    """Return the version of each tree that is in force on a day."""
    newest: dict[str, GoalTree] = {}
    for tree in GoalTree.objects.filter(valid_from__lte=day).order_by("code", "number"):
        newest[tree.code] = tree
    return list(newest.values())


def newest_tree(code: str) -> GoalTree | None:
    """Return the newest version of a tree, also one that is not in force yet."""
    return GoalTree.objects.filter(code=code).order_by("-number").first()


def versions_of_trees() -> dict[str, list[GoalTree]]:
    """Return all versions of each tree, the newest first, with who recorded them."""
    found: dict[str, list[GoalTree]] = {}
    for tree in GoalTree.objects.select_related("recorded_by").order_by("code", "-number"):
        found.setdefault(tree.code, []).append(tree)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsOfVersion:
    """The targets that one version of a tree sets."""

    tree: str
    number: int
    valid_from: date
    targets: Targets


class GoalTargets:
    """What the trees of goals set for indicators, on any day: each figure is judged by its own time."""

    def __init__(self, versions: Sequence[TargetsOfVersion]) -> None:
        self._versions = sorted(versions, key=lambda each: (each.tree, each.number))
        self._known: dict[date, Targets] = {}

    def on(self, day: date) -> Targets:
        """Return the targets in force on a day, by indicator and area."""
        if day not in self._known:
            newest = {each.tree: each for each in self._versions if each.valid_from <= day}
            self._known[day] = {
                place: target for each in newest.values() for place, target in each.targets.items()
            }
        return self._known[day]


def goal_targets(*, known_at: datetime | None = None) -> GoalTargets:
    """Return what all versions set, by one statement; as it was known at a time."""
    trees = (
        GoalTree.objects.all()
        if known_at is None
        else GoalTree.objects.filter(recorded_at__lte=known_at)
    )
    rows = trees.order_by("pk", "goals__pk", "goals__measures__pk").values_list(
        "code", "number", "valid_from",
        "goals__measures__indicator", "goals__measures__area",
        "goals__measures__green", "goals__measures__amber",
    )  # fmt: skip
    found: dict[tuple[str, int, date], dict[tuple[str, str], Target]] = {}
    for code, number, valid_from, indicator, area, green, amber in rows:
        targets = found.setdefault((code, number, valid_from), {})
        if green is not None and amber is not None:
            targets[indicator, area] = Target(green=green, amber=amber)
    return GoalTargets(
        [
            TargetsOfVersion(tree=code, number=number, valid_from=valid_from, targets=targets)
            for (code, number, valid_from), targets in found.items()
        ]
    )
