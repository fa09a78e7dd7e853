"""Measure whether appeals that come one by one end in the events that a look at all of them finds."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from civicloop.apps.issues.actions.find_events import RENEWED_AT
from civicloop.apps.issues.evaluation import DIGITS, Figures
from civicloop.apps.issues.labelled import UNTIMED
from civicloop.apps.issues.sample_truth import LAST_DAY
from civicloop.connectors.sample_city import CityPlan, write_sample_city
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.engines.evaluation.events import EventGold, score_events
from civicloop.engines.text.events import (
    Background,
    Clustering,
    EventIndex,
    MemoryStore,
    Message,
    PairModel,
    find_events,
)

LEAST_ARRIVALS = int(1 / RENEWED_AT) + 2  # with fewer none would come singly in daily work
EventOf = Mapping[int, int]


class TooFewArrivalsError(ValueError):
    """There are too few appeals for one of them to come singly."""


def evaluate_arrivals(messages: Sequence[Message], *, pair_model: PairModel) -> dict[str, Figures]:
    """Let messages come one by one in three orders; tell how well their events agree with a look at all.

    Against one background every message comes singly, the first into an empty index. As in daily
    work, what came first is looked at in one go, and only as many come singly as may come before
    the platform learns anew what is common; it is learned from the first alone. They are held
    against a look at all by what is common as it was learned, as the platform's next look is, and
    against one that learned it anew.

    Raises:
        TooFewArrivalsError: fewer than ``LEAST_ARRIVALS`` messages.
    """
    if len(messages) < LEAST_ARRIVALS:
        raise TooFewArrivalsError
    whole = find_events(messages, pair_model=pair_model)
    figures: dict[str, Figures] = {}
    for order, ordered in _orders(messages).items():
        singly = _placed_singly(ordered, whole.background)
        daily, learned = _placed_after_a_look(ordered, pair_model)
        kept = find_events(messages, pair_model=pair_model, background=learned)
        figures[f"arrivals: {order}"] = {
            "n": len(messages),
            "singly": len(messages),
            "pair_f1": _agreement(singly, whole.event_of),
        }
        figures[f"arrivals: {order}, the last ones"] = {
            "n": len(messages),
            "singly": _last(messages),
            "pair_f1": _agreement(daily, kept.event_of),
        }
        figures[f"arrivals: {order}, the last ones, learned anew"] = {
            "n": len(messages),
            "singly": _last(messages),
            "pair_f1": _agreement(daily, whole.event_of),
        }
    return figures


def read_arrivals(path: Path, *, today: date) -> list[Message]:
    """Read the appeals of a file; raises UnreadableFileError."""
    shape = inspect(path, mapping=UNTIMED)
    rows = (
        row.values
        for batch in read_rows(path, shape=shape, today=today, mapping=UNTIMED)
        for row in batch.rows
    )
    return [
        Message(
            id=number,
            subject=values.subject,
            text=f"{values.text}\n{values.address}".strip(),
            author=values.caller,
            received_at=values.received_at,
            place=values.area,
        )
        for number, values in enumerate(rows, start=1)
    ]


def sample_arrivals(*, appeals: int) -> list[Message]:
    """Generate a city's appeals; raises PlanError."""
    with tempfile.TemporaryDirectory(prefix="civicloop-city-") as folder:
        files = write_sample_city(CityPlan(appeals=appeals, last_day=LAST_DAY), Path(folder))
        return read_arrivals(files.appeals, today=LAST_DAY)


def _orders(messages: Sequence[Message]) -> dict[str, list[Message]]:
    by_time = sorted(messages, key=_moment)
    order = np.random.default_rng(0).permutation(len(by_time))
    shuffled = [by_time[number] for number in order.tolist()]
    return {"by time": by_time, "backwards": by_time[::-1], "shuffled": shuffled}


def _moment(message: Message) -> tuple[bool, float, int]:
    """In the order of time, those without one at the end."""
    at = message.received_at
    return at is None, at.timestamp() if at else 0.0, message.id


def _last(messages: Sequence[Message]) -> int:
    """How many may come singly before what is common is learned anew."""
    return int(len(messages) * RENEWED_AT / (1 + RENEWED_AT))


def _placed_singly(ordered: Sequence[Message], background: Background) -> EventOf:
    store = MemoryStore()
    return dict(_arrived(ordered, background, store))


def _placed_after_a_look(
    ordered: Sequence[Message], pair_model: PairModel
) -> tuple[EventOf, Background]:
    cut = len(ordered) - _last(ordered)
    known = find_events(ordered[:cut], pair_model=pair_model)
    store = _filled(known, ordered[:cut])
    first: dict[int, int] = {}
    for number, event in sorted(known.event_of.items()):
        first.setdefault(event, number)
    event_of = {number: first[event] for number, event in known.event_of.items()}
    event_of |= _arrived(ordered[cut:], known.background, store)
    return event_of, known.background


def _filled(known: Clustering, messages: Sequence[Message]) -> MemoryStore:
    """Keep what a look at all found, as the database does."""
    store = MemoryStore()
    ids = sorted(message.id for message in messages)
    for message in messages:
        store.know(message)
    order = np.argsort(known.filings.owner, kind="stable")
    ends = np.searchsorted(known.filings.owner[order], np.arange(1, len(ids)))
    for number, grams in zip(
        ids, np.split(known.filings.gram[order].astype(np.int64), ends), strict=True
    ):
        store.file(number, grams)
    for number, reading in zip(ids, known.readings(), strict=True):
        store.keep_reading(number, reading)
    for component in known.components():
        first = int(component.members[0])
        held = dict.fromkeys(component.members.tolist(), first)
        store.keep_components([], {first: component.packed()}, held)
    return store


def _arrived(
    ordered: Sequence[Message], background: Background, store: MemoryStore
) -> Iterator[tuple[int, int]]:
    """Place messages one by one; tell the event of each that is decided anew, by its smallest id."""
    for message in ordered:
        store.know(message)
        index = EventIndex(background, store)
        index.arrive(message)
        yield from index.settle([message.id]).items()


def _agreement(found: EventOf, expected: EventOf) -> float:
    """Give the pairwise F1 of two ways to part all messages into events."""
    events: defaultdict[int, set[str]] = defaultdict(set)
    for number, event in expected.items():
        events[event].add(str(number))
    gold = EventGold(events=[frozenset(ids) for ids in events.values()])
    score = score_events({str(number): str(event) for number, event in found.items()}, gold)
    return round(score.pairs.f1, DIGITS)
