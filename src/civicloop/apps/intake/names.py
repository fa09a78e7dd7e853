"""Find what the words of a file mean: kinds, channels, areas and topics of this city."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from civicloop.apps.intake.area_names import NOWHERE, AreaNames, FoundArea
from civicloop.apps.intake.channel_preset import (
    OTHER_CHANNEL,
    kinds_by_name,
    plain_name,
    preset_channels,
)
from civicloop.apps.intake.models import Channel, Kind
from civicloop.apps.intake.topic_names import FoundTopic, TopicNames

SHOWN_VALUES = 20
REMEMBERED_VALUES = 1_000

Found = TypeVar("Found")
Json = dict[str, dict[str, int | dict[str, int]]]


class Warnings:
    """Words of the file that mean nothing here, counted."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._values: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, code: str, value: str = "", rows: int = 1) -> None:
        """Count so many rows; of none nothing is told."""
        if not rows:
            return
        self._counts[code] += rows
        values = self._values[code]
        if value and (value in values or len(values) < REMEMBERED_VALUES):
            values[value[:100]] += rows

    def as_json(self) -> Json:
        """Per code: how many rows, and the words met most often."""
        return {
            code: {"count": count, "values": dict(self._values[code].most_common(SHOWN_VALUES))}
            for code, count in sorted(self._counts.items())
        }


class NameBook:
    """This city's names as they stood when an import began; each word is looked up once.

    A word that means nothing here is a warning, counted for each of the rows that have it.
    """

    def __init__(self, *, day: date) -> None:
        self.warnings = Warnings()
        self._channels = _channels_by_name()
        self._kinds = kinds_by_name()
        self._areas = AreaNames()
        self._topics = TopicNames(day)
        self._known_channels: dict[str, int | None] = {"": self._channels[OTHER_CHANNEL]}
        self._known_kinds: dict[str, str | None] = {"": Kind.OTHER.value}
        self._known_areas: dict[str, FoundArea] = {"": NOWHERE}
        self._known_topics: dict[tuple[str, ...], FoundTopic] = {}

    def channel_id(self, name: str, rows: int = 1) -> int:
        """The channel of that name; `other`, and a warning, when it is unknown."""
        found = _remembered(
            self._known_channels, name, lambda: self._channels.get(plain_name(name))
        )
        if found is None:
            self.warnings.add("unknown_channel", name, rows)
            return self._channels[OTHER_CHANNEL]
        return found

    def kind(self, name: str, rows: int = 1) -> str:
        """The kind that the word means; `other`, and a warning, when it is unknown."""
        found = _remembered(self._known_kinds, name, lambda: self._kinds.get(plain_name(name)))
        if found is None:
            self.warnings.add("unknown_kind", name, rows)
            return Kind.OTHER.value
        return found

    def area(self, name: str, rows: int = 1) -> FoundArea:
        """The smallest area that the name tells for certain."""
        found = _remembered(self._known_areas, name, lambda: self._areas.find(name))
        if found.warning:
            self.warnings.add(found.warning, name, rows)
        return found

    def topic(self, names: tuple[str, ...], rows: int = 1) -> FoundTopic:
        """The lowest topic that a path, a code or the names of the levels tell for certain."""
        found = _remembered(self._known_topics, names, lambda: self._topics.find(names))
        if found.warning:
            self.warnings.add(found.warning, "/".join(filter(None, names)), rows)
        return found


Word = TypeVar("Word")


def _remembered(known: dict[Word, Found], word: Word, find: Callable[[], Found]) -> Found:
    try:
        return known[word]
    except KeyError:
        return known.setdefault(word, find())


def _channels_by_name() -> dict[str, int]:
    """Channels by code, names and the preset's synonyms, in plain form."""
    by_name: dict[str, int] = {}
    by_code = {channel.code: channel for channel in Channel.objects.all()}
    for preset in preset_channels():
        if preset.code in by_code:
            channel_id = by_code[preset.code].id
            by_name |= {plain_name(word): channel_id for word in preset.words}
    for channel in by_code.values():  # the city's own names come before the preset's
        own: Sequence[str] = (channel.code, channel.name, channel.name_en)
        by_name |= {plain_name(word): channel.id for word in own}
    return by_name
