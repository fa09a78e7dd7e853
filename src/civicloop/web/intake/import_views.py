"""The import page: take a file, look at what would happen, let it happen, see what came back."""

from datetime import datetime
from io import BytesIO
from typing import BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.intake.actions import (
    abandon_import,
    preview_import,
    start_import_in_background,
)
from civicloop.apps.intake.actions.runs import ImportNotWaitingError
from civicloop.apps.intake.files import kept_file
from civicloop.apps.intake.models import ImportRun, ImportState
from civicloop.apps.intake.queries import import_run, import_runs
from civicloop.apps.intake.returned import write_returned_rows
from civicloop.web.downloads import xlsx_response
from civicloop.web.intake.import_forms import ColumnsForm, ImportForm
from civicloop.web.intake.import_report import ImportReport, import_report
from civicloop.web.requests import HtmxRequest, actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.IMPORT_APPEALS)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        run = preview_import(
            file=cast("BinaryIO", known["file"].file),
            file_name=known["file"].name,
            source=known["source"] or None,
            mapping_toml=known["mapping"],
            on_error=known["on_error"],
            on_existing=known["on_existing"],
            actor=actor_of(request),
            now=timezone.now(),
        )
        return redirect("intake:import_run", run.pk)
    now = timezone.now()
    runs = [{"run": run, "is_stalled": run.is_stalled(now)} for run in import_runs()]
    return render(request, "intake/import_list.html", {"form": form, "runs": runs})


def _run_or_404(run_id: int) -> ImportRun:
    try:
        return import_run(run_id)
    except ImportRun.DoesNotExist as error:
        raise Http404 from error


@never_cache
@require_safe
@vary_on_headers("HX-Request")
def import_run_page(request: HtmxRequest, run_id: int) -> HttpResponse:
    require(request.user, Action.IMPORT_APPEALS)
    run = _run_or_404(run_id)
    context = _run_context(run, timezone.now())
    if request.htmx:
        return render(request, "intake/_import_state.html", context)
    if _is_open_to_other_columns(run):
        context["columns_form"] = ColumnsForm(run=run)
    return render(request, "intake/import_run.html", context)


def _is_open_to_other_columns(run: ImportRun) -> bool:
    """Whether the file is there, its columns are known and none of the rows is in."""
    is_unwritten = run.state == ImportState.FAILED and run.row_count == 0
    is_kept = run.file_removed_at is None and bool(run.preview.get("columns"))
    return is_kept and (run.state == ImportState.PREVIEW or is_unwritten)


def _run_context(run: ImportRun, now: datetime) -> dict[str, object]:
    report: ImportReport = import_report(run)
    return {"run": run, "report": report, "is_stalled": run.is_stalled(now)}


@require_POST
def remap(request: HtmxRequest, run_id: int) -> HttpResponse:
    """Look at the same file again with other columns; the earlier look is given up."""
    require(request.user, Action.IMPORT_APPEALS)
    run = _run_or_404(run_id)
    form = ColumnsForm(request.POST, run=run)
    if not form.is_valid():
        context = {**_run_context(run, timezone.now()), "columns_form": form}
        return render(request, "intake/import_run.html", context)
    now = timezone.now()
    again = preview_import(
        file=kept_file(run.file_sha256),
        file_name=run.file_name,
        source=run.source,
        mapping_toml=form.mapping_toml,
        on_error=run.on_error,
        on_existing=run.on_existing,
        actor=actor_of(request),
        now=now,
    )
    if run.state == ImportState.PREVIEW:
        abandon_import(run=run, actor=actor_of(request), now=now)
    return redirect("intake:import_run", again.pk)


@require_POST
def start(request: HtmxRequest, run_id: int) -> HttpResponse:
    """Confirm a preview, or go on with an import that has stopped."""
    require(request.user, Action.IMPORT_APPEALS)
    run = _run_or_404(run_id)
    if not start_import_in_background(run=run, now=timezone.now()):
        messages.error(request, _("This import is already at work, or has ended."))
    return redirect("intake:import_run", run_id)


@require_POST
def abandon(request: HtmxRequest, run_id: int) -> HttpResponse:
    require(request.user, Action.IMPORT_APPEALS)
    run = _run_or_404(run_id)
    try:
        abandon_import(run=run, actor=actor_of(request), now=timezone.now())
    except ImportNotWaitingError:
        messages.error(request, _("This import is already at work, or has ended."))
    return redirect("intake:import_run", run_id)


@require_safe
def returned(request: HtmxRequest, run_id: int) -> HttpResponse:
    """The rows that came back, with the reason beside each."""
    require(request.user, Action.IMPORT_APPEALS)
    run = _run_or_404(run_id)
    if not run.rejected_rows.exists():
        raise Http404
    workbook = BytesIO()
    write_returned_rows(run, workbook)
    return xlsx_response(f"returned-{run.pk}", workbook.getvalue())
