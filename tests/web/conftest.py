"""A small invented city, seen through the site."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.intake.models import Appeal, Channel, Topic, TopicTree
from civicloop.apps.issues.event_facts import describe_event, read_member_facts
from civicloop.apps.issues.models import Event, EventMember, HotIssueList
from civicloop.apps.places.models import Area, AreaLevel

LogIn = Callable[[str], Client]
MakeAppeal = Callable[..., Appeal]


@pytest.fixture(autouse=True)
def pages_in_english(settings: Any) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    settings.DEMO = False
    caches["near"].clear()
    with translation.override("en"):
        yield


@pytest.fixture
def log_in(db: None) -> LogIn:
    """A browser in which a member of staff of this role is logged in."""

    def log_in(role: str) -> Client:
        user = User.objects.create_user(username=f"{role}-user", role=role)
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def guest(log_in: LogIn) -> Client:
    return log_in(Role.GUEST)


@pytest.fixture
def operator(log_in: LogIn) -> Client:
    return log_in(Role.OPERATOR)


@pytest.fixture
def dispatcher(log_in: LogIn) -> Client:
    return log_in(Role.DISPATCHER)


@pytest.fixture
def county(db: None) -> Area:
    return Area.objects.create(code="990101000000", name="青禾县", level=AreaLevel.COUNTY)


@pytest.fixture
def topic(db: None) -> Topic:
    tree = TopicTree.objects.create(name="城市诉求分类", valid_from=date(2023, 1, 1))
    return Topic.objects.create(tree=tree, code="01", name="油烟噪声", level=1, path="油烟噪声")


@pytest.fixture
def make_appeal(db: None, county: Area, now: datetime) -> MakeAppeal:
    """Make an appeal; each comes an hour before the one made earlier."""
    channel, _ = Channel.objects.get_or_create(
        code="hotline", defaults={"name": "热线", "name_en": "Hotline"}
    )
    made: list[Appeal] = []

    def make(text: str = "楼下烧烤店油烟扰民，夜里关不了窗", **fields: Any) -> Appeal:
        number = len(made) + 1
        defaults = {
            "source": "test",
            "source_key": f"A{number:03}",
            "content_hash": f"{number:032}",
            "channel": channel,
            "subject": text[:12],
            "text": text,
            "caller_key": f"caller-key-{number}",
            "received_at": now - timedelta(hours=number),
            "area": county,
            "county": county,
        }
        made.append(Appeal.objects.create(**defaults | fields))
        return made[-1]

    return make


@pytest.fixture
def make_event(make_appeal: MakeAppeal) -> Callable[..., Event]:
    """Make an event of so many appeals."""

    def make(size: int = 3, text: str = "青禾苑楼下烧烤店油烟扰民", **fields: Any) -> Event:
        members = [make_appeal(text, **fields) for _ in range(size)]
        event = describe_event(
            list(read_member_facts([member.pk for member in members]).values()), terms=["青禾苑"]
        )
        event.save()
        EventMember.objects.bulk_create(
            [EventMember(appeal=member, event=event) for member in members]
        )
        return event

    return make


@pytest.fixture
def event(make_event: Callable[..., Event]) -> Event:
    return make_event()


@pytest.fixture
def hot_list(event: Event, now: datetime) -> HotIssueList:
    """The ranking of the week that ends with the event."""
    from civicloop.apps.issues.actions.hot_issues import record_hot_issues

    return record_hot_issues(day=now.date(), window_days=7, now=now)
