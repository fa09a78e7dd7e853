"""PDF files that people upload: looked through in a child process, kept as they are or refused."""

from civicloop.connectors.papers.checking import (
    BEGINNING,
    MOST_BYTES,
    Paper,
    Refusal,
    RefusedPaperError,
    check_paper,
)

__all__ = ["BEGINNING", "MOST_BYTES", "Paper", "Refusal", "RefusedPaperError", "check_paper"]
