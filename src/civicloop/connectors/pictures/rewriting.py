"""Have a child process read a picture and write it anew, and say in a code why it could not."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from civicloop.connectors.children import answer_of_child

MOST_BYTES = 10 * 1024 * 1024
WALL_SECONDS = 30
_CHILD = Path(__file__).with_name("child.py")


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"  # more than MOST_BYTES
    TOO_MANY_PIXELS = "too_many_pixels"
    UNREADABLE = "unreadable"  # no picture, a broken one, or of another format
    HEIC = "heic"  # of an iPhone, and nothing is installed that opens it
    TOO_COSTLY = "too_costly"  # the child needed too much time or memory, or died


class RefusedPictureError(Exception):
    """The file is not taken; ``refusal`` is why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A JPEG with nothing but its pixels."""

    content: bytes
    width: int  # pixels
    height: int  # pixels


def rewrite_picture(content: bytes) -> Picture:
    """Write a JPEG, PNG, WebP or, with the extra `heic`, HEIC file anew as a bare JPEG of at most 2,560 pixels a side.

    Whatever the file was besides a picture (a page, a program, an archive) and whatever it said of
    its maker (EXIF, place, time, comment) is not in the result.

    Args:
        content: The file as it was sent.

    Raises:
        RefusedPictureError: It is no such picture, or reading it costs too much.
    """
    if not content:
        raise RefusedPictureError(Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise RefusedPictureError(Refusal.TOO_LARGE)
    written = answer_of_child(_CHILD, content, seconds=WALL_SECONDS)
    header, _line, picture = written.partition(b"\n")
    try:
        answer = json.loads(header)
    except ValueError:
        raise RefusedPictureError(Refusal.TOO_COSTLY) from None
    if "refusal" in answer:
        raise RefusedPictureError(Refusal(answer["refusal"]))
    return Picture(content=picture, width=int(answer["width"]), height=int(answer["height"]))
