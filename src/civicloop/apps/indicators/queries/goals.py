"""The tree of goals as it stands on a day: each goal with its measures, their figures and lights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from civicloop.apps.indicators.goal_targets import trees_in_force
from civicloop.apps.indicators.models import Figure, Goal, GoalMeasure, GoalTree
from civicloop.apps.indicators.queries.newest import PREFERRED, published_figures
from civicloop.engines.indicators.definitions import Target
from civicloop.engines.indicators.figures import Light
from civicloop.engines.indicators.periods import PeriodKind

_WORST = (Light.RED, Light.AMBER, Light.GREEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureNow:
    """A measure with its newest figure; the newest without a value where none ever had one."""

    measure: GoalMeasure
    figure: Figure | None
    without_value: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChange:
    """A version of a tree that sets an indicator another target than the version before."""

    tree: GoalTree
    was: Target | None
    now: Target | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalNow:
    """A goal as it stands."""

    goal: Goal
    measures: tuple[MeasureNow, ...]
    light: str  # the worst of its own measures; "" without any
    is_overdue: bool  # past its deadline, and not green


def goals_now(day: date) -> Mapping[GoalTree, list[GoalNow]]:
    """Return every tree in force with its goals, parents before their children."""
    trees = trees_in_force(day)
    goals = Goal.objects.filter(tree__in=trees).select_related("owner", "tree")
    measures = list(GoalMeasure.objects.filter(goal__tree__in=trees))
    newest, empty = _newest({each.indicator for each in measures})
    found: dict[GoalTree, list[GoalNow]] = {tree: [] for tree in trees}
    for goal in goals.order_by("tree", "position").prefetch_related("measures"):
        now = tuple(
            MeasureNow(
                measure=each,
                figure=newest.get((each.indicator, each.area)),
                without_value=empty.get((each.indicator, each.area)),
            )
            for each in goal.measures.all()
        )
        found[goal.tree].append(_goal_now(goal, now, day))
    return found


def target_changes(
    indicator: str, area: str, *, known_at: datetime | None = None
) -> list[TargetChange]:
    """Return where the trees changed the target of an indicator and area, the oldest first.

    A version that another one replaced from its own first day on was never in force.
    """
    known = {} if known_at is None else {"recorded_at__lte": known_at}
    trees = GoalTree.objects.filter(**known)
    measures = GoalMeasure.objects.filter(indicator=indicator, area=area, goal__tree__in=trees)
    targets = {each.goal.tree_id: _target(each) for each in measures.select_related("goal")}
    if not targets:
        return []
    codes = GoalTree.objects.filter(pk__in=targets).values("code")
    versions: list[GoalTree] = []
    for tree in trees.filter(code__in=codes).order_by("code", "number"):
        while versions and versions[-1].code == tree.code and versions[-1].valid_from >= tree.valid_from:  # fmt: skip
            versions.pop()
        versions.append(tree)
    found = [
        TargetChange(tree=tree, was=targets.get(before.pk), now=targets.get(tree.pk))
        for before, tree in pairwise(versions)
        if before.code == tree.code and targets.get(before.pk) != targets.get(tree.pk)
    ]
    return sorted(found, key=lambda each: each.tree.valid_from)


def _target(measure: GoalMeasure) -> Target | None:
    if measure.green is None or measure.amber is None:
        return None
    return Target(green=measure.green, amber=measure.amber)


def _goal_now(goal: Goal, measures: tuple[MeasureNow, ...], day: date) -> GoalNow:
    lights = {each.figure.light for each in measures if each.figure and each.figure.light}
    light = next((str(each) for each in _WORST if each in lights), "")
    is_past = goal.deadline_day is not None and day > goal.deadline_day
    return GoalNow(
        goal=goal, measures=measures, light=light, is_overdue=is_past and light != Light.GREEN
    )


_Newest = dict[tuple[str, str], Figure]


def _newest(codes: set[str]) -> tuple[_Newest, _Newest]:
    """Return the newest figure of each indicator and area: with a value, and without one."""
    ranks = {kind: -place for place, kind in enumerate(PREFERRED)}
    found: _Newest = {}
    empty: _Newest = {}
    for each in sorted(
        published_figures(codes),
        key=lambda each: (each.last_day, ranks[PeriodKind(each.period_kind)]),
    ):
        (empty if each.value is None else found)[each.code, each.area] = each
    return found, empty
