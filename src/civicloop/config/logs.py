"""What the log leaves out."""

import logging

REFUSED = 403


class ShortRefusals(logging.Filter):
    """Makes a refused request one line: a role that may not do something is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == REFUSED:
            record.exc_info = record.exc_text = None
        return True
