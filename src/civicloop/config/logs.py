"""What the log says of who asked, and what it leaves out."""

import json
import logging
import traceback
from datetime import UTC, datetime

from civicloop.apps.accounts.asking import number_asking, number_of
from civicloop.engines.pii import STRUCTURED, mask_pii

REFUSED = 403


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
