"""The sample city's appeals as messages, with the truth about its events."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from civicloop.connectors.sample_city import CityPlan, write_sample_city
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.engines.text.events import Message

LAST_DAY = date(2023, 10, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMessages:
    """Messages numbered from 1, and the planted events as groups of these numbers."""

    messages: list[Message]
    events: list[list[int]]


def sample_messages(count: int, folder: Path, *, seed: int = 2023) -> SampleMessages:
    files = write_sample_city(CityPlan(seed=seed, appeals=count, last_day=LAST_DAY), folder)
    batches = read_rows(files.appeals, shape=inspect(files.appeals), today=LAST_DAY)
    rows = [row.values for batch in batches for row in batch.rows]
    messages = [
        Message(
            id=number,
            subject=row.subject,
            text=f"{row.text}\n{row.address}".strip(),
            author=row.caller,
            received_at=row.received_at,
            place=row.area,
        )
        for number, row in enumerate(rows, start=1)
    ]
    number_of = {row.id: number for number, row in enumerate(rows, start=1)}
    truth = json.loads(files.truth_events.read_text(encoding="utf-8"))
    events = [[number_of[key] for key in found["message_ids"]] for found in truth["clusters"]]
    return SampleMessages(messages=messages, events=events)


def strict_f1(event_of: dict[int, int], events: list[list[int]]) -> float:
    """Strict B-cubed F1: every foreign appeal in an event's cluster costs precision."""
    clusters: defaultdict[int, set[int]] = defaultdict(set)
    for number, event in event_of.items():
        clusters[event].add(number)
    precision = recall = total = 0.0
    for event in map(set, events):
        for number in event:
            cluster = clusters[event_of[number]]
            both = len(cluster & event)
            precision += both / len(cluster)
            recall += both / len(event)
            total += 1
    precision, recall = precision / total, recall / total
    return 2 * precision * recall / (precision + recall)
