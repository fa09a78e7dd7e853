"""For whom something is done at this moment: told to the log, which is set up before the accounts are."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ASKING: ContextVar[object] = ContextVar("asking", default=None)


@contextmanager
def asked_by(user: object) -> Iterator[None]:
    """Within this, what is done is done for the user."""
    token = _ASKING.set(user)
    try:
        yield
    finally:
        _ASKING.reset(token)


def number_of(user: object) -> int | None:
    """The number of an account, without asking the database: None where it is not loaded or is none."""
    number: int | None = getattr(getattr(user, "_wrapped", user), "pk", None)
    return number


def number_asking() -> int | None:
    """The number of the account for which something is done now."""
    return number_of(_ASKING.get())
