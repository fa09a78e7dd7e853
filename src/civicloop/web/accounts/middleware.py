"""What a session must show before it is let on: that it is fresh, and who it is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import needs_second_factor
from civicloop.web.requests import page_of

View = Callable[[HttpRequest], HttpResponse]
SEEN, SINCE, HAS_FACTOR = "seen_at", "logged_in_at", "has_second_factor"
UNKNOWN = 401
NOTED_EVERY = timedelta(minutes=1)
BY_ITSELF = ("/presence/", "/countdown/", "/accounts/left/")  # the page asks, not the person
OPEN_TO_ALL = ("/accounts/", "/language/", "/static/", "/healthz", "/readyz")


class SessionAgeMiddleware:
    """Log out who has not done anything for long, and everybody after a working day."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not self._is_fresh(request, timezone.now()):
            logout(request)
        return self.get_response(request)

    def _is_fresh(self, request: HttpRequest, now: datetime) -> bool:
        session = request.session
        session.setdefault(SINCE, now.isoformat())
        seen = datetime.fromisoformat(session.setdefault(SEEN, now.isoformat()))
        if time_left(session, now) < timedelta():
            return False
        if now - seen > NOTED_EVERY and not request.path.endswith(BY_ITSELF):
            session[SEEN] = now.isoformat()
        return True


class LogInFirstMiddleware(LoginRequiredMiddleware):
    """Lead to the log-in and from there back to the page, also whoever sent a form of it.

    What a page asks for by itself gets no log-in in the middle of the page: the page goes there.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        answer = redirect_to_login(page_of(request), self.get_login_url(view_func))
        if "HX-Request" in request.headers:
            answer.status_code = UNKNOWN
            answer.headers["HX-Redirect"] = answer.url
            del answer.headers["Location"]
        return answer


def time_left(session: SessionBase, now: datetime) -> timedelta:
    """Until the session ends if nothing more is done; less than nothing when it has ended."""
    since, seen = (datetime.fromisoformat(session[name]) for name in (SINCE, SEEN))
    idle = seen + timedelta(minutes=settings.IDLE_MINUTES)
    return min(idle, since + timedelta(seconds=settings.SESSION_COOKIE_AGE)) - now


class AccountGateMiddleware:
    """Lead to the page where a password is changed or a second factor added, where that is due."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or user.role == Role.GUEST:
            return self.get_response(request)
        if request.path.startswith(OPEN_TO_ALL):
            return self.get_response(request)
        if not _is_password_good(user, timezone.now()):
            messages.info(request, _("Choose a password of your own before you go on."))
            return redirect("account_change_password")
        if _lacks_factor(request, user):
            messages.info(request, _("Your role needs a second factor: add one before you go on."))
            return redirect("mfa_index")
        return self.get_response(request)


def _is_password_good(user: User, now: datetime) -> bool:
    if user.is_password_given:
        return False
    since = user.password_set_at or user.date_joined
    return not settings.PASSWORD_DAYS or now - since <= timedelta(days=settings.PASSWORD_DAYS)


def _lacks_factor(request: HttpRequest, user: User) -> bool:
    if settings.SECOND_FACTOR == "offered" or not needs_second_factor(user):
        return False
    if not request.session.get(HAS_FACTOR) and is_mfa_enabled(user):
        request.session[HAS_FACTOR] = True
    return not request.session.get(HAS_FACTOR)
