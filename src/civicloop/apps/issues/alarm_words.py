"""What an alarm is about: names of its topic, place and event, and the marks of a single source."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.issues.alarm_facts import AlarmHistory
from civicloop.apps.issues.models import AlarmKind, Event
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.engines.hotness.alarm_values import NOTHING, SeriesKey
from civicloop.engines.hotness.sources import Voice, source_tags

TITLE_LENGTH = 200
MOST_READ = 300  # appeals of one alarm that are read for marks of a single source


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSubject:
    """What a series counts, as it is stored with the alarm."""

    key: str
    kind: str
    title: str
    place: str
    topic_id: int | None = None
    area_id: int | None = None
    event_id: int | None = None


class AlarmNames:
    """The names that the alarms of one run need."""

    def __init__(self, history: AlarmHistory) -> None:
        self._history = history
        self._topics = dict(Topic.objects.values_list("id", "path"))
        self._areas = _area_names()
        self._events = {
            key: (title, place)
            for key, title, place in Event.objects.values_list("id", "title", "place")
        }

    def subject_of(self, series: SeriesKey) -> AlarmSubject | None:
        """The subject of a series; None when its event is gone or never was one."""
        if series.event == NOTHING:
            return self._topic_at(series)
        event_id = self._history.events[series.event]
        if event_id is None or event_id not in self._events:
            return None
        title, place = self._events[event_id]
        return AlarmSubject(
            key=f"event:{event_id}",
            kind=AlarmKind.EVENT,
            title=title,
            place=place,
            event_id=event_id,
        )

    def _topic_at(self, series: SeriesKey) -> AlarmSubject:
        topic_id = self._history.frame.topics[series.topic]
        area_id = self._history.frame.places[series.place]
        return AlarmSubject(
            key=f"topic:{topic_id}:area:{area_id or ''}",
            kind=AlarmKind.TOPIC,
            title=self._topics[topic_id][:TITLE_LENGTH],
            place=self._areas.get(area_id, "") if area_id else "",
            topic_id=topic_id,
            area_id=area_id,
        )

    def writer_of(self, appeal_ids: Iterable[int]) -> AlarmSubject:
        """The subject of a citizen's many appeals: their commonest topic, never who."""
        ids = list(appeal_ids)
        rows = list(Appeal.objects.filter(id__in=ids).values_list("topic_id", "area_id"))
        topic_id = _commonest(topic for topic, _area in rows)
        area_id = _commonest(area for _topic, area in rows)
        return AlarmSubject(
            key=f"source:{min(ids)}",
            kind=AlarmKind.SOURCE,
            title=self._topics.get(topic_id, "")[:TITLE_LENGTH] if topic_id else "",
            place=self._areas.get(area_id, "") if area_id else "",
            topic_id=topic_id,
            area_id=area_id,
        )


def _area_names() -> dict[int, str]:
    """Each area's name, with the county before it where it lies in one."""
    rows = {area.pk: area for area in Area.objects.all()}
    inside = {AreaLevel.TOWNSHIP, AreaLevel.VILLAGE}
    return {
        key: f"{rows[area.parent_id].name}{area.name}"
        if area.level in inside and area.parent_id in rows
        else area.name
        for key, area in rows.items()
    }


def _commonest(keys: Iterable[int | None]) -> int | None:
    counts = Counter(key for key in keys if key is not None)
    return min(counts, key=lambda key: (-counts[key], key)) if counts else None


def read_voices(appeal_ids: Iterable[int]) -> Mapping[int, Voice]:
    """What these appeals tell about their source, by id."""
    rows = Appeal.objects.filter(id__in=list(appeal_ids)).values_list(
        "id", "caller_key", "subject", "text", "address"
    )
    return {
        key: Voice(caller=caller, text=f"{subject}\n{text}", address=address)
        for key, caller, subject, text, address in rows
    }


def tags_of(appeal_ids: list[int], voices: Mapping[int, Voice]) -> list[str]:
    """The marks of a single source that these appeals bear."""
    return list(source_tags([voices[key] for key in appeal_ids[:MOST_READ] if key in voices]))
