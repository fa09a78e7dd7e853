"""Targets that the trees of goals set for indicators."""

from datetime import date

from django.db.models import OuterRef, Subquery

from civicloop.apps.indicators.models import GoalMeasure, GoalTree
from civicloop.engines.indicators.definitions import Target


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


def targets_in_force(day: date) -> dict[tuple[str, str], Target]:
    """Return the target of each indicator and area that a tree sets, by one statement."""
    versions = GoalTree.objects.filter(code=OuterRef("goal__tree__code"), valid_from__lte=day)
    newest = Subquery(versions.order_by("-number").values("pk")[:1])
    measures = GoalMeasure.objects.filter(
        goal__tree=newest, green__isnull=False, amber__isnull=False
    )
    return {
        (each.indicator, each.area): Target(green=each.green, amber=each.amber)
        for each in measures
        if each.green is not None and each.amber is not None
    }
