from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.apps.cases.conftest import county, leader, officer, secretary, units  # noqa: F401
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.web.cases.offered import version_of


@pytest.fixture
def browse(db) -> Callable[[User], Client]:
    """A browser in which this member of staff is logged in."""

    def browse(user: User) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(user)
        return client

    return browse


@pytest.fixture
def take():
    """Take a step on a case's page, having seen it as it is now or at another version."""

    def take(client: Client, kind: str, case, name: str, **answers):
        case.refresh_from_db()
        seen = {"seen_version": version_of(case)}
        address = f"{reverse(f'cases:{kind}', args=[case.pk])}{name}/"
        return client.post(address, seen | answers)

    return take


@pytest.fixture
def order(db) -> WorkOrder:
    return WorkOrderFactory()


@pytest.fixture
def mediator(db) -> User:
    return UserFactory(role=Role.MEDIATOR)
