"""The security administrator makes, changes and closes accounts, never the own one."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.models import OrderState
from civicloop.apps.intake.models import Kind

SURE = {"confirmed": "1"}


@pytest.fixture
def admin(log_in) -> Client:
    return log_in(Role.SECURITY_ADMIN)


@pytest.fixture
def wang(db: None) -> User:
    return UserFactory(username="wang", role=Role.OPERATOR)


def own() -> User:
    return User.objects.get(role=Role.SECURITY_ADMIN)


def enters(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def actions() -> list[str]:
    return list(AuditEvent.objects.filter(object_type="user").values_list("action", flat=True))


def test_an_account_is_made_with_a_password_shown_once(admin):
    unit = UnitFactory()
    answers = {
        "username": "zhao.min", "full_name": "赵敏", "role": "unit_clerk", "unit": unit.pk,
        "is_active": "on",
    }  # fmt: skip

    page = admin.post(reverse("people:new_account"), answers)
    password = re.search(r"<code>(\S+)</code>", page.text)[1]

    zhao = User.objects.get(username="zhao.min")
    assert (zhao.first_name, zhao.role, zhao.unit) == ("赵敏", "unit_clerk", unit)
    assert zhao.check_password(password)
    assert zhao.is_password_given
    assert password not in admin.get(reverse("people:account", args=[zhao.pk])).text
    assert actions() == ["made_account"]
    assert password not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"username": "WANG", "full_name": "王", "role": "operator"}, "Somebody has this name"),
        ({"username": "a b", "full_name": "王", "role": "operator"}, "Enter a valid username"),
        ({"username": "li", "full_name": "", "role": "operator"}, "required"),
        ({"username": "li", "full_name": "李", "role": "guest"}, "valid choice"),
        ({"username": "li", "full_name": "李", "role": "unit_head"}, "needs a unit"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_made(answers, words, admin, wang):
    page = admin.post(reverse("people:new_account"), answers)

    assert words in page.text
    assert User.objects.count() == 2


def test_with_another_role_somebody_is_logged_out(admin, wang):
    wang.set_password("correct horse battery")
    wang.save()
    client = Client()
    client.post(reverse("account_login"), {"login": "wang", "password": "correct horse battery"})
    assert client.get(reverse("notices:list")).status_code == 200

    answers = {"full_name": "王", "role": "reviewer", "is_active": "on"}
    admin.post(reverse("people:account", args=[wang.pk]), answers)

    wang.refresh_from_db()
    assert wang.role == Role.REVIEWER
    assert client.get(reverse("notices:list")).status_code == 302
    assert "changed_account" in actions()


def test_whoever_leaves_for_the_hotline_still_belongs_to_the_unit(admin):
    """What is told about the unit stays hidden from them."""
    unit = UnitFactory()
    li = UserFactory(role=Role.UNIT_HEAD, unit=unit)
    report = WorkOrderFactory(
        kind=Kind.REPORT, respondent_unit=unit, appeal__kind=Kind.REPORT, state=OrderState.TRIAGE
    )
    answers = {"full_name": "李", "role": "supervisor", "unit": unit.pk, "is_active": "on"}

    page = admin.get(reverse("people:account", args=[li.pk])).text
    admin.post(reverse("people:account", args=[li.pk]), answers)

    assert "Anybody who belongs to a unit finds nothing that reports it" in page
    li.refresh_from_db()
    assert (li.role, li.unit) == (Role.SUPERVISOR, unit)
    assert enters(li).get(reverse("intake:appeal", args=[report.appeal_id])).status_code == 404


def test_an_account_is_closed(admin, wang):
    client = enters(wang)

    admin.post(reverse("people:account", args=[wang.pk]), {"full_name": "王", "role": "operator"})

    assert client.get(reverse("notices:list")).status_code == 302


def test_a_forgotten_password_is_replaced(admin, wang):
    page = admin.post(reverse("people:renew_password", args=[wang.pk]), SURE)

    wang.refresh_from_db()
    assert wang.check_password(re.search(r"<code>(\S+)</code>", page.text)[1])
    assert wang.is_password_given


def test_lost_factors_are_removed(admin, wang):
    TOTP.activate(wang, "JBSWY3DPEHPK3PXP")

    admin.post(reverse("people:remove_factors", args=[wang.pk]), SURE)

    assert not Authenticator.objects.exists()
    assert actions() == ["removed_factors"]


@pytest.mark.parametrize("page", ["renew_password", "remove_factors"])
def test_what_ends_a_log_in_is_asked_for_twice(page, admin, wang):
    TOTP.activate(wang, "JBSWY3DPEHPK3PXP")
    before = User.objects.values().get(pk=wang.pk)

    asked = admin.post(reverse(f"people:{page}", args=[wang.pk]))

    assert 'name="confirmed"' in asked.text
    assert User.objects.values().get(pk=wang.pk) == before
    assert Authenticator.objects.exists()
    assert actions() == []


@pytest.mark.parametrize("page", ["account", "renew_password", "remove_factors"])
def test_nobody_changes_the_own_account(page, admin):
    before = User.objects.values().get()

    response = admin.post(
        reverse(f"people:{page}", args=[own().pk]),
        {"full_name": "x", "role": "supervisor", **SURE},
    )

    assert response.status_code in {200, 302}
    assert User.objects.values().get() == before
    assert actions() == []


def test_people_are_found_by_name_role_and_unit(admin, wang):
    UserFactory(username="zhao", role=Role.UNIT_CLERK, unit=UnitFactory(name="住建局"))

    def found(question: str) -> set[str]:
        page = admin.get(reverse("people:people") + question)
        return set(re.findall(r'class="soft">([\w-]+)<', page.text))

    assert found("?q=wan") == {"wang"}
    assert found("?q=住建") == {"zhao"}
    assert found("?role=unit_clerk") == {"zhao"}
    assert found("?q=nobody") == set()
    assert found("?role=nonsense") == {"wang", "zhao", "security_admin-user"}
