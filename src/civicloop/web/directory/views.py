"""The dispatch directory: its versions, the rules of one, what is wrong with it, its approval."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.directory import (
    DirectoryRefusedError,
    approve_directory,
    conflicts_of,
    copy_directory,
    discard_directory,
    retire_directory,
    write_directory,
)
from civicloop.apps.dispatch.actions.unit_training import use_unit_model
from civicloop.apps.dispatch.directory_facts import directory_on, read_units
from civicloop.apps.dispatch.directory_files import (
    UnreadableDirectoryError,
    read_directory_upload,
    rule_table,
)
from civicloop.apps.dispatch.model_words import word_validation
from civicloop.apps.dispatch.models import DirectoryRule, DirectoryState, DirectoryVersion
from civicloop.apps.dispatch.queries.directory import (
    RuleFilter,
    directory_versions,
    filtered_rules,
    rule_changes,
)
from civicloop.apps.dispatch.routing_words import conflict_lines
from civicloop.apps.dispatch.rule_words import RuleWords
from civicloop.apps.dispatch.unit_models import unit_models
from civicloop.web.directory.forms import CopyForm, UploadForm
from civicloop.web.downloads import csv_download, xlsx_download
from civicloop.web.requests import HtmxRequest, actor_of

RULES_ON_A_PAGE = 50
CONFLICTS_SHOWN = 100
CHANGES_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def directory(request: HtmxRequest) -> HttpResponse:
    """All versions; an uploaded table becomes a draft, which is looked at before it counts."""
    require(request.user, Action.VIEW_DIRECTORY)
    now = timezone.now()
    form = UploadForm(initial={"valid_from": timezone.localdate(now)})
    if request.method == "POST":
        require(request.user, Action.EDIT_DIRECTORY)
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            version = _take_upload(form, actor_of(request))
            if version:
                return redirect("directory:directory_version", version.number)
    context = {
        "form": form,
        "versions": directory_versions(),
        "current": directory_on(timezone.localdate(now)),
        "models": [(one, word_validation(one.validation, one.threshold)) for one in unit_models()],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "directory/directory.html", context, status=status)


def _take_upload(form: UploadForm, actor: User) -> DirectoryVersion | None:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    now = timezone.now()
    try:
        rules = _rules_of(file)
    except UnreadableDirectoryError as error:
        for line in error.lines:
            form.add_error("file", f"{file.name}: {line}")
        return None
    return write_directory(
        rules=rules,
        valid_from=form.cleaned_data["valid_from"],
        source_doc=(file.name or "")[:200],
        actor=actor,
        now=now,
    )


def _rules_of(file: "UploadedFile[bytes]") -> list[DirectoryRule]:
    """Its name decides how a table is read, so it is kept for the reading under its own ending."""
    with TemporaryDirectory(prefix="civicloop-directory-") as folder:
        path = Path(folder) / f"directory{Path(file.name or '').suffix.lower()}"
        path.write_bytes(file.read())
        return read_directory_upload(path, day=timezone.localdate())


@require_safe
def version(request: HtmxRequest, number: int) -> HttpResponse:
    require(request.user, Action.VIEW_DIRECTORY)
    shown = get_object_or_404(directory_versions(), number=number)
    found = conflicts_of(shown)
    asked = RuleFilter(
        topic=request.GET.get("topic", "").strip(),
        unit=request.GET.get("unit", ""),
        area=request.GET.get("area", ""),
        grassroots="grassroots" in request.GET,
    )
    page = Paginator(filtered_rules(shown, asked), RULES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    words = RuleWords()
    kept = request.GET.copy()
    kept.pop("page", None)
    context: dict[str, object] = {
        "shown": shown,
        "asked": asked,
        "is_filtered": asked != RuleFilter(),
        "page": page,
        "address": kept.urlencode(),
        "rules": [words.of(rule) for rule in page],
        "units": words.units_of(shown),
        "areas": words.areas_of(shown),
        "errors": conflict_lines(found, is_error=True)[:CONFLICTS_SHOWN],
        "warnings": conflict_lines(found, is_error=False)[:CONFLICTS_SHOWN],
        "error_count": sum(conflict.is_error for conflict in found),
        "warning_count": sum(not conflict.is_error for conflict in found),
        "is_draft": shown.state == DirectoryState.DRAFT,
        "copy_form": CopyForm(initial={"valid_from": timezone.localdate()}),
        "is_own": shown.written_by_id is not None and shown.written_by_id == request.user.pk,
        **_changes(shown, words),
    }
    return render(request, "directory/version.html", context)


def _changes(shown: DirectoryVersion, words: RuleWords) -> dict[str, object]:
    """What a draft says otherwise than the version in force."""
    current = directory_on(timezone.localdate())
    if current is None or shown.state != DirectoryState.DRAFT:
        return {"current": current}
    changes = rule_changes(current, shown)
    return {
        "current": current,
        "changes": changes,
        "changed": [
            (words.of(before), words.of(after)) for before, after in changes.changed[:CHANGES_SHOWN]
        ],
        "added": [words.of(rule) for rule in changes.added[:CHANGES_SHOWN]],
        "removed": [words.of(rule) for rule in changes.removed[:CHANGES_SHOWN]],
    }


@require_safe
def export(request: HtmxRequest, number: int, format_: str) -> HttpResponseBase:
    require(request.user, Action.VIEW_DIRECTORY)
    shown = get_object_or_404(DirectoryVersion, number=number)
    table = rule_table(shown, read_units())
    name = f"directory-{shown.number}"
    return csv_download(name, table) if format_ == "csv" else xlsx_download(name, table)


@require_POST
def copy(request: HtmxRequest, number: int) -> HttpResponse:
    require(request.user, Action.EDIT_DIRECTORY)
    form = CopyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say from which day the new version shall hold."))
        return redirect("directory:directory_version", number)
    made = copy_directory(
        version=get_object_or_404(DirectoryVersion, number=number),
        valid_from=form.cleaned_data["valid_from"],
        actor=actor_of(request),
        now=timezone.now(),
    )
    return redirect("directory:directory_version", made.number)


@require_POST
def use_model(request: HtmxRequest, number: int) -> HttpResponse:
    """Let another version of what was learned suggest units."""
    require(request.user, Action.CHOOSE_MODEL)
    model = get_object_or_404(unit_models(), version=number)
    words = {"version": model.version}
    if use_unit_model(version=model, actor=actor_of(request), now=timezone.now()):
        messages.success(request, _("Unit model %(version)s is in use now.") % words)
    else:
        messages.error(request, _("Model %(version)s is in use already.") % words)
    return redirect("directory:directory")


@require_POST
def approve(request: HtmxRequest, number: int) -> HttpResponse:
    require(request.user, Action.APPROVE_DIRECTORY)
    done = _("Version %(number)s is approved.")
    return _take_step(request, number, approve_directory, done)


@require_POST
def retire(request: HtmxRequest, number: int) -> HttpResponse:
    require(request.user, Action.APPROVE_DIRECTORY)
    done = _("Version %(number)s is used no more.")
    return _take_step(request, number, retire_directory, done)


@require_POST
def discard(request: HtmxRequest, number: int) -> HttpResponse:
    require(request.user, Action.EDIT_DIRECTORY)
    done = _("The draft %(number)s is thrown away.")
    response = _take_step(request, number, discard_directory, done)
    is_gone = not DirectoryVersion.objects.filter(number=number).exists()
    return redirect("directory:directory") if is_gone else response


def _take_step(
    request: HtmxRequest, number: int, step: Callable[..., object], done: str
) -> HttpResponse:
    shown = get_object_or_404(DirectoryVersion, number=number)
    try:
        step(version_id=shown.pk, actor=actor_of(request), now=timezone.now())
    except DirectoryRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done % {"number": number})
    return redirect("directory:directory_version", number)
