"""What somebody looked at before they changed it, where the record has no version."""

from hashlib import sha256


class ChangedMeanwhileError(Exception):
    """Somebody else has changed it since the actor looked."""


def mark_of(*said: object) -> str:
    """A few letters that are others once what was said is another; they stand in the form."""
    return sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:16]


def refuse_unseen(seen: str | None, *said: object) -> None:
    """Let only those change it who saw what stands there; None: nobody looked.

    Raises:
        ChangedMeanwhileError: it says something else by now.
    """
    if seen is not None and seen != mark_of(*said):
        raise ChangedMeanwhileError
