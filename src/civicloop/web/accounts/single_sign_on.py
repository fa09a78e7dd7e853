"""Log in by the city's own provider (OpenID Connect); the second factor is asked here all the same."""

import logging

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.single_sign_on import (
    LogInRefusedError,
    begin_log_in,
    end_log_in,
    is_offered,
)

KEPT = "single_sign_on"  # in the session
LOG = logging.getLogger(__name__)


@require_safe
@never_cache
@login_not_required
def begin(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider."""
    if not is_offered():
        raise Http404
    try:
        begun = begin_log_in(back=_back(request))
    except LogInRefusedError as error:
        return _refused(request, error)
    request.session[KEPT] = dict(begun.kept)
    return redirect(begun.page)


@require_safe
@never_cache
@login_not_required
def come_back(request: HttpRequest) -> HttpResponse:
    """The provider sent somebody back; what it is asked for is asked once."""
    if not is_offered():
        raise Http404
    try:
        user = end_log_in(
            kept=request.session.pop(KEPT, None),
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            back=_back(request),
            now=timezone.now(),
        )
    except LogInRefusedError as error:
        return _refused(request, error)
    response: HttpResponse = perform_login(request, user)
    return response


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("single_sign_on_back"))


def _refused(request: HttpRequest, error: LogInRefusedError) -> HttpResponse:
    """Why is for the log: who tries need not know whether a name is known here."""
    LOG.warning("single sign-on refused: %s", error)
    words = _("The city's log-in led to no account here. Ask whoever keeps the accounts.")
    messages.error(request, words)
    return redirect("account_login")
