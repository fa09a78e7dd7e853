"""Requests that nobody wrote: made from the OpenAPI document, good and bad, and odd words in every place.

Each answer must be one that the document describes, and none an error of the server. In the control one letter breaks
the reading of a form.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from batteries.places import furnish
from batteries.retrying import key_of_a_program


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzed:
    """How many were sent, and what went wrong, by operation."""

    sent: int
    failures: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        return self.sent > 0 and not self.failures

    def __str__(self) -> str:
        said = "; ".join(self.failures[:3])
        return f"{self.sent:,} sent, {len(self.failures)} operations failed {said}".strip()


def run(size: int, *, is_control: bool) -> Fuzzed:
    """So many generated requests of each operation, half of them bad."""
    from tests.api import fuzzing

    furnish()
    if is_control:
        _break_one_letter()
    key, sent, failures = key_of_a_program(), 0, []
    for operation in fuzzing.operations():
        try:
            sent += fuzzing.send_words(operation, key=key, everywhere=True)
            sent += fuzzing.send_examples(operation, key=key, examples=max(1, size // 2))
        except BaseExceptionGroup as group:
            failures.append(f"{operation.label}: {_names(group.exceptions)}")
    return Fuzzed(sent=sent, failures=tuple(failures))


def _names(found: Iterable[BaseException]) -> str:
    return ", ".join(sorted({type(one).__name__ for one in found}))


class _Breaks:
    def search(self, written: str) -> None:
        assert "İ" not in written


def _break_one_letter() -> None:
    """The fault that must be found."""
    from civicloop.api.open311 import sending

    sending.UNKEEPABLE = _Breaks()
