import pytest
from django.contrib.auth.models import AnonymousUser

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import ALLOWED, Action, allowed_to, may


def test_nobody_may_do_anything_without_a_log_in():
    assert not any(may(AnonymousUser(), action) for action in Action)


def test_a_guest_may_only_read_and_export():
    guest = User(username="guest", role=Role.GUEST)

    assert {action for action in Action if may(guest, action)} == {
        Action.VIEW_AIR,
        Action.VIEW_APPEALS,
        Action.VIEW_ARTICLES,
        Action.VIEW_CALENDAR,
        Action.VIEW_DIRECTORY,
        Action.VIEW_INDICATORS,
        Action.EXPORT,
    }


def test_every_role_stands_in_the_table():
    assert set(ALLOWED) == set(Role)


def test_an_account_that_was_closed_may_nothing():
    closed = User(username="gone", role=Role.DISPATCHER, is_active=False)

    assert not any(may(closed, action) for action in Action)
    assert allowed_to(closed) == allowed_to(AnonymousUser()) == frozenset()


@pytest.mark.parametrize(
    ("role", "may_write", "may_approve"),
    [
        (Role.GUEST, False, False),
        (Role.OPERATOR, True, False),
        (Role.DISPATCHER, True, False),
        (Role.SUPERVISOR, False, True),
        (Role.SYSTEM_ADMIN, False, False),
    ],
)
def test_those_who_write_articles_do_not_approve_them(role, may_write, may_approve):
    user = User(username="x", role=role)

    assert may(user, Action.WRITE_ARTICLES) is may_write
    assert may(user, Action.APPROVE_ARTICLES) is may_approve
