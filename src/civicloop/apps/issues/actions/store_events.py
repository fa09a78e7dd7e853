"""Bring the stored events into line with clusters of appeals, in small transactions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction

from civicloop.apps.audit.actions import record_event
from civicloop.apps.issues.event_facts import describe_event, read_member_facts, telling_words
from civicloop.apps.issues.messages import DecisionsKnown
from civicloop.apps.issues.models import Event, EventMember, SimilarAppeal
from civicloop.engines.text.events import EventIndex, SimilarPair

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
    index: EventIndex,
    *,
    replaces_all: bool,
    now: datetime,
    known: DecisionsKnown,
    progress: Progress | None = None,
) -> None:
    """Write what differs from what is stored; an event lives on where most of its members are.

    Appeals that people decided about since the engine began are left as people put them.
    """
    stored = dict(EventMember.objects.values_list("appeal_id", "event_id"))
    event_for = _surviving_events(clusters.members, stored)
    changed = _changed(clusters.members, event_for, stored)
    for start in range(0, len(changed), CLUSTERS_PER_BATCH):
        _store_batch(changed[start : start + CLUSTERS_PER_BATCH], event_for, index, now, known)
        if progress:
            progress("store", min(start + CLUSTERS_PER_BATCH, len(changed)), len(changed))
    _release(sorted(clusters.alone & stored.keys()), now, known)
    if replaces_all:
        _drop_empty_events()


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
    counts = dict(Event.objects.values_list("id", "appeal_count"))
    held = Counter(stored.values())
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
    index: EventIndex,
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
        event = describe_event(group_facts, telling_words(group_facts, index))
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
def _drop_empty_events() -> None:
    Event.objects.filter(members=None).delete()


def store_pairs(
    pairs: Iterable[SimilarPair],
    *,
    appeal_ids: Sequence[int],
    progress: Progress | None = None,
) -> None:
    """Replace the similar appeals of these appeals; a pair is kept under both."""
    by_appeal: defaultdict[int, dict[int, SimilarPair]] = defaultdict(dict)
    for pair in pairs:
        by_appeal[pair.first][pair.second] = pair
        by_appeal[pair.second][pair.first] = pair
    ids = sorted({*appeal_ids, *by_appeal})
    for start in range(0, len(ids), APPEALS_PER_BATCH):
        _replace_pairs(ids[start : start + APPEALS_PER_BATCH], by_appeal, set(appeal_ids))
        if progress:
            progress("similar", min(start + APPEALS_PER_BATCH, len(ids)), len(ids))


@transaction.atomic
def _replace_pairs(
    ids: Sequence[int],
    by_appeal: Mapping[int, Mapping[int, SimilarPair]],
    looked_at: set[int],
) -> None:
    SimilarAppeal.objects.filter(appeal_id__in=[i for i in ids if i in looked_at]).delete()
    SimilarAppeal.objects.bulk_create(
        [
            SimilarAppeal(
                appeal_id=appeal_id,
                other_id=other_id,
                score=pair.score,
                is_same_event=pair.same_event,
                reasons=[[reason.code, reason.detail, reason.weight] for reason in pair.reasons],
            )
            for appeal_id in ids
            for other_id, pair in by_appeal.get(appeal_id, {}).items()
        ],
        ignore_conflicts=True,
    )
