"""Join events of one cause into classes, and keep the result."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.class_facts import (
    EventFacts,
    add_up,
    months_of,
    read_event_facts,
    read_event_texts,
)
from civicloop.apps.issues.models import (
    ClassDecision,
    ClassDecisionKind,
    ClassNeighbour,
    EventClass,
    EventClassMember,
    MembershipBasis,
)
from civicloop.engines.text.classes import Kinship, find_classes
from civicloop.engines.text.classes.patterns import Patterns, season_of

NEIGHBOURS_KEPT = 5  # of each class: events beside it, and members on its edge
EDGE = 0.75  # a member this much as near to another class as to its own stands on the edge
LEAST_BESIDE = 0.03  # likeness under which an event does not look like a class
TITLE_TERMS = 4
ROWS_AT_ONCE = 1_000
DESCRIBED_FIELDS = (
    "title", "terms", "topic", "topic_share", "respondent", "respondent_share", "season",
    "event_count", "appeal_count", "people_count", "place_count", "first_at", "last_at",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Found:
    """One class on its way into the database: as the engine has it, then as people want it."""

    number: int | None  # the engine's; None when only people's word makes the class
    stored: EventClass
    closeness: dict[int, float] = field(default_factory=dict)  # by event
    added: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What people said about which event is of which class; their latest word counts."""

    of: dict[int, int]  # class by event
    never: frozenset[tuple[int, int]]  # event, class


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesFound:
    """What came of a run."""

    class_count: int
    event_count: int  # events in classes
    looked_at: int


def find_event_classes(*, now: datetime) -> ClassesFound:
    """Look at every event and bring the stored classes into line with what the engine finds.

    A class keeps its number and name while it keeps most of its events; what people added to it
    or took out of it stays so.
    """
    texts = read_event_texts()
    kinships = find_classes(texts)
    patterns = Patterns(texts, kinships)
    return _store(kinships, patterns, now)


@transaction.atomic
def _store(kinships: Sequence[Kinship], patterns: Patterns, now: datetime) -> ClassesFound:
    known = EventClass.objects.select_for_update().order_by("pk").in_bulk()  # holds decisions off
    facts = read_event_facts()
    kinships = [kin for kin in kinships if kin.event in facts]  # others were merged meanwhile
    words = _words_of_people()
    classes = _as_people_want(_continued(kinships, known), words)
    city = months_of(facts.values())
    for found in classes:
        _describe(found, patterns, facts, city)
    EventClass.objects.bulk_update(
        [found.stored for found in classes if found.stored.pk],
        DESCRIBED_FIELDS,
        batch_size=ROWS_AT_ONCE // 4,
    )
    EventClass.objects.bulk_create(
        [found.stored for found in classes if not found.stored.pk], batch_size=ROWS_AT_ONCE
    )
    _replace_members(classes)
    _replace_neighbours(classes, kinships, patterns)
    _drop_empty_classes()
    return _record(classes, looked_at=len(kinships), now=now)


def _continued(kinships: Sequence[Kinship], known: dict[int, EventClass]) -> list[_Found]:
    """Give each class the stored one that it shares most events with, each once, or a new one."""
    groups: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for kin in kinships:
        if kin.cause is not None:
            groups[kin.cause][kin.event] = kin.closeness
    stored = dict(EventClassMember.objects.values_list("event_id", "event_class_id"))
    overlaps = [
        (-count, class_id, number)
        for number, group in groups.items()
        for class_id, count in Counter(stored[e] for e in group if e in stored).items()
    ]
    continued: dict[int, EventClass] = {}
    for _count, class_id, number in sorted(overlaps):
        if class_id in known and number not in continued:
            continued[number] = known.pop(class_id)
    found = [
        _Found(number=number, stored=continued.get(number, EventClass()), closeness=group)
        for number, group in sorted(groups.items())
    ]
    return found + [_Found(number=None, stored=left) for left in known.values()]


def _words_of_people() -> _Words:
    of: dict[int, int] = {}
    never: set[tuple[int, int]] = set()
    decisions = ClassDecision.objects.filter(undone_at=None).exclude(event=None).order_by("id")
    for kind, event_id, class_id in decisions.values_list("kind", "event_id", "event_class_id"):
        if kind == ClassDecisionKind.ADD:
            of[event_id] = class_id
            never.discard((event_id, class_id))
        else:
            never.add((event_id, class_id))
            if of.get(event_id) == class_id:
                del of[event_id]
    return _Words(of=of, never=frozenset(never))


def _as_people_want(classes: list[_Found], words: _Words) -> list[_Found]:
    for found in classes:
        for event in list(found.closeness):
            home = words.of.get(event, found.stored.pk)
            if home != found.stored.pk or (event, found.stored.pk) in words.never:
                del found.closeness[event]
    by_id = {found.stored.pk: found for found in classes if found.stored.pk}
    for event, class_id in words.of.items():
        by_id[class_id].closeness.setdefault(event, 0.0)
        by_id[class_id].added.add(event)
    return [found for found in classes if found.closeness or found.stored.pk]


def _describe(
    found: _Found, patterns: Patterns, facts: Mapping[int, EventFacts], city: Mapping[int, int]
) -> None:
    stored = found.stored
    events = [facts[event] for event in found.closeness if event in facts]
    counted = add_up(events)
    stored.event_count, stored.appeal_count = counted.event_count, counted.appeal_count
    stored.people_count, stored.place_count = counted.people_count, counted.place_count
    stored.first_at, stored.last_at = counted.first_at, counted.last_at
    stored.topic_id, stored.topic_share = counted.topic_id, counted.topic_share
    season = season_of(months_of(events), city)
    stored.season = {"months": list(season.months), "ratio": season.ratio} if season else None
    if found.number is None:
        return
    pattern = patterns.of(found.number)
    stored.terms = list(pattern.terms)
    stored.title = "、".join(pattern.terms[:TITLE_TERMS]) or _topic_name(stored.topic_id)
    stored.respondent = pattern.respondent
    stored.respondent_share = pattern.respondent_share


def _topic_name(topic_id: int | None) -> str:
    """What a class without telling words is called."""
    topic = Topic.objects.filter(pk=topic_id or 0).first()
    return topic.name if topic else "–"


def _replace_members(classes: Iterable[_Found]) -> None:
    EventClassMember.objects.all().delete()
    EventClassMember.objects.bulk_create(
        [
            EventClassMember(
                event_id=event,
                event_class=found.stored,
                basis=MembershipBasis.PERSON if event in found.added else MembershipBasis.ENGINE,
                closeness=closeness,
            )
            for found in classes
            for event, closeness in sorted(found.closeness.items())
        ],
        batch_size=ROWS_AT_ONCE,
    )


def _replace_neighbours(
    classes: Sequence[_Found], kinships: Sequence[Kinship], patterns: Patterns
) -> None:
    """Keep what looks like each class from outside, and the members that stand on its edge."""
    ClassNeighbour.objects.all().delete()
    by_number = {found.number: found for found in classes if found.number is not None}
    beside: Counter[int] = Counter()
    on_edge: Counter[int] = Counter()
    rows: list[ClassNeighbour] = []
    for kin in sorted(kinships, key=lambda kin: (-kin.next_closeness, kin.event)):
        found = by_number.get(kin.next_cause or 0)
        if found is None or kin.next_cause is None or kin.next_closeness < LEAST_BESIDE:
            continue
        if kin.event in found.closeness:  # a person put it there
            continue
        parting = patterns.parting(kin.event, kin.next_cause)
        is_on_edge = kin.cause is not None and kin.next_closeness > EDGE * kin.closeness
        is_wanted = bool(parting.shared) and beside[kin.next_cause] < NEIGHBOURS_KEPT
        is_wanted |= is_on_edge and on_edge[kin.cause or 0] < NEIGHBOURS_KEPT
        if not is_wanted:
            continue
        beside[kin.next_cause] += 1
        on_edge[kin.cause or 0] += is_on_edge
        rows.append(
            ClassNeighbour(
                event_id=kin.event,
                event_class=found.stored,
                closeness=kin.next_closeness,
                shared=list(parting.shared),
                lacking=list(parting.lacking),
                own=list(parting.own),
            )
        )
    ClassNeighbour.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def _drop_empty_classes() -> None:
    """A class without events stays only while a person's word on it stands."""
    decided = ClassDecision.objects.filter(event_class=OuterRef("pk"), undone_at=None)
    EventClass.objects.filter(~Exists(decided), members=None).delete()


def _record(classes: Sequence[_Found], *, looked_at: int, now: datetime) -> ClassesFound:
    result = ClassesFound(
        class_count=sum(bool(found.closeness) for found in classes),
        event_count=sum(len(found.closeness) for found in classes),
        looked_at=looked_at,
    )
    record_event(
        action="classes_found",
        object_type="event_class",
        object_id="all",
        actor=None,
        now=now,
        details={
            "classes": result.class_count,
            "events": result.event_count,
            "looked_at": result.looked_at,
        },
    )
    return result
