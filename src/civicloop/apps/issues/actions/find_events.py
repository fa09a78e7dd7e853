"""Join appeals into the events they are about, and keep the result."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from civicloop.apps.audit.actions import record_event
from civicloop.apps.issues.actions.store_events import Clusters, store_clusters, store_pairs
from civicloop.apps.issues.messages import DecisionsKnown, constraints_in_force, read_messages
from civicloop.apps.issues.models import Event, EventMember, EventRun
from civicloop.engines.text.events import EventIndex, Message, SimilarPair, find_events

Progress = Callable[[str, int, int], None]


def find_events_in_history(*, now: datetime, progress: Progress | None = None) -> EventRun:
    """Look at every appeal and bring the stored events into line with what the engine finds.

    An event keeps its number while it keeps most of its members. What was stored before a kill
    stays, and the next run carries on from there.
    """
    known = DecisionsKnown.now()
    messages = read_messages()
    clustering = find_events(messages, constraints=constraints_in_force(), progress=progress)
    index = EventIndex.build(messages, clustering.event_of)
    clusters = Clusters.of(clustering.event_of)
    store_clusters(clusters, index, replaces_all=True, now=now, known=known, progress=progress)
    store_pairs(
        clustering.neighbours, appeal_ids=[message.id for message in messages], progress=progress
    )
    return _record_run(messages, looked_at=len(messages), is_incremental=False, now=now)


def place_new_appeals(*, now: datetime, progress: Progress | None = None) -> EventRun:
    """Give each appeal that came since the last run its event, or none; the rest stays as it is."""
    decisions = DecisionsKnown.now()
    last_run = EventRun.objects.first()
    messages = read_messages()
    known_until = last_run.last_appeal_id if last_run else 0
    known = [message for message in messages if message.id <= known_until]
    fresh = messages[len(known) :]
    event_of = _stored_events(known)
    index = EventIndex.build(known, event_of)
    pairs = _place(fresh, index, event_of, progress)
    touched = {event_of[message.id] for message in fresh}
    clusters = Clusters.of({key: event for key, event in event_of.items() if event in touched})
    store_clusters(clusters, index, replaces_all=False, now=now, known=decisions, progress=progress)
    store_pairs(pairs, appeal_ids=[message.id for message in fresh], progress=progress)
    return _record_run(messages, looked_at=len(fresh), is_incremental=True, now=now)


def _stored_events(messages: list[Message]) -> dict[int, int]:
    """The event of each message; a message that stands alone has the negative of its own id."""
    stored = dict(EventMember.objects.values_list("appeal_id", "event_id"))
    return {message.id: stored.get(message.id, -message.id) for message in messages}


def _place(
    fresh: list[Message],
    index: EventIndex,
    event_of: dict[int, int],
    progress: Progress | None,
) -> list[SimilarPair]:
    pairs: list[SimilarPair] = []
    for count, message in enumerate(fresh, start=1):
        placement = index.place(message)
        pairs.extend(placement.neighbours)
        event = -message.id if placement.event is None else placement.event
        index.add(message, event)
        event_of[message.id] = event
        if progress:
            progress("place", count, len(fresh))
    return pairs


@transaction.atomic
def _record_run(
    messages: list[Message], *, looked_at: int, is_incremental: bool, now: datetime
) -> EventRun:
    run = EventRun.objects.create(
        run_at=now,
        last_appeal_id=messages[-1].id if messages else 0,
        appeal_count=looked_at,
        event_count=Event.objects.count(),
        is_incremental=is_incremental,
    )
    record_event(
        action="events_found",
        object_type="event_run",
        object_id=run.pk,
        actor=None,
        now=now,
        details={"appeals": looked_at, "events": run.event_count, "incremental": is_incremental},
    )
    return run
