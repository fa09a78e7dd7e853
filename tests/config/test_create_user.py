"""civicloop create-user, as an administrator types it."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from tests.factories import UnitFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.config.management.commands import create_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _types_the_password(monkeypatch):
    monkeypatch.setattr(create_user, "getpass", lambda _prompt: PASSWORD)
    with translation.override("en"):
        yield


@pytest.mark.parametrize("role", [Role.UNIT_CLERK, Role.SUPERVISOR])
def test_somebody_belongs_to_the_unit_whose_code_was_given(role):
    unit = UnitFactory(code="U017")

    call_command("create_user", "zhao.min", role=role.value, unit="U017")

    user = User.objects.get(username="zhao.min")
    assert (user.role, user.unit) == (role, unit)
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("role", "unit", "words"),
    [
        ("unit_head", None, "needs a unit: --unit CODE"),
        ("unit_clerk", "U999", "no unit with the code U999"),
    ],
)
def test_a_unit_that_is_missing_or_unknown_is_refused(role, unit, words):
    UnitFactory(code="U017")

    with pytest.raises(CommandError, match=words):
        call_command("create_user", "zhao.min", role=role, unit=unit)

    assert not User.objects.exists()


def test_the_help_names_every_role():
    words = create_user.Command().create_parser("civicloop", "create-user").format_help()

    assert all(role.value in words for role in Role if role != Role.GUEST)
