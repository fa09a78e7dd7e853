"""Read a file to its end and account for every row."""

import io
import json
import resource
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from civicloop.connectors.spreadsheets import (
    FileShape,
    ImportMapping,
    Limits,
    Row,
    UnreadableFileError,
    child,
    inspect,
    read_rows,
)
from civicloop.connectors.spreadsheets.mapping import mapping_as_json
from civicloop.connectors.spreadsheets.sandbox import LENGTH

TODAY = date(2024, 6, 1)


@dataclass(frozen=True)
class Outcome:
    shape: FileShape
    rows: list[Row]
    notes: Counter[str]  # rows per kind of note; cells for repeated values
    accounted: int  # rows that came out, one way or the other

    @property
    def good(self) -> list[Row]:
        return [row for row in self.rows if not row.problems]

    @property
    def problems(self) -> Counter[str]:
        return Counter(problem.code.value for row in self.rows for problem in row.problems)


def read(
    path: Path, *, mapping: ImportMapping | None = None, limits: Limits | None = None
) -> Outcome:
    mapping, limits = mapping or ImportMapping(), limits or Limits()
    shape = inspect(path, mapping=mapping, limits=limits)
    rows: list[Row] = []
    notes: Counter[str] = Counter()
    seen: dict[str, list[tuple[int, int]]] = {}
    for batch in read_rows(path, shape=shape, today=TODAY, mapping=mapping, limits=limits):
        rows.extend(batch.rows)
        for row in batch.rows:
            seen.setdefault(row.sheet, []).append((row.number, row.number))
        for note in batch.notes:
            count = note.last_row - note.first_row + 1
            notes[note.code.value] += count
            if note.is_row:
                seen.setdefault(note.sheet, []).append((note.first_row, note.last_row))
    return Outcome(shape, rows, notes, sum(map(_once_each, seen.values())))


def _once_each(ranges: list[tuple[int, int]]) -> int:
    """Return how many rows there are, after seeing that none is left out and none comes twice."""
    expected = 1
    for first, last in sorted(ranges):
        assert first == expected
        expected = last + 1
    return expected - 1


def refusal(path: Path, **options: Any) -> UnreadableFileError:
    """Return the error that ends the reading of a file, and see that this process stays small."""
    before = _resident_bytes()
    try:
        read(path, **options)
    except UnreadableFileError as error:
        assert _resident_bytes() - before < 32 << 20
        return error
    raise AssertionError(f"{path.name} was read")


def _resident_bytes() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * resource.getpagesize() if statm.exists() else 0


def answers(
    path: Path, *, mapping: ImportMapping | None = None, limits: Limits | None = None
) -> list[dict[str, Any]]:
    """Return what the child would answer, worked out in this process."""
    task = {
        "task": "inspect",
        "path": str(path),
        "mapping": mapping_as_json(mapping or ImportMapping()),
        "limits": asdict(limits or Limits()),
        "today": TODAY.isoformat(),
    }
    first = run_here(task)
    if "shape" not in first[0]:
        return first
    return [first[0], *run_here({**task, "task": "read", "shape": first[0]["shape"]})]


def run_here(task: dict[str, Any]) -> list[dict[str, Any]]:
    output = io.BytesIO()
    child.run(task, output)
    output.seek(0)
    messages = []
    while head := output.read(LENGTH.size):
        messages.append(json.loads(output.read(LENGTH.unpack(head)[0])))
    return messages


__all__ = ["TODAY", "Outcome", "answers", "read", "refusal", "run_here"]
