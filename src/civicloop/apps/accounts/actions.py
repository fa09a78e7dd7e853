"""Accounts are made, changed and closed; each change leaves its audit event."""

from dataclasses import dataclass
from datetime import datetime
from secrets import choice

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.audit.actions import record_event

SIGNS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that look alike
GROUPS, GROUP_LENGTH = 4, 5


class AccountRefusedError(ValueError):
    """The account may not be changed like this; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountContent:
    """What the security administrator says of an account."""

    full_name: str
    role: Role
    unit_id: int | None
    is_active: bool = True


def _check_unit(role: Role, unit_id: int | None) -> None:
    if role in OF_A_UNIT and unit_id is None:
        raise ValidationError(_("A clerk or head of a unit needs a unit."))


@transaction.atomic
def create_user(
    *, username: str, password: str, role: Role, now: datetime, unit_id: int | None = None
) -> User:
    """Make an account on the server, with a password that its owner types.

    Raises:
        ValidationError: the password is weak; a unit is missing.
    """
    _check_unit(role, unit_id)
    validate_password(password, User(username=username))
    user = User.objects.create_user(
        username=username, password=password, role=role, unit_id=unit_id, password_set_at=now
    )
    _record("made_account", user, actor=None, now=now, role=role)
    return user


@transaction.atomic
def open_account(
    *, username: str, content: AccountContent, actor: User, now: datetime
) -> tuple[User, str]:
    """Make an account; gives it with a first password, which is changed at the first log-in.

    Raises:
        ValidationError: the name is taken or none; a unit is missing.
    """
    _check_unit(content.role, content.unit_id)
    password = _new_password()
    user = User(
        username=username,
        first_name=content.full_name,
        role=content.role,
        unit_id=content.unit_id,
        is_password_given=True,
    )
    user.set_password(password)
    user.full_clean(exclude=["email"])
    user.save()
    _record("made_account", user, actor=actor, now=now, role=content.role)
    return user, password


@transaction.atomic
def change_account(*, user_id: int, content: AccountContent, actor: User, now: datetime) -> User:
    """Give another name, role or unit, close an account or open it again; its sessions end.

    Raises:
        AccountRefusedError: it is the actor's own.
        ValidationError: a unit is missing.
    """
    user = _locked(user_id, actor)
    _check_unit(content.role, content.unit_id)
    before = (user.role, user.unit_id, user.is_active)
    user.first_name, user.last_name = content.full_name, ""
    user.role, user.unit_id, user.is_active = content.role, content.unit_id, content.is_active
    user.save(update_fields=["first_name", "last_name", "role", "unit", "is_active"])
    if before != (user.role, user.unit_id, user.is_active):
        _end_sessions(user)
    _record(
        "changed_account", user, actor=actor, now=now,
        role_before=before[0], role=user.role, is_active=user.is_active,
    )  # fmt: skip
    return user


@transaction.atomic
def renew_password(*, user_id: int, actor: User, now: datetime) -> str:
    """Give a new first password to somebody who forgot theirs; their sessions end.

    Raises:
        AccountRefusedError: it is the actor's own.
    """
    user = _locked(user_id, actor)
    password = _new_password()
    user.set_password(password)
    user.is_password_given = True
    user.save(update_fields=["password", "is_password_given"])
    _end_sessions(user)
    _record("renewed_password", user, actor=actor, now=now)
    return password


@transaction.atomic
def remove_factors(*, user_id: int, actor: User, now: datetime) -> int:
    """Take away the second factors of somebody who lost them; gives how many there were.

    Raises:
        AccountRefusedError: it is the actor's own.
    """
    user = _locked(user_id, actor)
    count = int(Authenticator.objects.filter(user=user).delete()[0])
    _end_sessions(user)
    _record("removed_factors", user, actor=actor, now=now, count=count)
    return count


def _locked(user_id: int, actor: User) -> User:
    if user_id == actor.pk:
        raise AccountRefusedError(_("Nobody changes the own account here: ask another."))
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)


def _end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _new_password() -> str:
    groups = ("".join(choice(SIGNS) for _sign in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _record(
    action: str, user: User, *, actor: User | None, now: datetime, **details: str | int
) -> None:
    record_event(
        action=action,
        object_type="user",
        object_id=user.pk,
        actor=actor,
        now=now,
        details=details,
    )


@transaction.atomic
def ensure_demo_users(accounts: dict[str, tuple[str, Role]], *, unit_id: int | None = None) -> None:
    """Make the demo's known accounts, once; name → password and role, "" for no log-in."""
    for username, (password, role) in accounts.items():
        known = {"role": role, "unit_id": unit_id}
        user, is_new = User.objects.get_or_create(username=username, defaults=known)
        if is_new:
            if password:
                user.set_password(password)
            else:
                user.set_unusable_password()
            user.save()
