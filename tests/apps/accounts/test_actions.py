import pytest
from django.core.exceptions import ValidationError
from tests.factories import UnitFactory

from civicloop.apps.accounts.actions import create_user, ensure_demo_users
from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.queries import demo_guest

pytestmark = pytest.mark.django_db


def test_a_weak_password_is_refused(now):
    with pytest.raises(ValidationError):
        create_user(username="wang", password="12345678", role=Role.OPERATOR, now=now)

    assert not User.objects.exists()


def test_a_good_password_opens_the_account(now):
    user = create_user(
        username="wang", password="correct horse battery", role=Role.OPERATOR, now=now
    )

    assert user.check_password("correct horse battery")
    assert user.role == Role.OPERATOR


@pytest.mark.parametrize("role", [Role.UNIT_CLERK, Role.UNIT_HEAD])
def test_a_clerk_or_head_of_a_unit_needs_one(role, now):
    with pytest.raises(ValidationError, match=r"needs a unit|须有所属单位"):
        create_user(username="zhao", password="correct horse battery", role=role, now=now)

    assert not User.objects.exists()


def test_anybody_may_belong_to_a_unit(now):
    unit = UnitFactory()

    user = create_user(
        username="zhao",
        password="correct horse battery",
        role=Role.DISPATCHER,
        unit_id=unit.pk,
        now=now,
    )

    assert user.unit == unit


def test_demo_accounts_are_made_once_and_the_guest_cannot_log_in():
    accounts = {"guest": ("", Role.GUEST), "operator": ("demo-operator", Role.OPERATOR)}

    ensure_demo_users(accounts)
    ensure_demo_users(accounts)

    assert User.objects.count() == 2
    assert not demo_guest().has_usable_password()
