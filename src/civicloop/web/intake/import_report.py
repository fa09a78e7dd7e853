"""An import as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy

from civicloop.apps.intake.models import ImportRun
from civicloop.apps.intake.queries import later_rows
from civicloop.apps.intake.wording import (
    word_cure,
    word_elsewhere,
    word_failure,
    word_problem,
    word_set_aside,
    word_warning,
)
from civicloop.apps.intake.wording_of_columns import (
    CALLER_FIELDS,
    FIELD_NAMES,
    HIDDEN,
    word_unread_columns,
)

ROWS_SHOWN = 20
CHANGED = {
    "channel_id": FIELD_NAMES["channel"],
    "kind": FIELD_NAMES["kind"],
    "area_id": FIELD_NAMES["area"],
    "topic_id": gettext_lazy("topic"),
    "support_votes": FIELD_NAMES["support"],
    "oppose_votes": FIELD_NAMES["oppose"],
    "reply_text": FIELD_NAMES["reply"],
    "replied_at": FIELD_NAMES["replied_at"],
}


class ColumnWords(NamedTuple):
    """A column of the file and what it was taken for."""

    letter: str
    header: str
    field: str
    is_used: bool


class CountedWords(NamedTuple):
    """How many rows something was met in, and some of the words."""

    words: str
    examples: list[str]


class UpdateWords(NamedTuple):
    """One appeal that was brought up to date, and in which columns."""

    appeal_id: int
    source_key: str
    sheet: str
    row_number: int
    columns: list[str]


class ProblemWords(NamedTuple):
    """One thing wrong with one row."""

    sheet: str
    row_number: int
    column: str
    value: str
    reason: str
    cure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was recognised, what would go in or went in, and what came back."""

    columns: Sequence[ColumnWords]
    first_rows: Sequence[Sequence[str]]  # the caller's cells hidden
    warnings: Sequence[CountedWords]
    set_aside: Sequence[CountedWords]
    problems: Sequence[ProblemWords]
    updates: Sequence[UpdateWords]
    doubts: Sequence[str]  # whether the source and the columns are the right ones
    failure: str  # why the import failed, or empty


def import_report(run: ImportRun) -> ImportReport:
    """The report of a run as it stands."""
    columns = run.preview.get("columns", [])
    callers = {column["letter"] for column in columns if column["field"] in CALLER_FIELDS}
    hidden = {i for i, column in enumerate(columns) if column["letter"] in callers}
    return ImportReport(
        columns=[_column_words(column) for column in columns],
        first_rows=[_shown_cells(row, hidden) for row in run.preview.get("first_rows", [])],
        warnings=_warnings(run.warnings),
        set_aside=_set_aside(run.set_aside),
        problems=_problems(run, callers),
        updates=_updates(run),
        doubts=[*word_elsewhere(run), *word_unread_columns(run.shape)],
        failure=word_failure(run.failure) if run.failure else "",
    )


def _column_words(column: Mapping[str, str]) -> ColumnWords:
    field = column["field"]
    name = str(FIELD_NAMES.get(field, field))
    return ColumnWords(column["letter"], column["header"], name, is_used=field != "ignore")


def _shown_cells(row: Sequence[str], hidden: set[int]) -> list[str]:
    return [HIDDEN if index in hidden and cell else cell for index, cell in enumerate(row)]


def _warnings(warnings: Mapping[str, Any]) -> list[CountedWords]:
    return [
        CountedWords(word_warning(code, found["count"]), list(found["values"]))
        for code, found in warnings.items()
    ]


def _set_aside(set_aside: Mapping[str, Any]) -> list[CountedWords]:
    return [
        CountedWords(
            word_set_aside(code, found["count"]),
            [text for *_place, text in found["examples"] if text],
        )
        for code, found in set_aside.items()
    ]


def _updates(run: ImportRun) -> list[UpdateWords]:
    """The first appeals that were brought up to date."""
    if not run.updated_count:
        return []
    return [
        UpdateWords(
            row.appeal_id,
            row.appeal.source_key,
            row.sheet,
            row.row_number,
            [str(CHANGED[name]) for name in row.after if name in CHANGED],
        )
        for row in later_rows(run, limit=ROWS_SHOWN)
    ]


def _problems(run: ImportRun, hidden: set[str]) -> list[ProblemWords]:
    """Every problem of the first rejected rows; values that say who the citizen is are hidden."""
    return [
        ProblemWords(
            sheet=row.sheet,
            row_number=row.row_number,
            column=problem["header"] or problem["column"],
            value=problem["value"],
            reason=word_problem(problem),
            cure=word_cure(problem),
        )
        for row in run.rejected_rows.order_by("id")[:ROWS_SHOWN]
        for problem in (_without_caller(problem, hidden) for problem in row.problems)
    ]


def _without_caller(problem: Mapping[str, Any], hidden: set[str]) -> Mapping[str, Any]:
    """The problem, whose words quote its value, without who the citizen is."""
    return {**problem, "value": HIDDEN} if problem["column"] in hidden else problem
