"""When a session began, and how many one person has at a time."""

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authenticator_removed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in as django_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.web.accounts.middleware import HAS_FACTOR, SEEN, SINCE


@receiver(django_logged_in)
def note_beginning(request: HttpRequest, **_more: object) -> None:
    """Noted here, the first page that is asked for has no session to save."""
    request.session[SINCE] = request.session[SEEN] = timezone.now().isoformat()


@receiver(user_logged_in)
def end_oldest_sessions(request: HttpRequest, user: User, **_more: object) -> None:
    """A new log-in beyond the limit ends the oldest."""
    own = request.session.session_key
    others = [
        session
        for session in UserSession.objects.purge_and_list(user)
        if session.session_key != own
    ]
    newest_first = sorted(others, key=lambda session: session.created_at, reverse=True)
    for session in newest_first[settings.SESSIONS_MOST - 1 :]:
        session.end()


@receiver(authenticator_removed)
def ask_for_factor_again(request: HttpRequest, **_more: object) -> None:
    """Who took the own second factor away is asked whether there is another."""
    request.session.pop(HAS_FACTOR, None)
