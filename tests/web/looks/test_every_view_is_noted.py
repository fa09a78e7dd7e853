"""Whoever is shown who a citizen is, or takes a file along, leaves an event in the audit."""

from collections.abc import Iterator, Mapping

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    police,
)
from tests.web.test_canaries import bytes_of, details_in, paths_to, seeded  # noqa: F401  fixture
from tests.web.test_routes import browser_of, county, numbers, order  # noqa: F401  fixtures

from civicloop.apps.accounts import words
from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.actions import seeing

pytestmark = pytest.mark.one_database  # a middleware's work: nothing in it asks which


def unnoted(client: Client, numbers: Mapping[str, object]) -> Iterator[str]:  # noqa: F811
    """The addresses that show something planted, or give a file, and leave no event of it."""
    for path in paths_to(numbers):
        last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        told = bytes_of(client, path)
        noted = set(AuditEvent.objects.filter(pk__gt=last).values_list("action", flat=True))
        if any(details_in(told, path)) and not noted & {seeing.SEEN, seeing.TAKEN, "photo_seen"}:
            yield path
        if "attachment; filename" in told[-2000:] and seeing.TAKEN not in noted:
            yield f"file {path}"


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.UNIT_HEAD, Role.SUPERVISOR, Role.MEDIATOR])
def test_no_page_shows_somebody_without_an_event(role, seeded, housing):  # noqa: F811
    assert list(unnoted(browser_of(role, housing), seeded)) == []


def test_it_is_found_where_nothing_is_noted(seeded, housing, monkeypatch):  # noqa: F811
    """The red twin."""
    monkeypatch.setattr(words, "note_seen", lambda _table, _number: None)

    assert len(list(unnoted(browser_of(Role.DISPATCHER, housing), seeded))) > 5


def test_an_event_names_the_appeals_and_who_looked(seeded, order, housing):  # noqa: F811
    client = browser_of(Role.UNIT_HEAD, housing)

    client.get(reverse("dispatch:order", args=[order.pk]))

    event = AuditEvent.objects.filter(action=seeing.SEEN).latest("pk")
    assert (event.object_type, event.object_id) == (seeing.APPEAL_WORDS, str(order.appeal_id))
    assert (event.details["page"], event.details["appeals"]) == (
        "dispatch:order",
        [order.appeal_id],
    )
    assert event.actor.role == Role.UNIT_HEAD
    assert "dispatch_reply" in event.details["tables"]


@pytest.mark.parametrize("role", [Role.GUEST, Role.SYSTEM_ADMIN])
def test_who_sees_nobody_leaves_no_event(role, seeded, housing):  # noqa: F811
    client, before = browser_of(role, housing), AuditEvent.objects.count()

    for path in (reverse("intake:appeal_list"), reverse("issues:event_list")):
        client.get(path)

    assert AuditEvent.objects.count() == before


def test_nothing_is_shown_that_cannot_be_noted(seeded, order, housing, monkeypatch):  # noqa: F811
    def refuse(**_what):
        raise OperationalError

    path, client = reverse("dispatch:order", args=[order.pk]), browser_of(Role.DISPATCHER, housing)
    assert any(details_in(client.get(path).text, path))
    monkeypatch.setattr(seeing, "record_look", refuse)

    answer = client.get(path)

    assert answer.status_code == 503
    assert not any(details_in(answer.text, path))


def test_a_long_list_is_noted_by_its_first_and_its_size(dispatcher, now):  # noqa: F811
    seeing.note_words_seen(
        seen={"intake_appeal": set(range(1, 2_001))}, page="intake:appeal_list", actor=dispatcher, now=now
    )  # fmt: skip

    event = AuditEvent.objects.latest("pk")
    assert (event.object_type, event.object_id) == ("page", "intake:appeal_list")
    assert (len(event.details["appeals"]), event.details["appeal_count"]) == (500, 2_000)
