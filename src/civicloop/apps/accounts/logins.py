"""Who logged in and out, who failed, who changed what proves who they are.

A name that nobody has is not written down: it may be a password typed into the wrong field. That somebody
tried is, under "unknown", so that the answer takes as long as with a name that somebody has.
"""

from collections.abc import Mapping

from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event

UNKNOWN = "unknown"  # in place of a person's number, where nobody has the name


def _record(action: str, user: User | None, *, actor: User | None, **details: str) -> None:
    with transaction.atomic():
        record_event(
            action=action,
            object_type="user",
            object_id=user.pk if user else UNKNOWN,
            actor=actor,
            now=timezone.now(),
            details=details,
        )


def record_lockout(username: str) -> None:
    """Tries at an account were refused because too many had failed."""
    _record("log_in_locked", User.objects.filter(username=username).first(), actor=None)


@receiver(user_logged_in)
def record_log_in(user: User, **_more: object) -> None:
    """Somebody is in."""
    _record("logged_in", user, actor=user)


@receiver(user_logged_out)
def record_log_out(user: User | None, **_more: object) -> None:
    """Somebody is out."""
    if user is not None:
        _record("logged_out", user, actor=user)


@receiver(user_login_failed)
def record_failed_log_in(credentials: Mapping[str, object], **_more: object) -> None:
    """A wrong password, or a name that nobody has."""
    user = User.objects.filter(username=str(credentials.get("username", ""))).first()
    _record("log_in_failed", user, actor=None)


@receiver(password_changed)
def record_password(user: User, **_more: object) -> None:
    """Somebody chose a new password, which from now on is their own."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(
            password_set_at=timezone.now(), is_password_given=False
        )
        _record("changed_password", user, actor=user)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def record_second_factor(
    signal: object, user: User, authenticator: Authenticator, **_more: object
) -> None:
    """Somebody has a second factor more, or less."""
    action = "added_factor" if signal is authenticator_added else "changed_factor"
    if signal is authenticator_removed:
        action = "removed_factor"
    _record(action, user, actor=user, kind=authenticator.type)
