"""The audit administrator reads who did what, and nothing of a citizen."""

import pytest
from django.db import transaction
from django.urls import reverse
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.actions import record_event
from civicloop.web.audit import views

REASON = "回访王小明 13944447777"


@pytest.fixture
def events(now):
    wang = UserFactory(username="wang", role=Role.OPERATOR)
    with transaction.atomic():
        for number in range(3):
            record_event(
                action="told", object_type="appeal", object_id=number, actor=wang, now=now,
                details={"look": 70 + number, "reason": REASON, "columns": ["text"], "units": [4, 5], "late": True},
            )  # fmt: skip
        record_event(action="other", object_type="order", object_id=1, actor=None, now=now)


def page(log_in, query=""):
    return log_in(Role.AUDIT_ADMIN).get(f"{reverse('audit:events')}{query}").text


def test_numbers_stand_there_and_words_do_not(log_in, events):
    text = page(log_in)

    assert "look: 72" in text
    assert "王小明" not in text
    assert "reason: 〖…〗" in text
    for told in ("columns: (1) · late: yes · look: 72", "units: 4, 5"):
        assert told in text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?who=wang", "look: 71", "order 1"),
        ("?about=appeal+1", "look: 71", "look: 72"),
        ("?about=appeal", "No event is found.", "look:"),
        ("?before=999999999999999999999", "look: 72", "No event is found."),
    ],
)
def test_events_are_found_by_person_and_record(log_in, events, query, shown, hidden):
    text = page(log_in, query)

    assert shown in text
    assert hidden not in text


def test_older_events_follow_on_another_page(log_in, events, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    client = log_in(Role.AUDIT_ADMIN)
    first = client.get(reverse("audit:events"), {"about": ""})

    older = first.context["older_than"]
    second = client.get(reverse("audit:events"), {"before": older})

    assert len(first.context["events"]) == 2
    assert all(told.event.pk < older for told in second.context["events"])
