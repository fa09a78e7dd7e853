"""Evidence of the handling, sent to whoever may see its order, and never as a page."""

from urllib.parse import quote

from django.contrib import messages
from django.core.files import File
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.actions.evidence import remove_evidence
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.models import Evidence
from civicloop.apps.dispatch.queries.order_page import sees_evidence, sees_photos
from civicloop.apps.intake.actions.photos import note_photo_seen
from civicloop.apps.intake.models import AppealPhoto
from civicloop.web.dispatch.order_views import order_or_404
from civicloop.web.requests import HtmxRequest, actor_of


@require_safe
def picture(request: HtmxRequest, order_id: int, evidence_id: int) -> FileResponse:
    """The picture or paper as a file; an <img> shows it, a browser that is sent here saves it."""
    order = order_or_404(request, order_id)
    if not sees_evidence(order, actor_of(request)):
        raise Http404
    evidence = get_object_or_404(Evidence, pk=evidence_id, order=order, removed_at=None)
    return _download(evidence.file.open("rb"), evidence.name, evidence.media_type)


@require_safe
def photo(request: HtmxRequest, order_id: int, photo_id: int) -> FileResponse:
    """A photograph of the citizen; that somebody fetched it is an audit event."""
    order, actor = order_or_404(request, order_id), actor_of(request)
    if not sees_photos(order, actor):
        raise Http404
    found = get_object_or_404(AppealPhoto, pk=photo_id, appeal=order.appeal_id)
    note_photo_seen(found, actor=actor, now=timezone.now())
    return _download(found.file.open("rb"), f"{order.number}-{photo_id}.jpg", "image/jpeg")


def _download(file: "File[bytes]", name: str, media_type: str) -> FileResponse:
    response = FileResponse(file, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def remove(request: HtmxRequest, order_id: int, evidence_id: int) -> HttpResponse:
    require(request.user, Action.HANDLE_ORDERS)
    order = order_or_404(request, order_id)
    evidence = get_object_or_404(Evidence, pk=evidence_id, order=order, removed_at=None)
    try:
        remove_evidence(evidence=evidence, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("It is removed."))
    except StepRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("dispatch:order", order_id)
