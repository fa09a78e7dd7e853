"""Questions about classes of events."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from civicloop.apps.accounts.visibility import unit_now
from civicloop.apps.issues.class_facts import add_up, read_event_facts
from civicloop.apps.issues.models import (
    ClassDecision,
    ClassNeighbour,
    Event,
    EventClass,
    EventClassMember,
)
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.apps.places.models import AreaLevel

EDGE_SHOWN = 5
SIZES = ("event_count", "appeal_count", "people_count", "place_count", "first_at", "last_at")
MONTHS = tuple(range(1, 13))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEvents:
    """The events of a class in one county, or where the county is not known."""

    name: str
    members: list[EventClassMember]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDetails:
    """A class as it is dissected."""

    event_class: EventClass
    by_place: list[PlaceEvents]  # most events first
    counter_examples: list[ClassNeighbour]  # events beside the class, most alike first
    on_edge: list[ClassNeighbour]  # its members that another class is nearly as near to
    months: list[tuple[int, int, float]]  # month, events begun, expected of the city's course
    decisions: list[ClassDecision]  # newest first


def classes_found(*, search: str = "") -> QuerySet[EventClass]:
    """The classes with events, those that most people suffer from first."""
    classes = classes_shown().exclude(event_count=0).select_related("topic")
    search = search.replace("\0", "")  # PostgreSQL takes none
    if search:
        classes = classes.filter(
            Q(name__contains=search) | Q(title__contains=search) | Q(topic__path__contains=search)
        )
    return classes.order_by("-people_count", "id")


def class_details(class_id: int) -> ClassDetails:
    """A class with its events; raises EventClass.DoesNotExist."""
    kept = classes_shown().select_related("topic").get(pk=class_id)
    [event_class] = sized_for_reader([kept])
    members = list(
        without_hidden_events(event_class.members.all(), "event")
        .select_related("event__area__parent__parent", "event__topic")
        .order_by("-event__people_count", "event_id")
    )
    beside = without_hidden_events(ClassNeighbour.objects.all(), "event").select_related(
        "event__area", "event__class_member__event_class", "event_class"
    )
    own = [member.event_id for member in members]
    on_edge = beside.filter(event__in=own, event_class__in=classes_shown())
    return ClassDetails(
        event_class=event_class,
        by_place=_by_place(members),
        counter_examples=[
            found
            for found in beside.filter(event_class=event_class).exclude(event__in=own)
            if found.shared
        ],
        on_edge=list(on_edge.exclude(event_class=event_class)[:EDGE_SHOWN]),
        months=_months(members),
        decisions=list(
            without_hidden_events(event_class.decisions.all(), "event")
            .select_related("actor", "event", "event_class")
            .order_by("-id")
        ),
    )


def classes_shown() -> QuerySet[EventClass]:
    """All but those of which the reader may see no event."""
    classes = EventClass.objects.all()
    if unit_now() is None:
        return classes
    members = EventClassMember.objects.filter(event_class=OuterRef("pk"))
    shown = without_hidden_events(members, "event")
    return classes.exclude(Exists(members), ~Exists(shown))


def sized_for_reader(classes: Iterable[EventClass]) -> list[EventClass]:
    """The classes, each as large as the events that the reader of this moment may see.

    What is kept with a class counts all its events; beside a list of fewer it would tell of a report.
    """
    found = list(classes)
    if unit_now() is None:
        return found
    members = EventClassMember.objects.filter(event_class__in=[one.pk for one in found])
    shown: defaultdict[int, list[int]] = defaultdict(list)
    for class_id, event_id in without_hidden_events(members, "event").values_list(
        "event_class", "event"
    ):
        shown[class_id].append(event_id)
    for one in found:
        if len(shown[one.pk]) != one.event_count:
            facts = add_up(list(read_event_facts(shown[one.pk]).values()))
            for name in SIZES:
                setattr(one, name, getattr(facts, name))
    return found


def class_of(event: Event) -> EventClass | None:
    """The class of an event, if it has one."""
    return EventClass.objects.filter(members__event=event).first()


def _by_place(members: list[EventClassMember]) -> list[PlaceEvents]:
    grouped: defaultdict[str, list[EventClassMember]] = defaultdict(list)
    for member in members:
        grouped[_county_of(member.event)].append(member)
    ranked = sorted(grouped.items(), key=lambda item: (item[0] == "", -len(item[1]), item[0]))
    return [PlaceEvents(name=name, members=found) for name, found in ranked]


def _county_of(event: Event) -> str:
    """The county or district of an event, "" when its appeals tell none."""
    area = event.area
    while area is not None:
        if area.level == AreaLevel.COUNTY:
            return area.name
        area = area.parent
    return ""


def _months(members: list[EventClassMember]) -> list[tuple[int, int, float]]:
    began = Counter(timezone.localtime(member.event.first_at).month for member in members)
    moments = Event.objects.values_list("first_at", flat=True)
    city = Counter(timezone.localtime(moment).month for moment in moments.iterator())
    return [
        (month, began[month], len(members) * city[month] / max(city.total(), 1)) for month in MONTHS
    ]
