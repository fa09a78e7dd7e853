"""What the page of one event tells beside its members: description, places, why together, near misses."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.actions.readings import city_gazetteer
from civicloop.apps.issues.models import Event, EventMember, MembershipBasis, SimilarAppeal
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.engines.text.descriptions import EventSummary, summarise
from civicloop.engines.text.events import Message

NEAR_MISSES_SHOWN = 6
EVENTS_AT_ONCE = 200
ROOTS = frozenset({AreaLevel.COUNTY, AreaLevel.CITY})
WIDER = ("parent", "parent__parent", "parent__parent__parent")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNode:
    """An area and how many of the event's appeals come from inside it."""

    area: Area
    depth: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """Why a member is of its event: the member most like it, or a person's word."""

    is_persons: bool
    strongest: SimilarAppeal | None


@dataclass(slots=True, kw_only=True)
class NearMiss:
    """An appeal outside the event that is much like one of its members."""

    member: Appeal
    other: Appeal
    similar: SimilarAppeal
    event: Event | None = field(default=None)  # the event it is about, if others are about it too


def summary_of(members: Iterable[Appeal], *, terms: Sequence[str]) -> EventSummary:
    """An event in its members' own words."""
    told = [_message(member) for member in members]
    return summarise(told, terms=terms, gazetteer=city_gazetteer())


def summaries_of(event_ids: Iterable[int]) -> dict[int, EventSummary]:
    """The descriptions of some events by id."""
    ids, gazetteer = sorted(set(event_ids)), city_gazetteer()
    summaries: dict[int, EventSummary] = {}
    for start in range(0, len(ids), EVENTS_AT_ONCE):
        events = Event.objects.in_bulk(ids[start : start + EVENTS_AT_ONCE])
        messages: defaultdict[int, list[Message]] = defaultdict(list)
        rows = EventMember.objects.filter(event__in=events).select_related("appeal")
        for row in rows.order_by("appeal_id"):
            messages[row.event_id].append(_message(row.appeal))
        for event_id, members in messages.items():
            terms = events[event_id].terms
            summaries[event_id] = summarise(members, terms=terms, gazetteer=gazetteer)
    return summaries


def _message(appeal: Appeal) -> Message:
    return Message(id=appeal.pk, subject=appeal.subject, text=appeal.text, author=appeal.caller_key)


def place_tree(members: Iterable[Appeal]) -> list[PlaceNode]:
    """The areas of the members inside those they lie in, most appeals first, with counts."""
    per_area = Counter(member.area_id for member in members if member.area_id)
    counts: Counter[int] = Counter()
    areas: dict[int, Area] = {}
    for area in Area.objects.filter(pk__in=per_area).select_related(*WIDER):
        number = per_area[area.pk]
        inside: Area | None = area
        while inside is not None:
            counts[inside.pk] += number
            areas[inside.pk] = inside
            inside = inside.parent if inside.level not in ROOTS else None
    children: defaultdict[int | None, list[Area]] = defaultdict(list)
    for area in areas.values():
        is_root = area.level == AreaLevel.COUNTY or area.parent_id not in areas
        children[None if is_root else area.parent_id].append(area)
    return list(_walk(children, counts, None, 0))


def _walk(
    children: Mapping[int | None, list[Area]],
    counts: Mapping[int, int],
    parent_id: int | None,
    depth: int,
) -> Iterator[PlaceNode]:
    for area in sorted(children.get(parent_id, []), key=lambda a: (-counts[a.pk], a.code)):
        yield PlaceNode(area=area, depth=depth, count=counts[area.pk])
        yield from _walk(children, counts, area.pk, depth + 1)


def bonds_of(event: Event) -> dict[int, Bond]:
    """Why each member is of the event, by appeal."""
    bases = dict(event.members.values_list("appeal_id", "basis"))
    inside = SimilarAppeal.objects.filter(appeal_id__in=bases, other_id__in=bases)
    strongest: dict[int, SimilarAppeal] = {}
    for similar in inside.select_related("other").order_by("-score", "other_id"):
        strongest.setdefault(similar.appeal_id, similar)
    return {
        appeal_id: Bond(
            is_persons=basis == MembershipBasis.PERSON, strongest=strongest.get(appeal_id)
        )
        for appeal_id, basis in bases.items()
    }


def near_misses_of(event: Event) -> list[NearMiss]:
    """The appeals outside an event that are most like its members, each once."""
    members = event.members.values("appeal_id")
    outside = (
        without_hidden(SimilarAppeal.objects.filter(appeal_id__in=members), "other")
        .exclude(other_id__in=members)
        .select_related("appeal", "other__area", "other__event_member__event")
        .order_by("-score", "other_id", "appeal_id")
    )
    found: dict[int, NearMiss] = {}
    for similar in outside:
        if len(found) == NEAR_MISSES_SHOWN:
            break
        member = getattr(similar.other, "event_member", None)
        miss = NearMiss(
            member=similar.appeal,
            other=similar.other,
            similar=similar,
            event=member.event if member else None,
        )
        found.setdefault(similar.other_id, miss)
    return list(found.values())
