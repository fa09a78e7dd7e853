"""Whoever follows a public case and left a number is told by SMS where it stands."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from tests.connectors.notify.gateway_server import FakeGateway, fake_gateway

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.public_cases import settle_case, withdraw_case
from civicloop.apps.dispatch.actions.telling_followers import register_way_to_followers
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
        register_way_to_followers()
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
    pages = [(citizen, f"/report/cases/{public_case.pk}/"), (dispatcher, "/public-cases/")]
    with_way = ["by SMS" in client.get(page).text for client, page in pages]
    SENDERS.clear()
    without = ["by SMS" in client.get(page).text for client, page in pages]

    assert (with_way, without) == ([True, True], [False, False])


def test_without_a_way_a_change_is_kept_and_nobody_is_told(followed, dispatcher, monkeypatch):
    monkeypatch.delitem(SENDERS, "follower", raising=False)

    settle(dispatcher, followed)

    followed.refresh_from_db()
    assert followed.state == PublicState.SOLVED
    assert not OutboxEntry.objects.exists()
