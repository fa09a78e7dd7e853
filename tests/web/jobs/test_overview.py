from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.apps.jobs.sample_jobs import fail, sweep

from civicloop.apps.accounts.models import Role
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.actions.periodic import declare_periodic
from civicloop.apps.jobs.actions.workers import sign_in
from civicloop.apps.jobs.library import TaskRow
from civicloop.apps.jobs.models import JobState, OutboxEntry, OutboxState
from civicloop.apps.jobs.worker import Worker
from civicloop.config.periodic import PERIODIC

PAGE = reverse("jobs:overview")


@pytest.fixture
def administrator(log_in) -> Client:
    return log_in(Role.SYSTEM_ADMIN)


@pytest.fixture
def failed(db: None, now: datetime) -> JobState:
    state = enqueue(fail, "x", now=now)
    for minute in range(2):
        Worker(clock=lambda minute=minute: now + timedelta(minutes=minute)).run_next()
    return state


@pytest.fixture
def doubtful(db: None, now: datetime) -> OutboxEntry:
    return OutboxEntry.objects.create(
        key="order 7|email|3", channel="email", payload={}, message_id="m", created_at=now,
        changed_at=now, state=OutboxState.IN_DOUBT,
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.GUEST, Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR])
def test_page_is_for_administrators(role: str, log_in) -> None:
    client = log_in(role)

    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get(reverse("home")).text


def test_page_warns_when_no_worker_lives(administrator: Client) -> None:
    empty = administrator.get(PAGE).text
    sign_in(worker="w:1:a", now=timezone.now())

    assert "No worker has given a sign of life" in empty
    assert "1 worker at work" in administrator.get(PAGE).text


def test_page_shows_the_periodic_table(administrator: Client, now: datetime) -> None:
    declare_periodic(table=PERIODIC, now=now)

    text = administrator.get(PAGE).text

    assert "Tell administrators of failed jobs" in text
    assert "every minute" in text
    assert "every day" in text


def test_failed_job_is_shown_and_tried_again(administrator: Client, failed: JobState) -> None:
    shown = administrator.get(PAGE).text
    address = reverse("jobs:retry", args=[failed.pk])
    first, second = (administrator.post(address, follow=True).text for _ in range(2))

    assert "builtins.ValueError" in shown
    assert "The job waits for a worker again." in first
    assert "Somebody else has tried this job again already." in second
    assert TaskRow.objects.get(pk=failed.pk).status == "READY"


def test_message_in_doubt_is_sent_again_on_request(
    administrator: Client, doubtful: OutboxEntry
) -> None:
    shown = administrator.get(PAGE).text
    address = reverse("jobs:send", args=[doubtful.pk])
    first, second = (administrator.post(address, follow=True).text for _ in range(2))

    assert "order 7|email|3" in shown
    assert "The message will be sent again." in first
    assert "This message is not in doubt any more." in second
    assert JobState.objects.get(name="deliver")


def test_waiting_and_done_jobs_are_shown(administrator: Client, now: datetime) -> None:
    enqueue(sweep, now=now)
    Worker(clock=lambda: now).run_next()
    enqueue(sweep, now=now)

    text = administrator.get(PAGE).text

    assert "the oldest since 14 Nov 2023, 09:30" in text
    assert text.count("sweep") == 2


@pytest.mark.parametrize("name", ["jobs:retry", "jobs:send"])
def test_trying_again_is_refused_to_others(
    name: str, supervisor_client: Client, failed: JobState, doubtful: OutboxEntry
) -> None:
    number = failed.pk if name == "jobs:retry" else doubtful.pk

    assert supervisor_client.post(reverse(name, args=[number])).status_code == 403


@pytest.fixture
def supervisor_client(log_in) -> Client:
    return log_in(Role.SUPERVISOR)
