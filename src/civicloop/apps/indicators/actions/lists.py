"""Keep versions of lists of members, and of trees of goals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.models import Goal, GoalMeasure, GoalTree, RosterVersion
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.places.models import Unit
from civicloop.connectors.indicators.goal_files import GoalTreeFile, ReadGoal


@transaction.atomic
def keep_roster(
    *,
    code: str,
    members: Iterable[str],
    valid_from: date,
    source: str,
    actor: User | None,
    now: datetime,
) -> RosterVersion:
    """Keep the next version of a list.

    Raises:
        IndicatorRefusedError: the list is empty, or older than the version before.
    """
    listed = sorted({member.strip() for member in members} - {""})
    before = RosterVersion.objects.filter(code=code).order_by("-number").first()
    if not listed:
        raise IndicatorRefusedError(_("The list has no members: write one on each line."))
    if before and valid_from < before.valid_from:
        raise IndicatorRefusedError(
            _("Version %(number)s of the list is valid from %(day)s: a later one must begin later.")
            % {"number": before.number, "day": before.valid_from}
        )
    roster = RosterVersion(
        code=code,
        number=before.number + 1 if before else 1,
        valid_from=valid_from,
        members=listed,
        source=source,
        recorded_at=now,
    )
    roster.save()
    record_event(
        action="keep_roster",
        object_type="roster",
        object_id=roster.pk,
        actor=actor,
        now=now,
        details={"code": code, "members": len(listed)},
    )
    return roster


@dataclass(slots=True)
class _Count:
    value: int = 0

    def next(self) -> int:
        self.value += 1
        return self.value


@transaction.atomic
def keep_goal_tree(*, read: GoalTreeFile, actor: User | None, now: datetime) -> GoalTree:
    """Keep the next version of a tree of goals.

    Raises:
        IndicatorRefusedError: a goal names a unit or an indicator that there is not.
    """
    before = GoalTree.objects.filter(code=read.code).order_by("-number").first()
    tree = GoalTree(
        code=read.code,
        number=before.number + 1 if before else 1,
        title=read.title,
        valid_from=read.valid_from,
        source=read.source,
        recorded_at=now,
        recorded_by=actor,
    )
    tree.save()
    known = {definition.code for definition in current_definitions().values()}
    units = {unit.code: unit for unit in Unit.objects.all()}
    places = _Count()
    for goal in read.goals:
        _keep_goal(goal, tree, None, 0, known, units, places)
    record_event(
        action="keep_goal_tree",
        object_type="goal_tree",
        object_id=tree.pk,
        actor=actor,
        now=now,
        details={"code": tree.code, "version": tree.number, "goals": places.value},
    )
    return tree


def _keep_goal(
    read: ReadGoal,
    tree: GoalTree,
    parent: Goal | None,
    depth: int,
    known: Iterable[str],
    units: Mapping[str, Unit],
    places: _Count,
) -> None:
    if read.owner and read.owner not in units:
        raise _refused(_("Goal %(goal)s: no unit has the code %(word)s."), read.code, read.owner)
    goal = Goal(
        tree=tree,
        parent=parent,
        code=read.code,
        title=read.title,
        position=places.next(),
        depth=depth,
        owner=units.get(read.owner),
        deadline_day=read.deadline_day,
    )
    goal.save()
    for each in read.measures:
        if each.indicator not in known:
            words = _("Goal %(goal)s: there is no indicator %(word)s.")
            raise _refused(words, read.code, each.indicator)
        GoalMeasure(
            goal=goal,
            indicator=each.indicator,
            area=each.area,
            green=each.green,
            amber=each.amber,
        ).save()
    for child in read.goals:
        _keep_goal(child, tree, goal, depth + 1, known, units, places)


def _refused(words: str, goal: str, word: str) -> IndicatorRefusedError:
    return IndicatorRefusedError(words % {"goal": goal, "word": word})
