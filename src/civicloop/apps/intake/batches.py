"""A file's rows in small batches, sorted into new ones, known ones and bad ones."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from civicloop.apps.intake.ahead import prepared_ahead
from civicloop.apps.intake.files import kept_file
from civicloop.apps.intake.later_rows import KnownAppeal, Verdict, known_appeals
from civicloop.apps.intake.models import ImportRun, RejectedRow
from civicloop.apps.intake.names import NameBook
from civicloop.apps.intake.rows import Candidate, JsonProblem, RowConverter, problem_of
from civicloop.apps.membership import among
from civicloop.connectors.spreadsheets import Note, load_mapping, read_rows
from civicloop.connectors.spreadsheets.shape import shape_from_json
from civicloop.engines.pii import mask_pii

PREPARED_ROWS = 250
SHOWN_NOTES = 20
SHOWN_CHARACTERS = 200
OTHER_CONTENT = "other_content"
CHANGED_SINCE = "changed_since"

# number in the source → content hash, row in this file
Earlier = dict[str, tuple[str, int]]
Told = dict[str, dict[str, Any]]  # by field of the run


class FileReading:
    """One pass over a run's file; every pass gives the same batches."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._mapping = load_mapping(run.mapping_toml)
        self._names = NameBook(day=timezone.localdate(run.created_at))
        self._note_counts: Counter[str] = Counter()
        self._notes: defaultdict[str, list[list[str | int]]] = defaultdict(list)
        self._told_ahead: Told = {}

    def batches(self) -> Iterator[list[Candidate]]:
        """The rows of the file in order.

        Raises:
            UnreadableFileError: the file cannot be read, or not to its end.
        """
        run, size = self._run, PREPARED_ROWS
        converter = RowConverter(source=run.source, names=self._names, missing_time=run.created_at)
        for batch in read_rows(
            kept_file(run.file_sha256),
            shape=shape_from_json(run.shape),
            today=timezone.localdate(run.created_at),
            mapping=self._mapping,
        ):
            for note in batch.notes:
                self._set_aside(note)
            for start in range(0, len(batch.rows), size):
                yield converter.candidates(batch.rows[start : start + size])

    @contextmanager
    def batches_ahead(self, *, start: int) -> Iterator[Iterator[list[Candidate]]]:
        """The rows from a position on, prepared by another process while others are written.

        What the reading tells of the file it knows only behind the last of them.
        """
        with prepared_ahead(self._plain_batches(start)) as items:
            yield self._candidates(items)

    def _plain_batches(self, start: int) -> Iterator[list[tuple[Any, ...]] | Told]:
        """The batches as another process can be sent them, and at last what there is to tell."""
        for batch in self.batches():
            rest = batch[start:]
            start = max(0, start - len(batch))
            if rest:
                yield list(map(tuple, rest))
        yield self._told()

    def _candidates(self, items: Iterator[Any]) -> Iterator[list[Candidate]]:
        for item in items:
            if isinstance(item, dict):
                self._told_ahead = item
            else:
                yield list(map(Candidate._make, item))

    def _set_aside(self, note: Note) -> None:
        code = note.code.value
        self._note_counts[code] += note.last_row - note.first_row + 1
        if len(self._notes[code]) < SHOWN_NOTES:
            text = mask_pii(note.text[:SHOWN_CHARACTERS])
            self._notes[code].append([note.sheet, note.first_row, note.last_row, text])

    def tell(self, run: ImportRun) -> None:
        """Keep with the run, unsaved, what was found in what was read so far."""
        told = self._told_ahead or self._told()
        run.warnings, run.set_aside = told["warnings"], told["set_aside"]

    def _told(self) -> Told:
        """Words that mean nothing here; rows that are no appeals: how many, and the first."""
        set_aside = {
            code: {"count": count, "examples": self._notes[code]}
            for code, count in self._note_counts.items()
        }
        return {"warnings": self._names.warnings.as_json(), "set_aside": set_aside}


def conflict_of(code: str, candidate: Candidate, file_name: str, row: int) -> JsonProblem:
    return problem_of(code, value=candidate.source_key, file=file_name, row=row)


@dataclass(slots=True, kw_only=True)
class SortedBatch:
    """What would become of each row of a batch."""

    new: list[Candidate] = field(default_factory=list)
    updates: list[tuple[Candidate, KnownAppeal]] = field(default_factory=list)
    present_count: int = 0
    rejected: list[tuple[Candidate, list[JsonProblem]]] = field(default_factory=list)

    def add_repeated(
        self, run: ImportRun, candidate: Candidate, *, is_same: bool, row: int
    ) -> None:
        """Count a row whose number stood in an earlier row of the same file."""
        if is_same:
            self.present_count += 1
        else:
            problem = conflict_of(OTHER_CONTENT, candidate, run.file_name, row)
            self.rejected.append((candidate, [problem]))

    def add_conflicts(self, run: ImportRun, conflicts: Sequence[tuple[Candidate, int]]) -> None:
        """Sort rows whose numbers belong to appeals that say something else."""
        known = known_appeals([appeal_id for _, appeal_id in conflicts])
        for candidate, appeal_id in conflicts:
            appeal = known[appeal_id]
            verdict = appeal.judge(run, candidate)
            if verdict is Verdict.PRESENT:
                self.present_count += 1
            elif verdict is Verdict.UPDATE:
                appeal.add_version(run, candidate)
                self.updates.append((candidate, appeal))
            else:
                is_other = verdict is Verdict.OTHER_WORDS
                code = OTHER_CONTENT if is_other else CHANGED_SINCE
                problem = conflict_of(code, candidate, *appeal.latest_place)
                self.rejected.append((candidate, [problem]))

    def keys_taken(self) -> Earlier:
        taken = [*self.new, *(candidate for candidate, _ in self.updates)]
        return {c.source_key: (c.content_hash, c.number) for c in taken}

    def rejected_rows(self, run: ImportRun) -> list[RejectedRow]:
        return [_rejected_row(run, *rejected) for rejected in self.rejected]


def _rejected_row(
    run: ImportRun, candidate: Candidate, problems: Sequence[JsonProblem]
) -> RejectedRow:
    rejected = RejectedRow(
        run=run, sheet=candidate.sheet[:100], row_number=candidate.number, problems=list(problems)
    )
    rejected.seal_cells(candidate.cells_text)
    return rejected


def sort_out(
    run: ImportRun,
    batch: Sequence[Candidate],
    *,
    earlier: Earlier | None = None,
    is_all_new: bool = False,
) -> SortedBatch:
    """Compare a batch with the database, and in a dry run with what came `earlier` in the file.

    Where all is taken for new the database is not asked; it refuses a number that it has.
    """
    good = [] if is_all_new else [c for c in batch if not c.problems]
    known = _known(run.source, [candidate.source_key for candidate in good]) if good else {}
    seen: Earlier = {}
    before: Earlier = earlier or {}
    found = SortedBatch()
    conflicts: list[tuple[Candidate, int]] = []
    for candidate in batch:
        key, content = candidate.source_key, candidate.content_hash
        if candidate.problems:
            found.rejected.append((candidate, candidate.problems))
        elif in_file := seen.get(key) or before.get(key):
            found.add_repeated(run, candidate, is_same=in_file[0] == content, row=in_file[1])
        elif key not in known:
            seen[key] = (content, candidate.number)
            found.new.append(candidate)
        elif known[key][0] == content:
            found.present_count += 1
        else:
            conflicts.append((candidate, known[key][1]))
    if conflicts:
        found.add_conflicts(run, conflicts)
    return found


def _known(source: str, keys: list[str]) -> dict[str, tuple[str, int]]:
    """The appeals that already have these numbers: content hash and appeal."""
    sql_among, values = among(keys)
    sql = (
        "SELECT source_key, content_hash, id FROM intake_appeal"  # noqa: S608  own text
        f" WHERE source = %s AND source_key {sql_among}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (source, values))
        return {key: (content, number) for key, content, number in cursor.fetchall()}
