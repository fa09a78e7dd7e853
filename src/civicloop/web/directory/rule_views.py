"""One rule of a draft: write it, take it out."""

from http import HTTPStatus

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.directory import (
    DirectoryRefusedError,
    mark_of_rule,
    remove_rule,
    write_rule,
)
from civicloop.apps.dispatch.actions.seen import ChangedMeanwhileError
from civicloop.apps.dispatch.models import DirectoryRule, DirectoryState, DirectoryVersion
from civicloop.apps.dispatch.queries.directory import known_areas, known_topics
from civicloop.web.directory.forms import RuleForm
from civicloop.web.requests import HtmxRequest, actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HtmxRequest, number: int, rule_number: int = 0) -> HttpResponse:
    """A rule's form; without a rule's number, the form of a new one."""
    require(request.user, Action.EDIT_DIRECTORY)
    version = get_object_or_404(DirectoryVersion, number=number, state=DirectoryState.DRAFT)
    shown = DirectoryRule(version=version)
    if rule_number:
        shown = get_object_or_404(DirectoryRule, version=version, number=rule_number)
    seen = mark_of_rule(shown)
    form = RuleForm(request.POST or None, instance=shown)
    is_changed = False
    if request.method == "POST" and form.is_valid():
        try:
            written = write_rule(
                rule=form.save(commit=False),
                actor=actor_of(request),
                now=timezone.now(),
                seen=request.POST.get("seen", ""),
            )
        except ChangedMeanwhileError:
            is_changed = True
        except DirectoryRefusedError as error:
            messages.error(request, str(error))
            return redirect("directory:directory_version", number)
        else:
            messages.success(request, _("Rule %(number)s is written.") % {"number": written.number})
            return redirect("directory:directory_version", number)
    context = {
        "form": form,
        "version": version,
        "rule": shown,
        "topics": known_topics(),
        "areas": known_areas(),
        "seen": seen,
        "by_others": _as_it_stands(version, rule_number) if is_changed else [],
        "is_changed": is_changed,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    status = HTTPStatus.CONFLICT if is_changed else status
    return render(request, "directory/rule.html", context, status=status)


def _as_it_stands(version: DirectoryVersion, rule_number: int) -> list[tuple[str, str]]:
    """What the rule says by now, by the words of its form; nothing once it is taken out."""
    there = DirectoryRule.objects.filter(version=version, number=rule_number).first()
    if there is None:
        return []
    return [(str(field.label), _said(field)) for field in RuleForm(instance=there)]


def _said(field: BoundField) -> str:
    """What stands in a box of the form, in its words."""
    value = field.value()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    known = dict(flatten_choices(getattr(field.field, "choices", ())))
    values = value if isinstance(value, list) else [value]
    return "、".join(str(known.get(one, one)) for one in values if one) or "–"


@require_POST
def remove(request: HtmxRequest, number: int, rule_number: int) -> HttpResponse:
    require(request.user, Action.EDIT_DIRECTORY)
    shown = get_object_or_404(DirectoryRule, version__number=number, number=rule_number)
    try:
        remove_rule(rule=shown, actor=actor_of(request), now=timezone.now())
    except DirectoryRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Rule %(number)s is taken out.") % {"number": rule_number})
    return redirect("directory:directory_version", number)
