"""Whoever follows a public case and left a number is told by SMS where it stands."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from tests.apps.notices.mail_server import FakeMailServer, fake_mail_server
from tests.connectors.notify.gateway_server import FakeGateway, fake_gateway

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.public_cases import settle_case, withdraw_case
from civicloop.apps.dispatch.actions.telling_followers import register_ways_to_followers
from civicloop.apps.dispatch.models import PublicCase, PublicState
from civicloop.apps.jobs.models import OutboxEntry
from civicloop.apps.jobs.outbox import SENDERS
from civicloop.apps.jobs.worker import Worker
from civicloop.web.citizen.tokens import new_token

PHONES = ["13800138000", "13900000042"]


@pytest.fixture
def gateway(settings) -> Iterator[FakeGateway]:
    """A city with an SMS gateway."""
    kept = dict(SENDERS)
    with fake_gateway() as gateway:
        settings.SMS_URL = f"{gateway.url}/send?m={{to}}&c={{text}}"
        settings.SITE_URL = "https://12345.example.org"
        register_ways_to_followers()
        yield gateway
    SENDERS.clear()
    SENDERS.update(kept)


@pytest.fixture
def followed(citizen, public_case) -> PublicCase:
    for phone in (*PHONES, ""):
        said = {"token": new_token(timezone.now() - timedelta(minutes=1)), "phone": phone}
        citizen.post(f"/report/cases/{public_case.pk}/", said)
    public_case.refresh_from_db()
    assert public_case.follower_count == 3
    return public_case


def work_off() -> None:
    worker = Worker(clock=timezone.now)
    while worker.run_next():
        pass


def settle(dispatcher, case: PublicCase, state: str = "solved") -> None:
    dispatcher.post(f"/public-cases/{case.pk}/state/", {"state": state})


def test_who_left_a_number_is_told_once_and_the_outbox_holds_none(gateway, followed, dispatcher):
    settle(dispatcher, followed)
    settle(dispatcher, followed)  # solved already: nothing changes
    work_off()

    told = [parse_qs(each.body) for each in gateway.told]
    assert sorted(each["m"][0] for each in told) == PHONES
    assert {each["c"][0] for each in told} == {
        f"The matter that you follow is now: solved. https://12345.example.org/report/cases/{followed.pk}/"
    }
    kept = str(list(OutboxEntry.objects.values()))
    assert not [phone for phone in PHONES if phone in kept]
    event = AuditEvent.objects.get(action="case_followers_told")
    assert event.details == {"state": "solved", "followers": 2}


def test_a_matter_that_is_not_solved_after_all_is_told_too(gateway, followed, dispatcher):
    settle(dispatcher, followed)
    work_off()
    settle(dispatcher, followed, "handled")
    work_off()

    assert [parse_qs(each.body)["c"][0].split(":")[1][:6] for each in gateway.told] == [
        *[" solve"] * 2,
        *[" being"] * 2,
    ]


@pytest.mark.parametrize("after", ["back", "withdrawn"])
def test_what_has_moved_on_before_the_message_went_out_is_not_told(
    after, gateway, followed, dispatcher
):
    by = {"actor": followed.published_by, "now": timezone.now()}
    settle_case(case=followed, state=PublicState.SOLVED, **by)
    if after == "back":
        settle_case(case=followed, state=PublicState.HANDLED, **by)
    else:
        withdraw_case(case=followed, **by)
    work_off()

    solved = [each for each in gateway.told if "solved" in each.body]
    assert solved == []


def test_the_pages_promise_it_only_where_there_is_a_way(gateway, citizen, dispatcher, public_case):
    promises = [
        (citizen, f"/report/cases/{public_case.pk}/", "by SMS"),
        (dispatcher, "/public-cases/", "are told when you change the state"),
    ]
    with_way = [words in client.get(page).text for client, page, words in promises]
    SENDERS.clear()
    without = [words in client.get(page).text for client, page, words in promises]

    assert (with_way, without) == ([True, True], [False, False])


def test_without_a_way_a_change_is_kept_and_nobody_is_told(followed, dispatcher, monkeypatch):
    monkeypatch.delitem(SENDERS, "follower", raising=False)

    settle(dispatcher, followed)

    followed.refresh_from_db()
    assert followed.state == PublicState.SOLVED
    assert not OutboxEntry.objects.exists()


@pytest.fixture
def mail_server(settings) -> Iterator[FakeMailServer]:
    """A city with a mail server and no SMS gateway."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # not the test runner's
    kept = dict(SENDERS)
    with fake_mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_DOMAIN, settings.DEFAULT_FROM_EMAIL = "example.org", "loop@example.org"
        settings.SITE_URL = "https://12345.example.org"
        register_ways_to_followers()
        yield server
    SENDERS.clear()
    SENDERS.update(kept)


def follow(citizen, case: PublicCase, **said: str):
    token = new_token(timezone.now() - timedelta(minutes=1))
    return citizen.post(f"/report/cases/{case.pk}/", {"token": token, **said})


def test_who_left_an_address_is_written_to_and_the_outbox_holds_none(
    mail_server, citizen, public_case, dispatcher
):
    page = citizen.get(f"/report/cases/{public_case.pk}/").text
    follow(citizen, public_case, email="Li@example.org")
    follow(citizen, public_case, email="li@example.org")  # the same person
    follow(citizen, public_case, phone=PHONES[0])  # no way leads there

    settle(dispatcher, public_case)
    work_off()

    public_case.refresh_from_db()
    assert "E-mail (not needed)" in page
    assert public_case.follower_count == 2
    [mail] = mail_server.mails
    assert "To: Li@example.org" in mail
    assert f"https://12345.example.org/report/cases/{public_case.pk}/" in mail
    assert "@" not in str(list(OutboxEntry.objects.values_list("payload", flat=True)))


def test_without_a_mail_server_no_address_is_asked_for(citizen, public_case):
    page = citizen.get(f"/report/cases/{public_case.pk}/").text

    assert 'name="email"' not in page


def test_an_address_that_is_none_is_said(citizen, public_case):
    page = follow(citizen, public_case, email="li at home").text

    assert "Please write an e-mail address" in page
    assert public_case.followers.count() == 0
