from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from civicloop.apps.accounts.models import Role, User


@transaction.atomic
def create_user(*, username: str, password: str, role: Role, checks_password: bool = True) -> User:
    """Make an account; the password must hold up unless the account is the demo's."""
    if checks_password:
        validate_password(password, User(username=username))
    return User.objects.create_user(username=username, password=password, role=role)


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
