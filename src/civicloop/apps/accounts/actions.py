from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str,
    role: Role,
    unit_id: int | None = None,
    checks_password: bool = True,
) -> User:
    """Make an account; the password must hold up unless the account is the demo's.

    Raises:
        ValidationError: the password is weak; a unit is missing, or given to somebody who has none.
    """
    if role in OF_A_UNIT and unit_id is None:
        raise ValidationError(_("A clerk or head of a unit needs a unit."))
    if role not in OF_A_UNIT and unit_id is not None:
        raise ValidationError(_("Only a clerk or head of a unit has a unit."))
    if checks_password:
        validate_password(password, User(username=username))
    return User.objects.create_user(
        username=username, password=password, role=role, unit_id=unit_id
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
