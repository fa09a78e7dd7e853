"""Have a child process look through a PDF, and say in a code why it is not taken."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from civicloop.connectors.children import answer_of_child

BEGINNING = b"%PDF-"
MOST_BYTES = 10 * 1024 * 1024
WALL_SECONDS = 30
_CHILD = Path(__file__).with_name("child.py")


class Refusal(StrEnum):
    """Why a paper is not taken."""

    TOO_LARGE = "too_large"  # more than MOST_BYTES
    BROKEN = "broken"  # no PDF from its first to its last byte
    SEALED = "sealed"  # by a password: nobody can look through it
    ACTIVE = "active"  # holds programs, forms, films or other files
    TOO_COSTLY = "too_costly"  # the child needed too much time or memory, or died


class RefusedPaperError(Exception):
    """The file is not taken; ``refusal`` is why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A PDF that does nothing when it is opened; its bytes are those that were sent."""

    content: bytes


def check_paper(content: bytes) -> Paper:
    """Return the PDF as it is, where it holds nothing that acts.

    A PDF is not written anew as a picture is: who opens it trusts the sender's bytes, so it is for
    download only, and what it says of its maker stays in it.

    Args:
        content: The file as it was sent.

    Raises:
        RefusedPaperError: It is no such paper, or looking through it costs too much.
    """
    if len(content) > MOST_BYTES:
        raise RefusedPaperError(Refusal.TOO_LARGE)
    answer = answer_of_child(_CHILD, content, seconds=WALL_SECONDS).decode("ascii", "replace")
    if answer == "good":
        return Paper(content=content)
    known = answer if answer in set(Refusal) else Refusal.TOO_COSTLY
    raise RefusedPaperError(Refusal(known))
