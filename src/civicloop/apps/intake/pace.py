"""How many rows an import writes in one transaction, and when it rests for those who wait."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from django.db import connection

MOST_ROWS = {"sqlite": 1_000, "postgresql": 2_000}
FEW_ROWS = 250  # beside others who write; SQLite lets one write at a time
RECENTLY_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 0.02
BETWEEN_LOOKS_SECONDS = 0.001

Row = TypeVar("Row")


class Pace:
    """Large transactions while nobody waits to write, small ones while somebody does.

    What a transaction costs beside its rows is half the time of an import in SQLite by small ones.
    """

    def __init__(self) -> None:
        self._is_waited_for: Callable[[], bool] = getattr(
            connection, "is_waited_for", lambda: False
        )
        self._waited_at = -RECENTLY_SECONDS
        self._most = MOST_ROWS[connection.vendor]

    def transactions(self, prepared: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
        """The rows in their order, as many at a time as one transaction is to take."""
        rows: list[Row] = []
        for few in prepared:
            rows += few
            if len(rows) >= self._wanted():
                yield rows
                self._rest()
                rows = []
        if rows:
            yield rows

    def _wanted(self) -> int:
        is_calm = time.monotonic() - self._waited_at > RECENTLY_SECONDS
        return self._most if is_calm else FEW_ROWS

    def _rest(self) -> None:
        """Until whoever waits for SQLite's only lock has it.

        They look every 2 ms (config/sqlite). However many wait, the import goes on after a while.
        """
        ends_at = time.monotonic() + LONGEST_PAUSE_SECONDS
        while self._is_waited_for() and time.monotonic() < ends_at:
            self._waited_at = time.monotonic()
            time.sleep(BETWEEN_LOOKS_SECONDS)
