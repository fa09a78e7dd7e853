"""Measure whether events keep places apart, on a file that says of each appeal which place it is about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from civicloop.apps.issues.evaluation import DIGITS, Figures
from civicloop.apps.issues.labelled import UNTIMED
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.connectors.spreadsheets.rows import Row
from civicloop.connectors.spreadsheets.shape import FileShape
from civicloop.engines.evaluation.places import (
    PlacedText,
    PlaceScore,
    copies_elsewhere,
    named_places,
    score_places,
)
from civicloop.engines.text.events import Message, PairModel, find_events

SHORTEST = 2  # characters of a place


class NoPlaceColumnError(ValueError):
    """The file has no column of that name; the argument is the name."""


class TooFewPlacesError(ValueError):
    """The column names fewer than two places."""


def evaluate_places(path: Path, *, column: str, pair_model: PairModel, today: date) -> Figures:
    """Find the events of a file's appeals and hold them against the places in a column.

    Raises:
        UnreadableFileError: the file cannot be read.
        NoPlaceColumnError: there is no such column.
        TooFewPlacesError: it holds fewer than two places.
    """
    shape = inspect(path, mapping=UNTIMED)
    if not any(one.header == column for sheet in shape.sheets for one in sheet.columns):
        raise NoPlaceColumnError(column)
    messages, texts = [], []
    for number, row in enumerate(_rows(path, shape, today)):
        values = row.values
        place = _place(row, shape, column)
        texts.append(PlacedText(subject=values.subject, text=values.text, place=place))
        messages.append(
            Message(
                id=number,
                subject=values.subject,
                text=values.text,
                author=values.caller,
                received_at=values.received_at,
            )
        )
    if len({text.place for text in texts if text.place}) < 2:
        raise TooFewPlacesError
    return place_figures(_score(messages, texts, pair_model), texts)


def _score(messages: list[Message], texts: list[PlacedText], pair_model: PairModel) -> PlaceScore:
    named = named_places(texts)
    event_of = find_events(messages, pair_model=pair_model).event_of
    copies = copies_elsewhere(texts, named)
    again = [
        replace(messages[model], id=len(messages) + turn, subject=copy.subject, text=copy.text)
        for turn, (model, copy) in enumerate(copies.items())
    ]
    with_copies = find_events([*messages, *again], pair_model=pair_model).event_of
    pairs = zip(copies, again, strict=True)
    beside = {model: (with_copies[model], with_copies[copy.id]) for model, copy in pairs}
    return score_places([event_of[m.id] for m in messages], texts, named, beside)


def place_figures(score: PlaceScore, texts: list[PlacedText]) -> Figures:
    """The figures, by the names they are published under."""
    return {
        "n": len(texts),
        "places": len({text.place for text in texts if text.place}),
        "joined_pairs": score.joined_pairs,
        "one_place": _share(score.one_place, score.joined_pairs),
        "copies": score.copies,
        "copies_joined": _share(score.copies_joined, score.copies),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None


def _rows(path: Path, shape: FileShape, today: date) -> Iterator[Row]:
    for batch in read_rows(path, shape=shape, today=today, mapping=UNTIMED):
        yield from batch.rows


def _place(row: Row, shape: FileShape, header: str) -> str:
    """The place in a row, "" where there is none; one character would be found in any text."""
    for sheet in shape.sheets:
        for position, column in enumerate(sheet.columns):
            is_here = sheet.name == row.sheet and column.header == header
            if is_here and position < len(row.cells):
                place = row.cells[position].strip()
                return place if len(place) >= SHORTEST else ""
    return ""
