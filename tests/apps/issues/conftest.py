from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.intake.models import Appeal, Channel
from civicloop.apps.issues.event_facts import describe_event, read_member_facts
from civicloop.apps.issues.models import Event, EventMember

Make = Callable[..., Appeal]


@pytest.fixture
def dispatcher(db) -> User:
    return User.objects.create_user(username="dispatcher", role=Role.DISPATCHER)


@pytest.fixture
def make_appeal(db, now: datetime) -> Make:
    """Make an appeal; the n-th comes n hours after the first."""
    channel, _ = Channel.objects.get_or_create(
        code="hotline", defaults={"name": "热线", "name_en": "Hotline"}
    )
    made = []

    def make(text: str = "楼下烧烤店油烟扰民", **fields) -> Appeal:
        number = len(made) + 1
        defaults = {
            "source": "test",
            "source_key": f"A{number:03}",
            "content_hash": f"{number:032}",
            "channel": channel,
            "subject": text[:20],
            "text": text,
            "caller_key": f"caller-{number}",
            "received_at": now + timedelta(hours=number),
        }
        made.append(Appeal.objects.create(**defaults | fields))
        return made[-1]

    return make


@pytest.fixture
def make_event(make_appeal: Make) -> Callable[..., Event]:
    """Make an event of so many appeals."""

    def make(size: int = 2, text: str = "青禾苑楼下烧烤店油烟扰民", **fields) -> Event:
        members = [make_appeal(text, **fields) for _ in range(size)]
        facts = read_member_facts([member.pk for member in members])
        event = describe_event(list(facts.values()), terms=["青禾苑"])
        event.save()
        EventMember.objects.bulk_create(
            [EventMember(appeal=member, event=event) for member in members]
        )
        return event

    return make
