"""What the log says of who asked, and what it leaves out."""

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType

from django.db import DatabaseError

from civicloop.apps.accounts.asking import number_asking, number_of
from civicloop.engines.pii import STRUCTURED, mask_pii

REFUSED = 403
DRIVERS = frozenset({"psycopg", "sqlite3", "duckdb"})
LONGEST_CHAIN = 10
ExceptionParts = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class ShortRefusals(logging.Filter):
    """Makes a refused request one line: a role that may not do something is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == REFUSED:
            record.exc_info = record.exc_text = None
        return True


class WhoAsked(logging.Filter):
    """Gives each line the number of the account for which something was done, "-" where there is none.

    A number, no name: whoever may read the accounts finds out whose it is.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        user = getattr(getattr(record, "request", None), "user", None)
        record.account = number_of(user) or number_asking() or "-"
        return True


class PlainLines(logging.Formatter):
    """A line for eyes, and below it where it broke.

    A database puts the values of a row into the words of its errors: of those only the kind is told.
    Numbers and addresses of people are masked in all that is written.
    """

    def format(self, record: logging.LogRecord) -> str:
        return mask_pii(super().format(record), STRUCTURED)

    def formatException(self, ei: ExceptionParts) -> str:  # noqa: N802 -- so the library calls it
        parts: list[str] = []
        error = ei[1]
        while error is not None and len(parts) < LONGEST_CHAIN:
            told = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"Traceback (most recent call last):\n{told}{_kind_and_words(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nafter this:\n\n".join(parts)


def _kind_and_words(error: BaseException) -> str:
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if isinstance(error, DatabaseError) or kind.__module__.partition(".")[0] in DRIVERS:
        return f"{name}: (its words may hold values of a row)"
    return f"{name}: {error}".replace("\r", " ").replace("\n", "\n    ")  # no line of its own


class JsonLines(logging.Formatter):
    """One object a line for a collector.

    Of an exception its kind and places are told, not its words: a database puts the values of a row
    into them. Numbers and addresses of people are masked in the message.
    """

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "account": getattr(record, "account", "-"),
            "message": mask_pii(record.getMessage(), STRUCTURED),
        }
        kind, _, where = record.exc_info or (None, None, None)
        if kind:
            told["exception"] = f"{kind.__module__}.{kind.__qualname__}"
            frames = traceback.extract_tb(where)
            told["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(told, ensure_ascii=False)
