"""The sample city's own truth as a yardstick: generated, so anyone can measure on it."""

import csv
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from civicloop.apps.issues.alarm_truth import evaluate_alarms_of_city
from civicloop.apps.issues.class_truth import evaluate_classes
from civicloop.apps.issues.evaluation import (
    Figures,
    evaluate_events,
    evaluate_topics,
    event_figures,
    read_judged_events,
    topic_figures,
)
from civicloop.apps.issues.reading_truth import evaluate_sample_readings
from civicloop.apps.issues.reply_evaluation import evaluate_replies_of_city
from civicloop.connectors.sample_city import CityPlan, SampleCityFiles, write_sample_city
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.connectors.spreadsheets.rows import Row
from civicloop.engines.text.events import Message, find_events
from civicloop.engines.text.topics import LabelledText, TopicModel, TopicText, train_topic_model

LAST_DAY = date(2023, 10, 31)


def evaluate_on_sample_city(*, appeals: int) -> dict[str, Figures]:
    """Generate a city, learn from the rows its clerks labelled, and score on what is true.

    The topic model learns from the clerks' labels, some of them wrong, and is scored on the rows
    that no clerk labelled. Events and their classes are found without any of the truth.
    """
    with tempfile.TemporaryDirectory(prefix="civicloop-city-") as folder:
        plan = CityPlan(appeals=appeals, last_day=LAST_DAY)
        files = write_sample_city(plan, Path(folder))
        rows = list(_rows(files.appeals))
        model = _topic_model(rows)
        messages = _messages(rows)
        event_of = find_events(messages).event_of
        return {
            **_topics(model, rows, files),
            **_events_and_classes(messages, event_of, rows, files),
            **evaluate_alarms_of_city(rows, files, topics=_filed(model, rows), events=event_of),
            **evaluate_replies_of_city(rows, files),
            **evaluate_sample_readings(files),
        }


def _rows(file: Path) -> Iterator[Row]:
    for batch in read_rows(file, shape=inspect(file), today=LAST_DAY):
        yield from batch.rows


def _topic_model(rows: list[Row]) -> TopicModel:
    return train_topic_model([_labelled(row, row.values.topic) for row in rows if row.values.topic])


def _filed(model: TopicModel, rows: list[Row]) -> list[str]:
    """Each row's topic: the clerk's, or else the model's first choice."""
    unseen = [row for row in rows if not row.values.topic]
    texts = [TopicText(text=row.values.text, subject=row.values.subject) for row in unseen]
    suggested = iter(model.predict(texts, explain=False))
    return [row.values.topic or next(suggested).label for row in rows]


def _topics(model: TopicModel, rows: list[Row], files: SampleCityFiles) -> dict[str, Figures]:
    with files.truth_topics.open(encoding="utf-8-sig", newline="") as opened:
        truth = dict(row for row in csv.reader(opened) if row)
    unseen = [_labelled(row, truth[row.values.id]) for row in rows if not row.values.topic]
    return {
        f"topics, {level} of 3 levels": topic_figures(evaluate_topics(model, unseen, level=level))
        for level in (1, 3)
    }


def _labelled(row: Row, label: str) -> LabelledText:
    values = row.values
    return LabelledText(text=values.text, subject=values.subject, label=label, group=values.caller)


def _messages(rows: list[Row]) -> list[Message]:
    return [
        Message(
            id=number,
            subject=row.values.subject,
            text=f"{row.values.text}\n{row.values.address}".strip(),
            author=row.values.caller,
            received_at=row.values.received_at,
            place=row.values.area,
        )
        for number, row in enumerate(rows)
    ]


def _events_and_classes(
    messages: list[Message], event_of: Mapping[int, int], rows: list[Row], files: SampleCityFiles
) -> dict[str, Figures]:
    keys = {number: row.values.id for number, row in enumerate(rows)}
    predicted = {keys[number]: str(event) for number, event in event_of.items()}
    events = evaluate_events(predicted, read_judged_events(files.truth_events))
    return {
        "events": event_figures(events),
        "classes": evaluate_classes(messages, event_of, keys, files.truth_events),
    }
