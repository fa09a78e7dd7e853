"""Tables of classes: the list of issues, and one class dissected."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.issues.class_queries import ClassDetails, classes_found, sized_for_reader
from civicloop.apps.issues.event_wording import RESPONDENT_NAMES, word_season
from civicloop.apps.issues.models import ClassNeighbour, Event
from civicloop.apps.issues.tables import Cell, Table

MEMBER, ON_EDGE, BESIDE = (
    gettext_lazy("of the class"),
    gettext_lazy("of the class, on its edge"),
    gettext_lazy("looks alike, another cause"),
)


def class_table() -> Table:
    """Header, then each class: what is common to it, and how large it is."""
    yield [
        _("Class number"), _("Class"), _("Telling words"), _("Whom it is about"), _("Topic"),
        _("Season"), _("Events"), _("Places"), _("Appeals"), _("People"), _("First appeal"),
        _("Last appeal"),
    ]  # fmt: skip
    for found in sized_for_reader(classes_found()):
        yield [
            found.pk,
            str(found),
            "、".join(found.terms),
            str(RESPONDENT_NAMES.get(found.respondent, "")),
            found.topic.path if found.topic else "",
            word_season(found.season),
            found.event_count,
            found.place_count,
            found.appeal_count,
            found.people_count,
            timezone.localtime(found.first_at).strftime("%Y-%m-%d") if found.first_at else "",
            timezone.localtime(found.last_at).strftime("%Y-%m-%d") if found.last_at else "",
        ]


def dissection_table(details: ClassDetails) -> Table:
    """Header, then each event of the class, then the counter-examples with what parts them."""
    yield [
        _("Standing"), _("Event number"), _("Event"), _("County or district"), _("Place"),
        _("Topic"), _("Appeals"), _("People"), _("First appeal"), _("Last appeal"),
        _("Likeness to the class"), _("Words in common"), _("Words of the class that it lacks"),
        _("Words of its own matter"),
    ]  # fmt: skip
    on_edge = {found.event_id for found in details.on_edge}
    for place in details.by_place:
        for member in place.members:
            standing = ON_EDGE if member.event_id in on_edge else MEMBER
            closeness = round(member.closeness, 3)
            yield [str(standing), *_event_cells(member.event, place.name), closeness, "", "", ""]
    for found in details.counter_examples:
        yield [str(BESIDE), *_event_cells(found.event, ""), *_parting_cells(found)]


def _event_cells(event: Event, county: str) -> list[Cell]:
    return [
        event.pk,
        event.title,
        county,
        event.place,
        event.topic.path if event.topic else "",
        event.appeal_count,
        event.people_count,
        timezone.localtime(event.first_at).strftime("%Y-%m-%d"),
        timezone.localtime(event.last_at).strftime("%Y-%m-%d"),
    ]


def _parting_cells(found: ClassNeighbour) -> list[Cell]:
    return [
        round(found.closeness, 3),
        "、".join(found.shared),
        "、".join(found.lacking),
        "、".join(found.own),
    ]
