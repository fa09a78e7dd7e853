"""The trees of goals, and their next versions."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.indicators.actions.goals import (
    add_goal,
    change_goal,
    retire_goal,
    set_goal_target,
)
from civicloop.apps.indicators.goal_targets import newest_tree
from civicloop.apps.indicators.models import Goal, GoalTree
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.indicators.shown.asked import the_city
from civicloop.apps.indicators.shown.goals import trees_on
from civicloop.web.indicators.forms import (
    AddGoalForm,
    ChangeGoalForm,
    RetireGoalForm,
    TargetForm,
    TreeForm,
)
from civicloop.web.requests import HtmxRequest, actor_of

STEPS: dict[str, type[TreeForm]] = {
    "add": AddGoalForm,
    "change": ChangeGoalForm,
    "retire": RetireGoalForm,
    "target": TargetForm,
}


@require_safe
def goals(request: HtmxRequest) -> HttpResponse:
    """The trees in force on a day: goals, measures, targets, owners, deadlines, lights."""
    require(request.user, Action.VIEW_INDICATORS)
    day = _day(request.GET.get("day", ""))
    hides_small = not may(request.user, Action.SEE_SMALL_COUNTS)
    context = {
        "trees": trees_on(day or timezone.localdate(), the_city(), hides_small=hides_small),
        "day": day,
    }
    return render(request, "indicators/goals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def goal_step(request: HtmxRequest, code: str, step: str) -> HttpResponse:
    """The form of a change; when it is sent and sure, the next version of the tree."""
    require(request.user, Action.EDIT_GOALS)
    if step not in STEPS:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    tree = newest_tree(code)
    of_goal = asked.get("parent" if step == "add" else "code", "")
    if tree is None:
        raise Http404
    goal = Goal.objects.filter(tree=tree, code=of_goal).select_related("owner").first()
    if goal is None and (step != "add" or of_goal):
        raise Http404
    if request.method != "POST":
        return _asked(request, step, tree, goal, STEPS[step](initial=_initial(step, tree, goal)))
    form = STEPS[step](request.POST)
    if form.is_valid():
        try:
            kept = _take(request, code, step, form.cleaned_data)
        except IndicatorRefusedError as error:
            form.add_error(None, str(error))
        else:
            words = _("Version %(number)s of the tree is kept; lights follow with the next computation.")  # fmt: skip
            messages.success(request, words % {"number": kept.number})
            return redirect("indicators:goals")
    return _asked(request, step, tree, goal, form)


def _asked(
    request: HtmxRequest, step: str, tree: GoalTree, goal: Goal | None, form: TreeForm
) -> HttpResponse:
    context = {"step": step, "tree": tree, "goal": goal, "form": form}
    status = 422 if form.errors else 200
    return render(request, "indicators/goal_step.html", context, status=status)


def _initial(step: str, tree: GoalTree, goal: Goal | None) -> dict[str, Any]:
    common = {"seen": tree.number}
    if goal is None:
        return common
    if step == "add":
        return common | {"parent": goal.code}
    return common | {
        "code": goal.code,
        "title": goal.title,
        "owner": goal.owner,
        "deadline_day": goal.deadline_day,
    }


def _take(request: HtmxRequest, code: str, step: str, known: dict[str, Any]) -> GoalTree:
    """One change, on the version that was seen."""
    seen = GoalTree.objects.filter(code=code, number=known["seen"]).first()
    if seen is None:
        raise IndicatorRefusedError(_("There is no such version of the tree."))
    common = {
        "seen": seen, "code": known["code"], "actor": actor_of(request),
        "day": timezone.localdate(), "now": timezone.now(),
    }  # fmt: skip
    if step == "retire":
        return retire_goal(**common)
    if step == "target":
        names = ("indicator", "area", "green", "amber")
        return set_goal_target(**common, **{name: known[name] for name in names})
    fields = {
        "title": known["title"],
        "owner": known["owner"].code if known["owner"] else "",
        "deadline_day": known["deadline_day"],
    }
    if step == "add":
        return add_goal(**common, **fields, parent=known["parent"])
    return change_goal(**common, **fields)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
