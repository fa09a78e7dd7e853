"""Bring the stored events into line with clusters of appeals, in small transactions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction
from django.db.models import F, Q

from civicloop.apps.audit.actions import record_event
from civicloop.apps.issues.event_facts import describe_event, read_member_facts, telling_words
from civicloop.apps.issues.event_store import IDS_PER_STATEMENT, write_pairs
from civicloop.apps.issues.messages import DecisionsKnown
from civicloop.apps.issues.models import Event, EventMember, SimilarAppeal
from civicloop.engines.text.events import Background, SimilarPair

Progress = Callable[[str, int, int], None]

CLUSTERS_PER_BATCH = 200
APPEALS_PER_BATCH = 2_000
DESCRIBED_FIELDS = (
    "title", "terms", "appeal_count", "people_count", "first_at", "last_at", "place", "area", "topic",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The groups of two or more appeals that are one matter, and the appeals that stand alone."""

    members: tuple[tuple[int, ...], ...]  # ids, ascending; groups by their first id
    alone: frozenset[int]

    @classmethod
    def of(cls, event_of: Mapping[int, int]) -> Self:
        grouped: defaultdict[int, list[int]] = defaultdict(list)
        for appeal_id, event in event_of.items():
            grouped[event].append(appeal_id)
        groups = sorted(tuple(sorted(ids)) for ids in grouped.values())
        return cls(
            members=tuple(group for group in groups if len(group) > 1),
            alone=frozenset(group[0] for group in groups if len(group) == 1),
        )


def store_clusters(
    clusters: Clusters,
    background: Background,
    *,
    replaces_all: bool,
    now: datetime,
    known: DecisionsKnown,
    progress: Progress | None = None,
) -> None:
    """Write what differs from what is stored; an event lives on where most of its members are.

    Appeals that people decided about since the engine began are left as people put them.
    """
    stored = _stored_members(None if replaces_all else clusters)
    event_for = _surviving_events(clusters.members, stored)
    changed = _changed(clusters.members, event_for, stored)
    for start in range(0, len(changed), CLUSTERS_PER_BATCH):
        batch = changed[start : start + CLUSTERS_PER_BATCH]
        _store_batch(batch, event_for, background, now, known)
        if progress:
            progress("store", min(start + CLUSTERS_PER_BATCH, len(changed)), len(changed))
    _release(sorted(clusters.alone & stored.keys()), now, known)
    _drop_empty_events(None if replaces_all else set(stored.values()))


def _stored_members(clusters: Clusters | None) -> dict[int, int]:
    """The stored event by appeal: of all, or of all in the events that these appeals are in."""
    members = EventMember.objects.all()
    if clusters is not None:
        ids = [*clusters.alone, *(number for group in clusters.members for number in group)]
        events = members.filter(appeal_id__in=ids).values_list("event_id", flat=True)
        members = members.filter(event_id__in=set(events))
    return dict(members.values_list("appeal_id", "event_id"))


def _surviving_events(
    groups: Iterable[tuple[int, ...]], stored: Mapping[int, int]
) -> dict[tuple[int, ...], int]:
    """Which stored event each group continues: the largest overlap first, each event once."""
    overlaps = [
        (-count, event, group)
        for group in groups
        for event, count in Counter(stored[i] for i in group if i in stored).items()
    ]
    continued: dict[tuple[int, ...], int] = {}
    taken: set[int] = set()
    for _, event, group in sorted(overlaps):
        if event not in taken and group not in continued:
            continued[group] = event
            taken.add(event)
    return continued


def _changed(
    groups: Sequence[tuple[int, ...]],
    event_for: Mapping[tuple[int, ...], int],
    stored: Mapping[int, int],
) -> list[tuple[int, ...]]:
    held = Counter(stored.values())
    events = Event.objects.filter(pk__in=held) if len(held) < IDS_PER_STATEMENT else Event.objects
    counts = dict(events.values_list("id", "appeal_count"))
    return [
        group
        for group in groups
        if (event := event_for.get(group)) is None
        or not len(group) == held[event] == counts[event]
        or any(stored.get(appeal_id) != event for appeal_id in group)
    ]


@transaction.atomic
def _store_batch(
    groups: Sequence[tuple[int, ...]],
    event_for: Mapping[tuple[int, ...], int],
    background: Background,
    now: datetime,
    known: DecisionsKnown,
) -> None:
    decided = known.appeals_decided_since()
    groups = [group for group in groups if decided.isdisjoint(group)]
    facts = read_member_facts([appeal_id for group in groups for appeal_id in group])
    old: list[Event] = []
    new: list[Event] = []
    members: list[tuple[Event, tuple[int, ...]]] = []
    for group in groups:
        group_facts = [facts[appeal_id] for appeal_id in group]
        event = describe_event(group_facts, telling_words(group_facts, background))
        continued = event_for.get(group)
        if continued is None:
            new.append(event)
        else:
            event.pk = continued
            old.append(event)
        members.append((event, group))
    Event.objects.bulk_update(old, DESCRIBED_FIELDS)
    Event.objects.bulk_create(new)
    EventMember.objects.bulk_create(
        [EventMember(appeal_id=i, event_id=event.pk) for event, group in members for i in group],
        update_conflicts=True,
        unique_fields=["appeal"],
        update_fields=["event"],
    )
    record_event(
        action="events_stored",
        object_type="event",
        object_id=f"{len(groups)}",
        actor=None,
        now=now,
        details={"new": [event.pk for event in new], "changed": [event.pk for event in old]},
    )


@transaction.atomic
def _release(appeal_ids: Sequence[int], now: datetime, known: DecisionsKnown) -> None:
    """Take appeals that now stand alone out of their events."""
    decided = known.appeals_decided_since()
    appeal_ids = [appeal_id for appeal_id in appeal_ids if appeal_id not in decided]
    if not appeal_ids:
        return
    for start in range(0, len(appeal_ids), APPEALS_PER_BATCH):
        batch = appeal_ids[start : start + APPEALS_PER_BATCH]
        EventMember.objects.filter(appeal_id__in=batch).delete()
    record_event(
        action="appeals_released",
        object_type="event",
        object_id=f"{len(appeal_ids)}",
        actor=None,
        now=now,
        details={"appeals": list(appeal_ids)},
    )


@transaction.atomic
def _drop_empty_events(ids: Collection[int] | None) -> None:
    empty = Event.objects.filter(members=None)
    (empty if ids is None else empty.filter(pk__in=ids)).delete()


def store_pairs(
    pairs: Iterable[SimilarPair], ids: Sequence[int], *, progress: Progress | None = None
) -> None:
    """Replace all similar appeals.

    Args:
        pairs: ascending by their first appeal.
        ids: of all appeals, ascending.
        progress: told how many appeals are done.
    """
    coming = iter(pairs)
    pair = next(coming, None)
    for start in range(0, len(ids), APPEALS_PER_BATCH):
        first, last = ids[start], ids[min(start + APPEALS_PER_BATCH, len(ids)) - 1]
        batch: list[SimilarPair] = []
        while pair is not None and pair.first <= last:
            batch.append(pair)
            pair = next(coming, None)
        _replace_pairs(first, last, batch)
        if progress:
            progress("similar", min(start + APPEALS_PER_BATCH, len(ids)), len(ids))


@transaction.atomic
def _replace_pairs(first: int, last: int, pairs: Sequence[SimilarPair]) -> None:
    """Replace the pairs whose earlier appeal is one of these."""
    known = SimilarAppeal.objects.order_by()
    known.filter(appeal_id__gte=first, appeal_id__lte=last, other_id__gt=F("appeal_id")).delete()
    known.filter(other_id__gte=first, other_id__lte=last, appeal_id__gt=F("other_id")).delete()
    write_pairs(pairs)


def refresh_same_event(ids: Collection[int]) -> None:
    """Say of the pairs of these appeals anew whether both are of one event."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), APPEALS_PER_BATCH):
        batch = ordered[start : start + APPEALS_PER_BATCH]
        pairs = SimilarAppeal.objects.filter(Q(appeal_id__in=batch) | Q(other_id__in=batch))
        pairs = pairs.order_by()
        same = Q(appeal__event_member__event=F("other__event_member__event"))
        of_one = set(pairs.filter(same).values_list("pk", flat=True))
        for pk, is_same in pairs.values_list("pk", "is_same_event"):
            if is_same != (pk in of_one):
                SimilarAppeal.objects.filter(pk=pk).update(is_same_event=not is_same)
