"""The hotline looks at what is sealed of an appeal; what is sensitive another person allows first."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.intake.actions.revealing import (
    LONGEST_REASON,
    AccusedLookError,
    LookDecidedError,
    LookNotOpenError,
    LooksSpentError,
    OwnLookError,
    ask_look,
    decide_look,
    looks_left,
    open_look,
    read_look,
)
from civicloop.apps.intake.contacts import others_of
from civicloop.apps.intake.models import Appeal, Look
from civicloop.apps.intake.opening import HAS_SEALED
from civicloop.apps.intake.queries.looks import own_looks, waiting_looks
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.intake.watermarks import drawing_for
from civicloop.web.looks.original_row import original_cells
from civicloop.web.requests import actor_of, words_in

TOO_MANY = 429


@require_POST
@never_cache
def ask(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """Ask for what is sealed, for a reason; what is sensitive only those who dispatch ask for."""
    require(request.user, Action.SEE_CONTACTS)
    appeal = get_object_or_404(without_hidden(Appeal.objects.filter(HAS_SEALED)), pk=appeal_id)
    _require_right_to(appeal, actor_of(request))
    reason = words_in(request, "reason")[:LONGEST_REASON]
    if not reason:
        return _asked_again(request, appeal, _("Say why you must see it."))
    try:
        asked = ask_look(appeal=appeal, reason=reason, actor=actor_of(request), now=timezone.now())
    except AccusedLookError as error:
        raise Http404 from error
    except LooksSpentError as error:
        words = _("You have looked at %(count)s contacts today, the most that anybody may.")
        return _asked_again(request, appeal, words % {"count": error}, status=TOO_MANY)
    return redirect("looks:look", asked.pk)


@require_safe
@never_cache
def look(request: HttpRequest, look_id: int) -> HttpResponse:
    """What is sealed while it is open; before and after that, where the look stands."""
    require(request.user, Action.SEE_CONTACTS)
    actor, now = actor_of(request), timezone.now()
    found = _own(look_id, actor)
    context = {"look": found, "state": found.state_at(now), "appeal": found.appeal}
    context["has_contact"] = hasattr(found.appeal, "contact")
    try:
        opened = read_look(look=found, actor=actor, now=now)
    except AccusedLookError as error:
        raise Http404 from error
    except LookNotOpenError:
        return render(request, "looks/look.html", context)
    contact, row = opened.contact, opened.row
    context |= {
        "contact": contact,
        "others": others_of(found.appeal.contact, contact) if contact else [],
        "words": opened.words,
        "notes": opened.notes,
        "row": original_cells(row, opened.cells) if row else None,
    }
    response = render(request, "looks/look.html", context)
    if found.closes_at:
        seconds = int((found.closes_at - now).total_seconds()) + 1
        response.headers["Refresh"] = str(seconds)  # the page does not outlive the look
    return response


@require_POST
@never_cache
def open_(request: HttpRequest, look_id: int) -> HttpResponse:
    """Begin a look that another allowed."""
    require(request.user, Action.SEE_CONTACTS)
    actor = actor_of(request)
    found = _own(look_id, actor)
    try:
        open_look(look_id=found.pk, actor=actor, now=timezone.now())
    except LookNotOpenError:
        messages.warning(request, _("This look is over, or not allowed yet."))
    return redirect("looks:look", found.pk)


@require_safe
@never_cache
def mark(request: HttpRequest, look_id: int) -> HttpResponse:
    """What lies over the page: who looks and when, for eyes and for `civicloop watermark read`."""
    require(request.user, Action.SEE_CONTACTS)
    actor = actor_of(request)
    found = _own(look_id, actor)
    at = timezone.localtime(found.opened_at or found.asked_at)
    words = f"{actor.get_full_name() or actor.username} {at:%Y-%m-%d %H:%M}"
    return HttpResponse(drawing_for(found, words=words), content_type="image/svg+xml")


@require_safe
@never_cache
def look_list(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, for those who may allow it; else the own looks."""
    is_allowing = may(request.user, Action.ALLOW_LOOKS)
    if not is_allowing:
        require(request.user, Action.SEE_CONTACTS)
    actor, now = actor_of(request), timezone.now()
    context = {
        "waiting": waiting_looks(actor) if is_allowing else None,
        "own": [(one, one.state_at(now)) for one in own_looks(actor)],
        "left": looks_left(actor, now=now) if may(actor, Action.SEE_CONTACTS) else None,
    }
    return render(request, "looks/list.html", context)


@require_POST
def decide(request: HttpRequest, look_id: int) -> HttpResponse:
    """Allow or refuse what another asked for."""
    require(request.user, Action.ALLOW_LOOKS)
    found = get_object_or_404(Look.objects.filter(needs_second=True), pk=look_id)
    is_allowed = request.POST.get("decision") == "allow"
    try:
        decide_look(
            look_id=found.pk, is_allowed=is_allowed, actor=actor_of(request), now=timezone.now()
        )
    except AccusedLookError as error:
        raise Http404 from error
    except OwnLookError:
        messages.warning(request, _("Somebody else must decide what you asked for yourself."))
    except LookDecidedError:
        messages.warning(request, _("Somebody has decided this before."))
    else:
        words = _("Allowed: it can be opened within 24 hours.") if is_allowed else _("Refused.")
        messages.success(request, words)
    return redirect("looks:list")


def _own(look_id: int, actor: User) -> Look:
    """Another's look is as if it were not there, nor is one at what turned out to be about the own unit."""
    own = without_hidden(Look.objects.filter(asked_by=actor), "appeal")
    found = get_object_or_404(own.select_related("appeal__contact", "asked_by"), pk=look_id)
    _require_right_to(found.appeal, actor)
    return found


def _require_right_to(appeal: Appeal, actor: User) -> None:
    """What is sensitive is for those who dispatch alone: when asking, and as long as it is open."""
    if appeal.is_sensitive:
        require(actor, Action.DISPATCH_ORDERS)


def _asked_again(
    request: HttpRequest, appeal: Appeal, error: str, *, status: int = 200
) -> HttpResponse:
    context = {"appeal": appeal, "error": error, "has_contact": hasattr(appeal, "contact")}
    return render(request, "looks/ask.html", context, status=status)
