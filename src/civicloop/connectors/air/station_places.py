"""Read where stations stand: station, longitude, latitude."""

import csv
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.spreadsheets.encodings import detect_encoding

_HEADERS = ("station", "longitude", "latitude")
_BOUNDS = {"longitude": 180, "latitude": 90}


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPlace:
    """Where a station stands, in degrees."""

    longitude: Decimal
    latitude: Decimal


def read_station_places(path: Path) -> dict[str, StationPlace]:
    """Read a CSV file of places, by the name of the station.

    Raises:
        AirFileError: a column is missing, or a degree is none.
        UnreadableFileError: the file is no text.
    """
    with path.open(encoding=detect_encoding(path), newline="") as opened:
        reader = csv.DictReader(opened)
        missing = [header for header in _HEADERS if header not in (reader.fieldnames or ())]
        if missing:
            params = {"headers": ", ".join(reader.fieldnames or ())}
            code = AirFileCode.NO_SUCH_HEADER
            raise AirFileError(code, file=path, value=missing[0], params=params)
        return {
            (row["station"] or "").strip(): StationPlace(
                **{name: _degrees(path, number, name, row[name]) for name in _BOUNDS}
            )
            for number, row in enumerate(reader, start=2)
        }


def _degrees(path: Path, row: int, column: str, text: str | None) -> Decimal:
    try:
        degrees = Decimal((text or "").strip())
    except InvalidOperation:
        degrees = Decimal("NaN")
    if not degrees.is_finite() or abs(degrees) > _BOUNDS[column]:
        code = AirFileCode.UNREADABLE_NUMBER
        raise AirFileError(code, file=path, row=row, column=column, value=text or "")
    return degrees.quantize(Decimal("0.000001"))
