"""Events in the form in which the engine joins them into classes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Left
from django.utils import timezone

from civicloop.apps.issues.models import Event, EventMember
from civicloop.engines.text.classes import BODY_READ, MEMBERS_READ, EventTexts


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """What one event brings to its class."""

    appeal_count: int
    people_count: int
    first_at: datetime
    last_at: datetime
    area_id: int | None
    topic_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFacts:
    """What the events of a class add up to."""

    event_count: int
    appeal_count: int
    people_count: int
    place_count: int
    first_at: datetime | None
    last_at: datetime | None
    topic_id: int | None
    topic_share: float


def read_event_texts() -> list[EventTexts]:
    """The opening words of the first members of every event."""
    subjects: defaultdict[int, list[str]] = defaultdict(list)
    bodies: defaultdict[int, list[str]] = defaultdict(list)
    rows = EventMember.objects.order_by("event_id", "appeal_id").values_list(
        "event_id", "appeal__subject", Left("appeal__text", BODY_READ)
    )
    for event_id, subject, body in rows.iterator(chunk_size=5_000):
        if len(subjects[event_id]) < MEMBERS_READ:
            subjects[event_id].append(subject)
            bodies[event_id].append(body)
    return [
        EventTexts(id=event_id, subjects=tuple(subjects[event_id]), bodies=tuple(bodies[event_id]))
        for event_id in sorted(subjects)
    ]


def read_event_facts(event_ids: Iterable[int] | None = None) -> dict[int, EventFacts]:
    """The facts of all events, or of these, by id."""
    events = Event.objects.all()
    if event_ids is not None:
        events = events.filter(pk__in=list(event_ids))
    rows = events.values_list(
        "id", "appeal_count", "people_count", "first_at", "last_at", "area_id", "topic_id"
    )
    return {
        event_id: EventFacts(
            appeal_count=appeals,
            people_count=people,
            first_at=first_at,
            last_at=last_at,
            area_id=area_id,
            topic_id=topic_id,
        )
        for event_id, appeals, people, first_at, last_at, area_id, topic_id in rows.iterator(
            chunk_size=5_000
        )
    }


def add_up(events: Sequence[EventFacts]) -> ClassFacts:
    """Count a class; its topic is the commonest one among its events."""
    topics = Counter(event.topic_id for event in events if event.topic_id)
    topic_id = min(topics, key=lambda key: (-topics[key], key), default=None)
    return ClassFacts(
        event_count=len(events),
        appeal_count=sum(event.appeal_count for event in events),
        people_count=sum(event.people_count for event in events),
        place_count=len({event.area_id for event in events if event.area_id}),
        first_at=min((event.first_at for event in events), default=None),
        last_at=max((event.last_at for event in events), default=None),
        topic_id=topic_id,
        topic_share=topics[topic_id] / len(events) if topic_id else 0.0,
    )


def months_of(events: Iterable[EventFacts]) -> dict[int, int]:
    """How many events began in each month of the year."""
    return dict(Counter(timezone.localtime(event.first_at).month for event in events))
