"""Read the list of recognised events: code, city, first_day, last_day, source.

Without further columns they are sand-dust. `kind` may say `exceptional`, `pollutants` which are left out
("pm10 pm25 o3"), `evidence` what proves it: an exceptional event needs evidence.
"""

import csv
from pathlib import Path

from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.times import day_of_text
from civicloop.connectors.spreadsheets.encodings import detect_encoding
from civicloop.engines.air.exclusions import DUST, AirEvent, EventKind, UnprovenEventError
from civicloop.engines.air.pollutants import Pollutant

_HEADERS = ("code", "city", "first_day", "last_day", "source")


def read_air_events(path: Path) -> tuple[AirEvent, ...]:
    """Read a CSV file of events.

    Raises:
        AirFileError: a column is missing, a day is none, an event ends before it begins, is of no known
            kind, or is exceptional without evidence.
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


def _event(path: Path, number: int, row: dict[str, str | None]) -> AirEvent:
    texts = {header: (row[header] or "").strip() for header in _HEADERS}
    column = "first_day"
    try:
        first_day = day_of_text(texts["first_day"])
        column = "last_day"
        last_day = day_of_text(texts["last_day"])
        column = "kind"
        kind = EventKind(_text(row, "kind") or EventKind.SAND_DUST)
        column = "pollutants"
        named = _text(row, "pollutants").split()
        pollutants = tuple(map(Pollutant, named)) if named else DUST
        column = "evidence" if last_day >= first_day else "last_day"
        return AirEvent(
            code=texts["code"],
            city=texts["city"],
            first_day=first_day,
            last_day=last_day,
            source=texts["source"],
            kind=kind,
            pollutants=pollutants,
            evidence=_text(row, "evidence"),
        )
    except UnprovenEventError:
        raise AirFileError(
            AirFileCode.NO_EVIDENCE, file=path, row=number, column=column, value=texts["code"]
        ) from None
    except ValueError:
        is_day = column in {"first_day", "last_day"}
        code = AirFileCode.UNREADABLE_TIME if is_day else AirFileCode.UNKNOWN_EVENT
        value = _text(row, column)
        raise AirFileError(code, file=path, row=number, column=column, value=value) from None


def _text(row: dict[str, str | None], header: str) -> str:
    return (row.get(header) or "").strip()
