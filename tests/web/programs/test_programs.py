"""The security administrator gives programs of channels their keys, and ends them."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.actions.clients import add_client, channel_known_as
from civicloop.apps.intake.models import ApiAction, ApiClient
from civicloop.apps.intake.queries.clients import client_with

PROGRAMS, NEW = "/programs/", "/programs/new/"
CITY_APP = {"name": "city app", "channel": "app", "actions": ["send"], "hourly_limit": "500"}


@pytest.fixture
def admin(log_in) -> Client:
    return log_in(Role.SECURITY_ADMIN)


@pytest.fixture
def counter(db: None) -> tuple[ApiClient, str]:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    return add_client(
        name="counter", channel=channel_known_as("counter", now=now), actions=list(ApiAction),
        hourly_limit=10, actor=None, now=now,
    )  # fmt: skip


def test_a_key_is_shown_in_one_answer_and_opens_what_was_ticked(admin):
    page = admin.post(NEW, CITY_APP)

    key = re.search(r"<code>(\S+)</code>", page.text)[1]
    client = client_with(key, ApiAction.SEND)
    assert (client.name, client.channel.code, client.hourly_limit) == ("city app", "app", 500)
    assert client.made_by == User.objects.get(role=Role.SECURITY_ADMIN)
    assert client_with(key, ApiAction.FOLLOW) is None
    assert "no-store" in page.headers["Cache-Control"]
    assert key not in admin.get(PROGRAMS).text
    event = AuditEvent.objects.get(action="api_key_made")
    assert event.actor == client.made_by
    assert key not in str(event.details)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "counter"}, "There is a program named counter already."),
        ({"name": ""}, "required"),
        ({"channel": "pigeon"}, "valid choice"),
        ({"actions": []}, "required"),
        ({"hourly_limit": "0"}, "greater than or equal to 1"),
        ({"hourly_limit": "99999999999"}, "less than or equal to"),
    ],
)
def test_what_cannot_be_is_said_and_no_key_made(changed, words, admin, counter):
    page = admin.post(NEW, CITY_APP | changed)

    assert words in page.text
    assert ApiClient.objects.count() == 1


def test_a_key_ends_after_one_question_and_opens_nothing_any_more(admin, counter):
    client, key = counter
    address = reverse("programs:revoke", args=[client.pk])

    asked = admin.post(address)
    still = client_with(key, ApiAction.SEND)
    ended = admin.post(address, {"confirmed": "1"}, follow=True)
    again = admin.post(address, {"confirmed": "1"}, follow=True)

    assert "From this moment" in asked.text
    assert still == client
    assert client_with(key, ApiAction.SEND) is None
    assert "The key of counter has ended." in ended.text
    assert "No program named counter has a key." in again.text
    assert AuditEvent.objects.get(action="api_key_revoked").actor.role == Role.SECURITY_ADMIN


def test_the_list_tells_who_may_what_and_from_whom(admin, counter):
    admin.post(NEW, CITY_APP)

    page = admin.get(PROGRAMS).text

    assert "on the server" in page
    assert page.index("city app") < page.index("counter")
    assert page.count("End the key</button>") == 2
