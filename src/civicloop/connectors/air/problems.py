"""What can be wrong with a file of air data: codes with file, row and column; the app words them."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path


class AirFileCode(StrEnum):
    """Why a file cannot be read, or which cell stops it."""

    DAMAGED = "damaged"  # params: detail
    NO_HEADER = "no_header"  # params: headers; nothing like air data was found
    NO_ROWS = "no_rows"
    NO_SUCH_HEADER = "no_such_header"  # params: headers; a column was named that the file lacks
    UNREADABLE_NUMBER = "unreadable_number"
    BELOW_ZERO = "below_zero"
    GAP_MARK = "gap_mark"  # 999 and the like, which hardly was measured
    HOURS_WITHOUT_STATION = "hours_without_station"  # an hour where days of cities are read
    UNREADABLE_TIME = "unreadable_time"
    NO_FULL_HOUR = "no_full_hour"
    MOMENTS_OF_UTC = "moments_of_utc"  # of which nobody says what the clock on the wall showed
    UNREADABLE_PERIOD = "unreadable_period"
    NO_STATION = "no_station"
    UNKNOWN_EVENT = "unknown_event"  # a kind or pollutant that there is not
    NO_EVIDENCE = "no_evidence"  # an exceptional event without it
    NOT_HOURS = "not_hours"  # a calculation needs station hours, the file holds others


class AirFileError(Exception):
    """A file, or one cell of it, cannot be used."""

    def __init__(
        self,
        code: AirFileCode,
        *,
        file: Path,
        row: int = 0,
        column: str = "",
        value: str = "",
        params: Mapping[str, str] | None = None,
    ) -> None:
        self.code, self.file, self.row, self.column = code, file, row, column
        self.value = value[:80]
        self.params = dict(params or {})
        super().__init__(f"{file}, row {row}, column {column}: {code} {value}")
