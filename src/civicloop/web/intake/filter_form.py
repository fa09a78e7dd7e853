"""The filters of the appeals list: from the address, into the app's filters, into words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django import forms
from django.core.cache import caches
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from civicloop.apps.intake.models import Kind
from civicloop.apps.intake.queries import AppealFilters, topic_choices
from civicloop.apps.intake.queries import channels as all_channels
from civicloop.apps.places.models import AreaLevel
from civicloop.apps.places.queries import area_choices
from civicloop.web.templatetags.wording import day

PAGING = ("after", "before")
REMEMBERED_SECONDS = 60
BIGGEST_NUMBER = 2**62
DATE_BOX = forms.DateInput(attrs={"type": "date"})


class AppealFilterForm(forms.Form):
    """What the address says; an unknown number narrows to nothing, a broken one is an error."""

    q = forms.CharField(required=False, max_length=200)
    topic = forms.IntegerField(
        required=False, max_value=BIGGEST_NUMBER, label=gettext_lazy("Topic")
    )
    area = forms.IntegerField(required=False, max_value=BIGGEST_NUMBER, label=gettext_lazy("Area"))
    kind = forms.ChoiceField(
        choices=[("", ""), *Kind.choices], required=False, label=gettext_lazy("Kind")
    )
    channel = forms.IntegerField(
        required=False, max_value=BIGGEST_NUMBER, label=gettext_lazy("Channel")
    )
    first_day = forms.DateField(required=False, label=gettext_lazy("From"), widget=DATE_BOX)
    last_day = forms.DateField(required=False, label=gettext_lazy("To"), widget=DATE_BOX)
    waiting = forms.BooleanField(required=False, label=gettext_lazy("Waiting for a reply"))
    no_topic = forms.BooleanField(required=False, label=gettext_lazy("Waiting for a topic"))
    run = forms.IntegerField(required=False, max_value=BIGGEST_NUMBER, label=gettext_lazy("Import"))

    @property
    def filters(self) -> AppealFilters:
        """The valid parts of the address."""
        self.is_valid()
        known = self.cleaned_data
        return AppealFilters(
            search=known.get("q", ""),
            topic_id=known.get("topic"),
            area_id=known.get("area"),
            kind=known.get("kind", ""),
            channel_id=known.get("channel"),
            first_day=known.get("first_day"),
            last_day=known.get("last_day"),
            waiting=known.get("waiting", False),
            no_topic=known.get("no_topic", False),
            run_id=known.get("run"),
        )


class Option(NamedTuple):
    """One line of a box; the depth is that in its tree."""

    id: int
    name: str
    depth: int
    path: str  # the name by which it is known elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the boxes of the form offer."""

    topics: Sequence[Option]
    areas: Sequence[Option]
    channels: Sequence[Option]
    kinds: Sequence[tuple[str, str | Promise]]


def read_choices() -> Choices:
    """Topics from the root down, counties with their townships, every channel and kind.

    They change a few times a year and are asked for by every list: a minute's memory spares four
    statements and the reading of some hundred rows.
    """
    key = f"appeal-filter-choices-{get_language()}"
    options = caches["near"].get(key)
    if options is None:
        options = _read_options()
        caches["near"].set(key, options, REMEMBERED_SECONDS)
    topics, areas, channels = options
    return Choices(topics=topics, areas=areas, channels=channels, kinds=Kind.choices)


def _read_options() -> tuple[list[Option], list[Option], list[Option]]:
    return (
        [Option(topic.pk, topic.name, topic.level - 1, topic.path) for topic in topic_choices()],
        [
            Option(area.pk, area.name, int(area.level == AreaLevel.TOWNSHIP), area.name)
            for area in area_choices()
        ],
        [
            Option(channel.pk, channel.shown_name, 0, channel.shown_name)
            for channel in all_channels()
        ],
    )


def tidy(asked: QueryDict) -> QueryDict:
    """The address without empty parts, so that equal lists have equal addresses."""
    kept = QueryDict(mutable=True)
    for key, value in asked.items():
        if key in (*AppealFilterForm.base_fields, *PAGING) and value:
            kept[key] = str(value)
    return kept


class Chosen(NamedTuple):
    """One filter in force, and the address of the list without it."""

    label: str
    address: str


def chosen_filters(query: QueryDict, filters: AppealFilters, choices: Choices) -> list[Chosen]:
    """The filters in force in words."""
    return [Chosen(label, _address_without(query, key)) for key, label in _labels(filters, choices)]


def _address_without(query: QueryDict, key: str) -> str:
    rest = query.copy()
    for name in (key, *PAGING):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


def _labels(filters: AppealFilters, choices: Choices) -> Iterator[tuple[str, str]]:
    if filters.search:
        yield "q", _("“%(words)s”") % {"words": filters.search}
    yield from _place_and_topic_labels(filters, choices)
    if filters.kind:
        yield "kind", str(Kind(filters.kind).label)
    if filters.first_day:
        yield "first_day", _("from %(day)s") % {"day": day(filters.first_day)}
    if filters.last_day:
        yield "last_day", _("to %(day)s") % {"day": day(filters.last_day)}
    if filters.waiting:
        yield "waiting", _("Waiting for a reply")
    if filters.no_topic:
        yield "no_topic", _("Waiting for a topic")
    if filters.run_id is not None:
        yield "run", _("Import no. %(number)s") % {"number": filters.run_id}


def _place_and_topic_labels(filters: AppealFilters, choices: Choices) -> Iterator[tuple[str, str]]:
    asked = (
        ("topic", filters.topic_id, choices.topics),
        ("area", filters.area_id, choices.areas),
        ("channel", filters.channel_id, choices.channels),
    )
    for key, chosen_id, options in asked:
        if chosen_id is not None:
            paths = {option.id: option.path for option in options}
            yield key, paths.get(chosen_id, _("unknown"))
