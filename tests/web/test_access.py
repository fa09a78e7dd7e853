"""Who gets to which page, and that looking changes nothing."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.actions.seeing import SEEN, TAKEN
from civicloop.apps.intake.models import Appeal, ImportRun
from civicloop.apps.issues.models import Event, EventDecision, HotIssueList

READERS = [Role.GUEST, Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR]
IMPORTERS = {Role.DISPATCHER}
EDITORS = {Role.DISPATCHER, Role.SUPERVISOR}


@pytest.fixture
def addresses(hot_list: HotIssueList, event: Event) -> dict[str, str]:
    """Every page that all staff may read."""
    member = event.members.first()
    return {
        "home": reverse("home"),
        "appeals": reverse("intake:appeal_list"),
        "appeal": reverse("intake:appeal", args=[member.appeal_id]),
        "hot issues": reverse("issues:hot_issues"),
        "alarms": reverse("issues:alarm_list"),
        "back-test": reverse("issues:backtest"),
        "hot topics": f"{reverse('issues:hot_issues')}?scope=topic",
        "events": reverse("issues:event_list"),
        "event": reverse("issues:event", args=[event.pk]),
        "classes": reverse("issues:class_list"),
        "topic model": reverse("issues:topic_model"),
        "classes as a table": reverse("issues:export_classes", args=["csv"]),
        "replies": reverse("issues:reply_list"),
        "calendar": reverse("clocks:calendar"),
        "limits": reverse("clocks:limits"),
        "replies as a table": reverse("issues:reply_export", args=["csv"]),
        "export": reverse("issues:export", args=[hot_list.pk, "hot-events", "csv"]),
    }


@pytest.mark.parametrize("role", READERS)
def test_every_role_reads_every_reading_page(
    role: str, addresses: dict[str, str], log_in: Callable[[str], Client]
) -> None:
    client = log_in(role)

    statuses = {name: client.get(address).status_code for name, address in addresses.items()}

    assert statuses == dict.fromkeys(addresses, 200)


@pytest.mark.parametrize("role", READERS)
def test_import_pages_open_for_importers_only(role: str, log_in: Callable[[str], Client]) -> None:
    response = log_in(role).get(reverse("intake:import_list"))

    assert response.status_code == (200 if role in IMPORTERS else 403)


@pytest.mark.parametrize("role", READERS)
def test_merge_page_opens_for_editors_only(
    role: str, event: Event, log_in: Callable[[str], Client]
) -> None:
    response = log_in(role).get(reverse("issues:merge", args=[event.pk]))

    assert response.status_code == (200 if role in EDITORS else 403)


def test_refusal_says_in_words_which_role_is_logged_in(guest: Client) -> None:
    response = guest.get(reverse("intake:import_list"))

    assert "Your role may not do this." in response.text
    assert "guest" in response.text


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("intake:start_import", Role.OPERATOR),
        ("intake:abandon_import", Role.OPERATOR),
        ("intake:remap_import", Role.OPERATOR),
        ("issues:split", Role.OPERATOR),
        ("issues:merge", Role.OPERATOR),
        ("issues:undo", Role.OPERATOR),
        ("issues:settle_topic", Role.SUPERVISOR),
        ("notices:read", Role.GUEST),
    ],
)
def test_changing_is_refused_to_roles_that_may_not(
    name: str, role: str, log_in: Callable[[str], Client]
) -> None:
    response = log_in(role).post(reverse(name, args=[1]))

    assert response.status_code == 403


def test_returned_workbook_is_refused_to_a_guest(guest: Client) -> None:
    response = guest.get(reverse("intake:returned_workbook", args=[1]))

    assert response.status_code == 403


@pytest.mark.django_db
def test_stranger_is_sent_to_the_log_in_page(client: Client) -> None:
    response = client.get(reverse("intake:appeal_list"))

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/appeals/"


@pytest.mark.django_db
def test_demo_lets_a_stranger_look_around_as_guest(client: Client, settings) -> None:
    settings.DEMO = True
    User.objects.create_user(username="guest", role=Role.GUEST)

    response = client.get(reverse("intake:appeal_list"))

    assert response.status_code == 200
    assert "Log in" in response.text


@pytest.mark.django_db
def test_health_is_told_without_log_in(client: Client) -> None:
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.text == "ok\n"


@pytest.mark.django_db
def test_lost_database_is_told_as_unavailable(client: Client, monkeypatch) -> None:
    def refuse() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)

    assert client.get("/healthz").status_code == 503


@pytest.mark.django_db
def test_site_is_ready_with_the_tables_of_its_program_alone(client: Client, monkeypatch) -> None:
    ready = client.get("/readyz")
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["one to run"])
    older = client.get("/readyz")

    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert older.status_code == 503


@pytest.mark.django_db
def test_slow_statement_is_logged_without_its_values(client: Client, settings, caplog) -> None:
    settings.SLOW_QUERY_MS = 60_000
    quick = client.get("/track/")
    before = list(caplog.messages)
    settings.SLOW_QUERY_MS = -1
    client.post("/track/", {"number": "202311140000999", "code": "ABCD-2345"})

    assert quick.status_code == 200
    assert not before
    assert [one for one in caplog.messages if "intake_" in one]
    assert "202311140000999" not in caplog.text


def test_looking_at_every_page_writes_only_that_it_was_looked_at(
    addresses: dict[str, str], dispatcher: Client
) -> None:
    changes = AuditEvent.objects.exclude(action__in=[SEEN, TAKEN])

    def written() -> list[int]:
        models = (Appeal, Event, EventDecision, HotIssueList, ImportRun)
        return [changes.count(), *(model.objects.count() for model in models)]

    before = written()

    for address in addresses.values():
        dispatcher.get(address)

    assert written() == before


@pytest.mark.parametrize(
    "name",
    [
        "issues:split",
        "issues:undo",
        "issues:settle_topic",
        "intake:start_import",
        "intake:abandon_import",
        "intake:remap_import",
    ],
)
def test_changing_addresses_answer_to_post_only(name: str, dispatcher: Client) -> None:
    response = dispatcher.get(reverse(name, args=[1]))

    assert response.status_code == 405


def test_post_without_csrf_token_is_refused(event: Event, dispatcher: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = dispatcher.cookies

    response = strict.post(reverse("issues:split", args=[event.pk]), {"appeal": "1"})

    assert response.status_code == 403
    assert "Please send it again." in response.text
    assert not EventDecision.objects.exists()


def test_unknown_address_offers_ways_on(guest: Client) -> None:
    response = guest.get("/nothing-here/")

    assert response.status_code == 404
    assert reverse("intake:appeal_list") in response.text


@pytest.mark.parametrize("name", ["intake:appeal", "issues:event"])
def test_unknown_record_is_not_found(name: str, guest: Client) -> None:
    response = guest.get(reverse(name, args=[424242]))

    assert response.status_code == 404


def test_content_policy_allows_no_inline_code(guest: Client) -> None:
    response = guest.get(reverse("intake:appeal_list"))

    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert " style=" not in response.text
    assert " onclick=" not in response.text
