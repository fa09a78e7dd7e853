"""Read the list of recognised sand-dust events: code, city, first_day, last_day, source."""

import csv
from pathlib import Path

from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.times import day_of_text
from civicloop.connectors.spreadsheets.encodings import detect_encoding
from civicloop.engines.air.exclusions import DustEvent

_HEADERS = ("code", "city", "first_day", "last_day", "source")


def read_dust_events(path: Path) -> tuple[DustEvent, ...]:
    """Read a CSV file of events.

    Raises:
        AirFileError: a column is missing, a day is none, or an event ends before it begins.
        UnreadableFileError: the file is no text.
    """
    with path.open(encoding=detect_encoding(path), newline="") as opened:
        reader = csv.DictReader(opened)
        missing = [header for header in _HEADERS if header not in (reader.fieldnames or ())]
        if missing:
            params = {"headers": ", ".join(reader.fieldnames or ())}
            code = AirFileCode.NO_SUCH_HEADER
            raise AirFileError(code, file=path, value=missing[0], params=params)
        return tuple(_event(path, number, row) for number, row in enumerate(reader, start=2))


def _event(path: Path, number: int, row: dict[str, str | None]) -> DustEvent:
    texts = {header: (row[header] or "").strip() for header in _HEADERS}
    column = "first_day"
    try:
        first_day = day_of_text(texts["first_day"])
        column = "last_day"
        return DustEvent(
            code=texts["code"],
            city=texts["city"],
            first_day=first_day,
            last_day=day_of_text(texts["last_day"]),
            source=texts["source"],
        )
    except ValueError:
        raise AirFileError(
            AirFileCode.UNREADABLE_TIME, file=path, row=number, column=column, value=texts[column]
        ) from None
