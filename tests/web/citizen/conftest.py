"""A citizen at the site: no account, no script, sometimes in a hurry."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import TopicFactory, TopicTreeFactory, UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.models import PublicCase
from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.models import Event
from civicloop.web.citizen.tokens import new_token

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
RECEIPT = re.compile(r"<dt>(?:Number|Code)</dt><dd>([\w-]+)</dd>")


@pytest.fixture
def citizen(db) -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def token() -> str:
    """Of a form that was opened a minute ago."""
    return new_token(timezone.now() - timedelta(minutes=1))


@pytest.fixture
def lighting(db) -> Topic:
    tree = TopicTreeFactory(valid_from=date(2023, 1, 1))
    return TopicFactory(tree=tree, path="路灯", unit=UnitFactory(name="城管局"))


@pytest.fixture
def report(citizen: Client, token: str) -> Callable[..., tuple[str, str]]:
    """Send a whole report; gives its number and code."""

    def report(text: str = "云溪路12号门前的路灯三天没亮了", **said: str) -> tuple[str, str]:
        said = {"text": text, "is_place_unknown": "on", "token": token} | said
        number, code = RECEIPT.findall(citizen.post("/report/check/", said).text)
        return number, code

    return report


@pytest.fixture
def public_case(event: Event, now: datetime) -> PublicCase:
    return PublicCase.objects.create(
        event=event,
        title="青禾苑烧烤店油烟扰民",
        area=event.area,
        published_by=UserFactory(),
        published_at=now,
    )


def hidden_of(page: str) -> dict[str, str]:
    """What a page carries on."""
    return {name: value for name, value in HIDDEN.findall(page) if name != "csrfmiddlewaretoken"}


@pytest.fixture
def clerk_at_desk(log_in) -> Client:
    """The browser of an operator."""
    return log_in(Role.OPERATOR)
