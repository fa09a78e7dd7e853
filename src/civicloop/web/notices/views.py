from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.notices.actions import (
    mark_all_read,
    mark_read,
    mark_unread,
    set_preference,
)
from civicloop.apps.notices.queries import notice_page, open_ways, preference_of
from civicloop.web.notices.forms import PreferenceForm
from civicloop.web.requests import HtmxRequest, actor_of, is_number

PAGE_SIZE = 30


@never_cache
@require_safe
def notice_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.READ_NOTICES)
    before = request.GET.get("before", "")
    is_unread_only = request.GET.get("show") == "unread"
    page = notice_page(
        actor_of(request),
        is_unread_only=is_unread_only,
        before=int(before) if is_number(before) else None,
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "newest": page.notices[0].pk if page.notices else 0,
        "is_unread_only": is_unread_only,
        "undo": _moment(request.GET.get("undo", "")),
    }
    return render(request, "notices/list.html", context)


@require_POST
def read(request: HtmxRequest, notice_id: int) -> HttpResponse:
    """Mark one as read; with `open`, go where it leads."""
    require(request.user, Action.READ_NOTICES)
    notice = mark_read(user=actor_of(request), notice_id=notice_id, now=timezone.now())
    if notice is None:
        raise Http404
    return redirect(notice.link if "open" in request.POST else "notices:list")


@require_POST
def read_all(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.READ_NOTICES)
    until = request.POST.get("until", "")
    now = timezone.now()
    if not is_number(until) or not mark_all_read(
        user=actor_of(request), until_id=int(until), now=now
    ):
        return redirect("notices:list")
    return redirect(reverse("notices:list", query={"undo": now.isoformat()}))


@require_POST
def undo_read(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.READ_NOTICES)
    read_at = _moment(request.POST.get("read_at", ""))
    count = mark_unread(user=actor_of(request), read_at=read_at) if read_at else 0
    words = ngettext(
        "%(count)s notice is unread again.", "%(count)s notices are unread again.", count
    )
    messages.success(request, words % {"count": count})
    return redirect("notices:list")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.READ_NOTICES)
    user = actor_of(request)
    wish = preference_of(user)
    known = {
        "email": user.email,
        "mobile": wish.mobile,
        "language": wish.language,
        "by_email": wish.by_email,
        "by_sms": wish.by_sms,
    }
    form = PreferenceForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        set_preference(user=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your wishes are kept."))
        return redirect("notices:preferences")
    return render(request, "notices/preferences.html", {"form": form, "ways": open_ways()})


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None
