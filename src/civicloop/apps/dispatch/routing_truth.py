"""The sample city as a yardstick of routing: its directory, its history, and the right units."""

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from civicloop.apps.dispatch.actions.unit_training import (
    WANTED_ACCURACY,
    newest_guesses,
    training_rows,
)
from civicloop.apps.dispatch.directory_facts import CityUnits, engine_rules
from civicloop.apps.dispatch.directory_files import DirectoryNames, read_directory_file
from civicloop.apps.dispatch.handled import HandledAppeal
from civicloop.apps.dispatch.models import UnitModelVersion
from civicloop.apps.dispatch.routing_evaluation import JudgedCase, routing_figures
from civicloop.apps.dispatch.routing_facts import Router
from civicloop.apps.intake.area_names import AreaNames
from civicloop.apps.intake.models import Kind
from civicloop.apps.issues.evaluation import Figures
from civicloop.apps.places.models import Area
from civicloop.connectors.sample_city import CityPlan, SampleCityFiles, write_sample_city
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.connectors.spreadsheets.rows import Row
from civicloop.engines.routing.conflicts import UnitFact
from civicloop.engines.routing.duties import Duties, NamedUnit
from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import RuleBook
from civicloop.engines.routing.thresholds import lowest_threshold
from civicloop.engines.text.topics import LabelledText, TopicText, learn_topics, train_topic_model

LAST_DAY = date(2023, 10, 31)
LEARNED_SHARE = 0.75  # of the time: what comes later is routed
TOPIC_ACCURACY = 0.9  # the invented clerks label three rows in a hundred wrongly
REPORT_WORD = "举报"


@dataclass(frozen=True, slots=True, kw_only=True)
class _City:
    """What an installation would know of the generated city."""

    rows: Sequence[Row]
    topics: Sequence[str]  # of each row: the clerk's, or what the topic model is sure of
    areas: Sequence[str]
    units: CityUnits
    book: RuleBook


def evaluate_routing_on_sample_city(*, appeals: int) -> dict[str, Figures]:
    """Generate a city, learn from its first three quarters, route the last.

    Topics are the clerks' where they gave one, else what the topic model of the same three quarters
    is sure of. The threshold is found within them, on their newest fifth.
    """
    with tempfile.TemporaryDirectory(prefix="civicloop-city-") as folder:
        files = write_sample_city(CityPlan(appeals=appeals, last_day=LAST_DAY), Path(folder))
        rows = list(_rows(files.appeals))
        cut = round(len(rows) * LEARNED_SHARE)
        city = _read_city(files, rows, cut)
        router = _learn(city, _pairs(files.handled), cut)
        truth = {number: unit for number, unit, *_rest in _pairs(files.truth_units)}
        judged = [_judged(city, place, truth) for place in range(cut, len(rows))]
        return routing_figures(judged, router, LAST_DAY)


def _rows(file: Path) -> Iterator[Row]:
    for batch in read_rows(file, shape=inspect(file), today=LAST_DAY):
        yield from batch.rows


def _pairs(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))[1:]


def _read_city(files: SampleCityFiles, rows: Sequence[Row], cut: int) -> _City:
    areas = [
        Area(pk=number, code=code, name=name, level=level)
        for number, (code, name, level, _parent) in enumerate(_pairs(files.areas), start=1)
    ]
    units = _units(_pairs(files.units), {area.code: area for area in areas})
    paths = {"/".join(parts[:3]) for parts in _pairs(files.topics)}
    names = DirectoryNames(
        units={name: code for code, name in units.names.items()},
        topics={path: path for path in paths},
        areas=AreaNames(areas),
        prefixes={area.pk: area.prefix for area in areas},
        levels={code: fact.level for code, fact in units.facts.items()},
    )
    rules = read_directory_file(files.directory, names=names, day=LAST_DAY)
    return _City(
        rows=rows,
        topics=_topics(rows, cut),
        areas=[_known_area(row.values.area, names) for row in rows],
        units=units,
        book=RuleBook(engine_rules(rules)).located(units.duties.unit_of),
    )


def _units(rows: Sequence[Sequence[str]], areas: Mapping[str, Area]) -> CityUnits:
    named = []
    for code, name, level, area_code in rows:
        area = areas[area_code]
        around = [areas[one] for one in areas if area.code.startswith(areas[one].prefix)]
        fact = UnitFact(
            code=code,
            level=Level.ENTERPRISE if level == "utility" else Level(level),
            area=area.prefix,
        )
        named.append(NamedUnit(fact=fact, name=name, area_names=tuple(one.name for one in around)))
    return CityUnits(
        facts={unit.fact.code: unit.fact for unit in named},
        names={unit.fact.code: unit.name for unit in named},
        codes={},
        duties=Duties(named),
    )


def _known_area(text: str, names: DirectoryNames) -> str:
    found = names.areas.find(text)
    return names.prefixes[found.area_id] if found.area_id else ""


def _topics(rows: Sequence[Row], cut: int) -> list[str]:
    labelled = [
        LabelledText(text=row.values.text, subject=row.values.subject, label=row.values.topic)
        for row in rows[:cut]
        if row.values.topic
    ]
    model = train_topic_model(labelled, answer_accuracy=TOPIC_ACCURACY)
    texts = [
        TopicText(text=row.values.text, subject=row.values.subject)
        for row in rows
        if not row.values.topic
    ]
    suggested = iter(model.predict(texts, explain=False))
    return [row.values.topic or next(suggested).answer for row in rows]


def _learn(city: _City, handled: Sequence[Sequence[str]], cut: int) -> Router:
    place_of = {row.values.id: place for place, row in enumerate(city.rows)}
    codes = {name: code for code, name in city.units.names.items()}
    known = [
        _handled(city, place_of[number], codes[solver], bool(returned))
        for number, solver, returned in handled
        if place_of[number] < cut
    ]
    rows = training_rows(known, city.units)
    training = learn_topics(rows, answer_accuracy=WANTED_ACCURACY)
    guesses = newest_guesses(training, rows, known, city.units, city.book)
    version = UnitModelVersion(threshold=lowest_threshold(guesses, WANTED_ACCURACY))
    return Router(
        directory=None,
        book=city.book,
        model_version=version,
        model=training.model,
        units=city.units,
    )


def _handled(city: _City, place: int, unit: str, was_returned: bool) -> HandledAppeal:  # noqa: FBT001
    values = city.rows[place].values
    return HandledAppeal(
        appeal_id=place,
        text=values.text,
        subject=values.subject,
        caller=values.caller,
        received_at=_moment(city.rows[place]),
        topic=city.topics[place],
        area=city.areas[place],
        unit=unit,
        was_returned=was_returned,
    )


def _moment(row: Row) -> datetime:
    assert row.values.received_at is not None  # noqa: S101 - a row without a time is rejected
    return row.values.received_at


def _judged(city: _City, place: int, truth: Mapping[str, str]) -> JudgedCase:
    values = city.rows[place].values
    return JudgedCase(
        text=values.text,
        subject=values.subject,
        topic=city.topics[place],
        area=city.areas[place],
        unit=truth[values.id],
        kind=Kind.REPORT if REPORT_WORD in values.kind else "",
    )
