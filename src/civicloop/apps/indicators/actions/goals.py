"""Change a tree of goals: each change is the next version, those before stay as they were."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.indicators.actions.lists import keep_goal_tree
from civicloop.apps.indicators.models import Goal, GoalTree
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.connectors.indicators.goal_files import (
    MOST_LEVELS,
    GoalTreeFile,
    ReadGoal,
    ReadMeasure,
)


@transaction.atomic
def add_goal(
    *,
    seen: GoalTree,
    parent: str,
    code: str,
    title: str,
    owner: str,
    deadline_day: date | None,
    actor: User,
    day: date,
    now: datetime,
) -> GoalTree:
    """Add a goal below another one, or at the top.

    Raises:
        IndicatorRefusedError: the code is taken, it is too deep, or the tree was changed since.
    """
    goal = ReadGoal(
        code=code, title=title, owner=owner, deadline_day=deadline_day, measures=(), goals=()
    )
    tree = _tree_of(seen)
    if code in _codes(tree.goals):
        raise IndicatorRefusedError(_("Another goal has the code %(code)s.") % {"code": code})
    if not parent:
        return _keep(seen, tree, (*tree.goals, goal), actor, day, now)
    if _depth(tree.goals, parent) >= MOST_LEVELS:
        raise IndicatorRefusedError(
            _("A tree has at most %(most)s levels.") % {"most": MOST_LEVELS}
        )
    goals = _changed(tree.goals, parent, lambda each: replace(each, goals=(*each.goals, goal)))
    return _keep(seen, tree, goals, actor, day, now)


@transaction.atomic
def change_goal(
    *,
    seen: GoalTree,
    code: str,
    title: str,
    owner: str,
    deadline_day: date | None,
    actor: User,
    day: date,
    now: datetime,
) -> GoalTree:
    """Give a goal another title, owner or deadline.

    Raises:
        IndicatorRefusedError: the tree was changed since.
    """
    tree = _tree_of(seen)
    goals = _changed(
        tree.goals,
        code,
        lambda each: replace(each, title=title, owner=owner, deadline_day=deadline_day),
    )
    return _keep(seen, tree, goals, actor, day, now)


@transaction.atomic
def retire_goal(*, seen: GoalTree, code: str, actor: User, day: date, now: datetime) -> GoalTree:
    """Take a goal out, with all below it; the versions before still have it.

    Raises:
        IndicatorRefusedError: nothing would be left, or the tree was changed since.
    """
    tree = _tree_of(seen)
    goals = _changed(tree.goals, code, lambda _: None)
    if not goals:
        raise IndicatorRefusedError(_("A tree has at least one goal: add another one first."))
    return _keep(seen, tree, goals, actor, day, now)


@transaction.atomic
def set_goal_target(
    *,
    seen: GoalTree,
    code: str,
    indicator: str,
    area: str,
    green: Decimal | None,
    amber: Decimal | None,
    actor: User,
    day: date,
    now: datetime,
) -> GoalTree:
    """Measure a goal by an indicator, with a target; the one that it had for the area is replaced.

    Raises:
        IndicatorRefusedError: there is no such indicator, or the tree was changed since.
    """
    measure = ReadMeasure(indicator=indicator, area=area, green=green, amber=amber)

    def measured(goal: ReadGoal) -> ReadGoal:
        others = [
            each for each in goal.measures if (each.indicator, each.area) != (indicator, area)
        ]
        return replace(goal, measures=(*others, measure))

    tree = _tree_of(seen)
    return _keep(seen, tree, _changed(tree.goals, code, measured), actor, day, now)


def _keep(
    seen: GoalTree,
    tree: GoalTreeFile,
    goals: Sequence[ReadGoal],
    actor: User,
    day: date,
    now: datetime,
) -> GoalTree:
    newest = GoalTree.objects.select_for_update().filter(code=seen.code).order_by("-number")[0]
    if newest.pk != seen.pk:
        raise IndicatorRefusedError(
            _("Somebody changed the tree since: it is version %(number)s now. Look at it again.")
            % {"number": newest.number}
        )
    source = _("page of goals, after version %(number)s") % {"number": seen.number}
    changed = replace(tree, goals=tuple(goals), valid_from=max(day, seen.valid_from), source=source)
    return keep_goal_tree(read=changed, actor=actor, now=now)


def _tree_of(tree: GoalTree) -> GoalTreeFile:
    """Return a version as a file would say it."""
    goals = list(
        tree.goals.select_related("owner").prefetch_related("measures").order_by("position")
    )
    below: dict[int | None, list[Goal]] = {}
    for goal in goals:
        below.setdefault(goal.parent_id, []).append(goal)
    return GoalTreeFile(
        code=tree.code,
        title=tree.title,
        valid_from=tree.valid_from,
        source=tree.source,
        goals=tuple(_goal_of(each, below) for each in below.get(None, ())),
    )


def _goal_of(goal: Goal, below: "dict[int | None, list[Goal]]") -> ReadGoal:
    return ReadGoal(
        code=goal.code,
        title=goal.title,
        owner=goal.owner.code if goal.owner else "",
        deadline_day=goal.deadline_day,
        measures=tuple(
            ReadMeasure(
                indicator=each.indicator, area=each.area, green=each.green, amber=each.amber
            )
            for each in goal.measures.all()
        ),
        goals=tuple(_goal_of(each, below) for each in below.get(goal.pk, ())),
    )


def _codes(goals: Sequence[ReadGoal]) -> set[str]:
    return {goal.code for goal in goals} | {code for goal in goals for code in _codes(goal.goals)}


def _depth(goals: Sequence[ReadGoal], code: str, level: int = 1) -> int:
    """Return the level of a goal, 0 where it is not below these."""
    for goal in goals:
        found = level if goal.code == code else _depth(goal.goals, code, level + 1)
        if found:
            return found
    return 0


def _changed(
    goals: Sequence[ReadGoal], code: str, change: Callable[[ReadGoal], ReadGoal | None]
) -> tuple[ReadGoal, ...]:
    """Return the goals with one of them changed, or taken out."""
    found = []
    for goal in goals:
        changed = (
            change(goal)
            if goal.code == code
            else replace(goal, goals=_changed(goal.goals, code, change))
        )
        if changed is not None:
            found.append(changed)
    return tuple(found)
