"""Put observations in: choose a file, look at what it changes, record it."""

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.indicators.actions.observation_files import (
    keep_observation_file,
    look_at_observation_file,
    record_observation_file,
    returned_table,
)
from civicloop.apps.indicators.actions.observing import Preview
from civicloop.apps.indicators.models import SourceDocument
from civicloop.apps.indicators.observation_rows import COLUMNS, DOUBTS, REQUIRED
from civicloop.apps.indicators.observation_words import word_observation_problems
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.issues.tables import table_as_xlsx
from civicloop.web.downloads import xlsx_response
from civicloop.web.indicators.forms import ObservationFileForm, RecordForm, file_of, token_of
from civicloop.web.requests import HtmxRequest, actor_of

SHOWN = 200
DOCUMENTS_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def observations(request: HtmxRequest) -> HttpResponse:
    """The form; with a file, what would change and what is wrong with it."""
    require(request.user, Action.RECORD_OBSERVATIONS)
    is_sent = request.method == "POST"
    form = ObservationFileForm(request.POST, request.FILES) if is_sent else ObservationFileForm()
    if is_sent and form.is_valid():
        upload, now = form.cleaned_data["file"], timezone.now()
        digest = keep_observation_file(file=cast(BinaryIO, upload.file), now=now)
        try:
            preview = look_at_observation_file(digest=digest, now=now)
        except IndicatorRefusedError as error:
            form.add_error("file", f"{upload.name}: {error}")
        else:
            token = token_of(digest=digest, name=upload.name, user_id=actor_of(request).pk)
            return _looked_at(request, preview, RecordForm(initial={"token": token}), upload.name)
    return _chosen(request, form)


@require_POST
def record(request: HtmxRequest) -> HttpResponse:
    """Record what was looked at; the rows are read again, so that what is written is what holds now."""
    require(request.user, Action.RECORD_OBSERVATIONS)
    form, actor, now = RecordForm(request.POST), actor_of(request), timezone.now()
    kept = file_of(request.POST.get("token", ""), user_id=actor.pk)
    if kept is None:
        return _gone(request)
    digest, name = kept
    try:
        if not form.is_valid():
            preview = look_at_observation_file(digest=digest, now=now)
            return _looked_at(request, preview, form, name)
        known = form.cleaned_data
        source, preview = record_observation_file(
            digest=digest,
            document=name,
            publisher=known["publisher"],
            published_day=known["published_day"],
            confirm_doubts=known["confirm_doubts"],
            actor=actor,
            now=now,
        )
    except IndicatorRefusedError as error:
        messages.error(request, f"{name}: {error}")
        return redirect("indicators:observations")
    messages.success(request, _recorded(source, preview))
    return redirect("indicators:observations")


@require_POST
def returned(request: HtmxRequest) -> HttpResponse:
    """The bad rows as a workbook, with the reason and the cure beside each."""
    require(request.user, Action.RECORD_OBSERVATIONS)
    kept = file_of(request.POST.get("token", ""), user_id=actor_of(request).pk)
    if kept is None:
        return _gone(request)
    try:
        preview = look_at_observation_file(digest=kept[0], now=timezone.now())
    except IndicatorRefusedError:
        return _gone(request)
    workbook = BytesIO(table_as_xlsx(iter(map(list, returned_table(preview)))))
    return xlsx_response(f"returned-{kept[0][:12]}", workbook.getvalue())


def _gone(request: HtmxRequest) -> HttpResponse:
    messages.error(request, _("The file is no longer kept: choose it again."))
    return redirect("indicators:observations")


def _recorded(source: SourceDocument | None, preview: Preview) -> str:
    if source is None:
        return _("Nothing was written: all of it is known already.")
    count = len(preview.rows)
    words = ngettext("%(count)s observation recorded.", "%(count)s observations recorded.", count)
    return words % {"count": f"{count:,}"}


def _chosen(request: HtmxRequest, form: ObservationFileForm) -> HttpResponse:
    context = {
        "form": form,
        "columns": [(_both(headers), name in REQUIRED) for name, headers in COLUMNS.items()],
        "documents": SourceDocument.objects.select_related("recorded_by")[:DOCUMENTS_SHOWN],
    }
    status = 422 if form.errors else 200
    return render(request, "indicators/observations.html", context, status=status)


def _both(headers: Sequence[str]) -> str:
    """A column in Chinese and as SDMX names it; a file may have either."""
    return f"{headers[0]} / {next(each for each in headers if each.isascii())}"


def _looked_at(request: HtmxRequest, preview: Preview, form: RecordForm, name: str) -> HttpResponse:
    has_only_doubts = {each.code for each in preview.problems} <= DOUBTS
    context = {
        "form": form,
        "name": name,
        "preview": preview,
        "new": preview.new[:SHOWN],
        "revised": preview.revised[:SHOWN],
        "problems": word_observation_problems(preview.problems[:SHOWN]),
        "may_record": bool(preview.rows or preview.problems) and has_only_doubts,
        "has_doubts": bool(preview.problems) and has_only_doubts,
        "shown": SHOWN,
    }
    status = 422 if form.errors else 200
    return render(request, "indicators/observations_preview.html", context, status=status)
