"""The csv module keeps one limit for the whole process: set while reading, then as it was."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cells_of_at_most(characters: int) -> Iterator[None]:
    """Within, a longer cell of a CSV file is a `csv.Error`."""
    before = csv.field_size_limit(characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)
