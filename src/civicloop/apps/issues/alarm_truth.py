"""Measure the alarms on bursts that are known: the sample city's, or anyone's list."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.issues.actions.alarms import TooLittleHistoryError
from civicloop.apps.issues.alarm_facts import (
    HISTORY_DAYS,
    AlarmHistory,
    AppealRow,
    CityFrame,
    alarm_history,
    read_alarm_history,
)
from civicloop.apps.issues.evaluation import (
    DIGITS,
    Figures,
    UnreadableJudgementsError,
    read_csv,
)
from civicloop.apps.issues.models import Event
from civicloop.apps.places.models import Area
from civicloop.connectors.sample_city import SampleCityFiles
from civicloop.connectors.spreadsheets.rows import Row
from civicloop.engines.evaluation.alarms import (
    AlarmScore,
    KnownBurst,
    ToldAlarm,
    burst_told,
    score_alarms,
)
from civicloop.engines.hotness.alarm_values import LEAST_HISTORY_DAYS, Alarm, Watch
from civicloop.engines.hotness.alarms import PER_WEEK, watch
from civicloop.engines.hotness.plain_z import PlainWatch

AFTER_DAYS = 2  # an alarm so soon after a listed burst still tells it

Judge = Callable[[Sequence[Alarm]], AlarmScore]


def evaluate_alarms_of_city(
    rows: Sequence[Row],
    files: SampleCityFiles,
    *,
    topics: Sequence[str],
    events: Mapping[int, int],
) -> dict[str, Figures]:
    """Score the alarms on the planted bursts, with and without the events, beside the plain z-score.

    Args:
        rows: The city's appeals; those that cannot be dated are left out.
        files: The city's frame and truth.
        topics: The path of each row's topic, "" where it has none.
        events: The event of each row, by its place.
    """
    history = _history_of_city(rows, files, topics, events)
    bursts = _planted(
        files, {rows[number].values.id: n for n, number in enumerate(history.appeals)}
    )
    facts = history.facts
    alone = replace(history, facts=replace(facts, event=np.arange(len(facts.day))))
    return {
        **_beside_plain("alarms", history, bursts),
        **_beside_plain("alarms, topics only", alone, bursts),
    }


def _history_of_city(
    rows: Sequence[Row], files: SampleCityFiles, topics: Sequence[str], events: Mapping[int, int]
) -> AlarmHistory:
    numbers = _topic_numbers(files.topics)
    parents = {n: numbers.get(path.rpartition("/")[0]) for path, n in numbers.items()}
    areas, area_of = _areas(files.areas)
    appeals = [
        AppealRow(
            id=number,
            received_at=row.values.received_at,
            caller=row.values.caller,
            topic=numbers.get(topics[number]),
            area=area_of.get(row.values.area),
            event=events.get(number),
        )
        for number, row in enumerate(rows)
        if row.values.received_at is not None
    ]
    appeals.sort(key=lambda appeal: (appeal.received_at, appeal.id))
    return alarm_history(appeals, frame=CityFrame(parents, areas))


def _topic_numbers(file: Path) -> dict[str, int]:
    with file.open(encoding="utf-8", newline="") as opened:
        levels = [(row["level1"], row["level2"], row["level3"]) for row in csv.DictReader(opened)]
    paths = {"/".join(level[:depth]) for level in levels for depth in (1, 2, 3)}
    return {path: number for number, path in enumerate(sorted(paths), start=1)}


def _areas(file: Path) -> tuple[dict[int, tuple[str, str]], dict[str, int]]:
    """The areas by number, and the numbers by the names that mean one area alone."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    names = {row["code"]: row["name"] for row in rows}
    areas, found = {}, Counter[str]()
    numbers: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        areas[number] = (row["code"], row["level"])
        for name in (row["name"], names.get(row["parent_code"], "") + row["name"]):
            numbers[name] = number
            found[name] += 1
    return areas, {name: number for name, number in numbers.items() if found[name] == 1}


def _planted(files: SampleCityFiles, row_of: Mapping[str, int]) -> list[frozenset[int]]:
    """The rows of each planted burst."""
    truth = json.loads(files.truth_events.read_text(encoding="utf-8"))
    members = {cluster["event"]: cluster["message_ids"] for cluster in truth["clusters"]}
    with files.truth_bursts.open(encoding="utf-8", newline="") as opened:
        names = [row["event"] for row in csv.DictReader(opened)]
    return [frozenset(row_of[key] for key in members[name] if key in row_of) for name in names]


def _beside_plain(
    what: str, history: AlarmHistory, bursts: Sequence[frozenset[int]]
) -> dict[str, Figures]:
    days = history.facts.day
    last_day = int(days[-1]) if len(days) else 0
    if last_day < LEAST_HISTORY_DAYS:
        return {}
    found = watch(history.facts, first_day=LEAST_HISTORY_DAYS, last_day=last_day, per_week=PER_WEEK)
    watched = [burst for burst in bursts if burst and days[min(burst)] >= found.first_day]
    if not watched:
        return {}

    def judge(alarms: Sequence[Alarm]) -> AlarmScore:
        told = [
            ToldAlarm(
                day=alarm.day,
                burst=burst_told(frozenset(alarm.rows.tolist()), alarm.expected, watched),
                checked_at=_next_hour(history.received_at[alarm.told_by]),
            )
            for alarm in alarms
        ]
        known = [_known(history, sorted(burst)) for burst in watched]
        return score_alarms(told, known, weeks=found.weeks)

    return _figures_beside_plain(what, history, found, judge)


def _known(history: AlarmHistory, rows: Sequence[int]) -> KnownBurst:
    counts = Counter(history.facts.day[rows].tolist())
    peak = max(counts, key=lambda day: (counts[day], day))
    return KnownBurst(first_day=min(counts), first_at=history.received_at[rows[0]], peak_day=peak)


def _next_hour(at: datetime) -> datetime:
    """When the check that runs on the hour sees what was received at a time."""
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _figures_beside_plain(
    what: str, history: AlarmHistory, found: Watch, judge: Judge
) -> dict[str, Figures]:
    """The figures of the alarms, and of a plain z-score with no more false ones a week."""
    score = judge(found.alarms)
    plain = PlainWatch(history.facts, first_day=found.first_day, last_day=found.last_day)
    alike = plain.loosest(lambda alarms: judge(alarms).false_per_week <= score.false_per_week)
    return {what: _figures(score), f"{what}: plain z-score": _figures(judge(alike))}


def _figures(score: AlarmScore) -> Figures:
    return {
        "bursts": score.bursts,
        "alarms": score.alarms,
        "recall_2_days": round(score.recall_2_days, DIGITS),
        "recall_48_hours": None
        if score.recall_48_hours is None
        else round(score.recall_48_hours, DIGITS),
        "recall_1_day": round(score.recall_1_day, DIGITS),
        "recall_ever": round(score.recall, DIGITS),
        "false_per_week": round(score.false_per_week, DIGITS),
        "median_lead_days": score.median_lead_days,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBurst:
    """A burst as a list names it; an empty topic or area means any."""

    topic: str
    area: str
    first_day: date
    last_day: date


def read_listed_bursts(file: Path) -> list[ListedBurst]:
    """Read topic,area,from,to.

    Raises:
        UnreadableJudgementsError: a column or a day is missing or wrong, or a topic or area is not the city's.
    """
    bursts: list[ListedBurst] = []
    paths = {part for path in Topic.objects.values_list("path", flat=True) for part in _above(path)}
    areas = set(Area.objects.values_list("name", flat=True))
    for line, row in read_csv(file, "topic", "area", "from", "to"):
        try:
            first_day, last_day = (date.fromisoformat(row[key].strip()) for key in ("from", "to"))
        except ValueError:
            words = _("%(file)s, line %(line)s: “from” and “to” must be days, YYYY-MM-DD.")
            raise UnreadableJudgementsError(words % {"file": file, "line": line}) from None
        if last_day < first_day:
            words = _("%(file)s, line %(line)s: “from” lies after “to”.")
            raise UnreadableJudgementsError(words % {"file": file, "line": line})
        topic, area = row["topic"].strip(), row["area"].strip()
        for name, known in ((topic, paths), (area, areas)):
            if name and name not in known:
                words = _("%(file)s, line %(line)s: no topic or area is called “%(name)s” here.")
                raise UnreadableJudgementsError(words % {"file": file, "line": line, "name": name})
        bursts.append(ListedBurst(topic=topic, area=area, first_day=first_day, last_day=last_day))
    if not bursts:
        raise UnreadableJudgementsError(_("%(file)s lists no burst.") % {"file": file})
    return bursts


def _above(path: str) -> Iterator[str]:
    """A topic's path and those it lies below."""
    levels = path.split("/")
    for depth in range(1, len(levels) + 1):
        yield "/".join(levels[:depth])


def evaluate_listed_bursts(bursts: Sequence[ListedBurst]) -> dict[str, Figures]:
    """Score the alarms that this installation's appeals would have raised, on a list of bursts.

    Every day is watched from nine weeks after the first appeal on. Bursts before it are left out.

    Raises:
        TooLittleHistoryError: fewer than nine weeks of appeals.
        UnreadableJudgementsError: no burst lies in the days watched.
    """
    history = _whole_history()
    last_day = int(history.facts.day[-1]) if len(history.facts.day) else 0
    if last_day < LEAST_HISTORY_DAYS:
        raise TooLittleHistoryError
    found = watch(history.facts, first_day=LEAST_HISTORY_DAYS, last_day=last_day, per_week=PER_WEEK)
    watched = [
        burst
        for burst in bursts
        if found.first_day <= history.number_of(burst.first_day) <= found.last_day
    ]
    if not watched:
        raise UnreadableJudgementsError(
            _("No listed burst begins in the days watched, %(first)s to %(last)s.")
            % {"first": history.day_of(found.first_day), "last": history.day_of(found.last_day)}
        )
    names = _SeriesNames(history)
    known = [KnownBurst(first_day=history.number_of(burst.first_day)) for burst in watched]

    def judge(alarms: Sequence[Alarm]) -> AlarmScore:
        told = [ToldAlarm(day=a.day, burst=names.burst_of(a, watched)) for a in alarms]
        return score_alarms(told, known, weeks=found.weeks)

    return _figures_beside_plain("alarms", history, found, judge)


def _whole_history() -> AlarmHistory:
    times = Appeal.objects.order_by("received_at").values_list("received_at", flat=True)
    first, last = times.first(), times.last()
    if first is None or last is None:
        raise TooLittleHistoryError
    first_day = timezone.localtime(first).date() + timedelta(days=HISTORY_DAYS)
    return read_alarm_history(first_day=first_day, last_day=timezone.localtime(last).date())


class _SeriesNames:
    """Topics and areas of series, to be compared with a list's words."""

    def __init__(self, history: AlarmHistory) -> None:
        self._history = history
        self._topics = dict(Topic.objects.values_list("id", "path"))
        self._areas = {area.pk: area for area in Area.objects.all()}
        self._events = {
            key: (topic, area)
            for key, topic, area in Event.objects.values_list("id", "topic", "area")
        }

    def burst_of(self, alarm: Alarm, bursts: Sequence[ListedBurst]) -> int | None:
        """The first listed burst that the alarm tells."""
        day = self._history.day_of(alarm.day)
        path, area = self._named(alarm)
        for number, burst in enumerate(bursts):
            in_time = burst.first_day <= day <= burst.last_day + timedelta(days=AFTER_DAYS)
            if in_time and _is_within(path, burst.topic) and self._is_near(area, burst.area):
                return number
        return None

    def _named(self, alarm: Alarm) -> tuple[str, Area | None]:
        if alarm.key.topic >= 0:
            topic = self._history.frame.topics[alarm.key.topic]
            area = self._history.frame.places[alarm.key.place]
            return self._topics.get(topic, ""), self._areas.get(area) if area else None
        event = self._history.events[alarm.key.event] or 0
        topic_id, area_id = self._events.get(event, (None, None))
        path = self._topics.get(topic_id, "") if topic_id else ""
        return path, self._areas.get(area_id) if area_id else None

    def _is_near(self, area: Area | None, name: str) -> bool:
        """Whether one of the two lies in the other; the whole city holds every area."""
        if area is None or not name:
            return True
        named = [known for known in self._areas.values() if known.name == name]
        return any(
            area.code.startswith(known.prefix) or known.code.startswith(area.prefix)
            for known in named
        )


def _is_within(path: str, topic: str) -> bool:
    """Whether one topic is the other or lies below it."""
    if not topic:
        return True
    is_below = f"{path}/".startswith(f"{topic}/")
    is_above = bool(path) and f"{topic}/".startswith(f"{path}/")
    return is_below or is_above
