"""Log-in, the own password, second factors and sessions: the library's pages that are in use."""

from collections.abc import Callable
from functools import wraps

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from civicloop.apps.accounts.models import Role, User
from civicloop.web.accounts import single_sign_on
from civicloop.web.accounts.keys import add_key
from civicloop.web.accounts.remaining import seconds_left

View = Callable[..., HttpResponse]


def _own(view: View) -> View:
    """For somebody's own account; the demo's guest, whom everybody shares, has nothing to set."""

    @wraps(view)
    def refusing_guests(request: HttpRequest, **parts: object) -> HttpResponse:
        if isinstance(request.user, User) and request.user.role == Role.GUEST:
            raise PermissionDenied
        return view(request, **parts)

    return refusing_guests


def _having_a_password(view: View) -> View:
    """For whoever logs in by one; the library would lead the others to a page that is not here."""

    @wraps(view)
    def refusing_others(request: HttpRequest, **parts: object) -> HttpResponse:
        if isinstance(request.user, User) and not request.user.has_usable_password():
            raise PermissionDenied
        return view(request, **parts)

    return refusing_others


urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("elsewhere/", single_sign_on.begin, name="single_sign_on"),
    path("elsewhere/back/", single_sign_on.come_back, name="single_sign_on_back"),
    path("logout/", require_POST(account.logout), name="account_logout"),
    path("left/", _own(seconds_left), name="session_left"),
    path("longer/", _own(seconds_left), name="session_longer"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("again/", _own(account.reauthenticate), name="account_reauthenticate"),
    path(
        "password/",
        _own(_having_a_password(account.password_change)),
        name="account_change_password",
    ),
    path(
        "sessions/",
        _own(reauthentication_required(sessions.list_usersessions, allow_get=True)),
        name="usersessions_list",
    ),
    path("factors/", _own(factors.index), name="mfa_index"),
    path("factors/ask/", factors.authenticate, name="mfa_authenticate"),
    path("factors/again/", _own(factors.reauthenticate), name="mfa_reauthenticate"),
    path("factors/code/", _own(totp.activate_totp), name="mfa_activate_totp"),
    path("factors/code/off/", _own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("factors/key/", _own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("factors/key/add/", _own(add_key), name="mfa_add_webauthn"),
    path(
        "factors/key/again/",
        _own(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("factors/key/<int:pk>/", _own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "factors/key/<int:pk>/remove/", _own(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path(
        "factors/recovery/",
        _own(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "factors/recovery/new/",
        _own(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "factors/recovery/file/",
        _own(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
