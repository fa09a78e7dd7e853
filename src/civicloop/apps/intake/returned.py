"""The workbook that goes back to the sender: the rejected rows with reasons and cures."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from civicloop.apps.intake.models import ImportRun, RejectedRow
from civicloop.apps.intake.wording import word_cure, word_problem
from civicloop.connectors.spreadsheets.returned_workbook import (
    ReturnedRow,
    ReturnedWording,
    write_returned_workbook,
)
from civicloop.connectors.spreadsheets.shape import column_index, shape_from_json


def write_returned_rows(run: ImportRun, target: Path | BinaryIO) -> None:
    """Write the rejected rows of an import, or of its preview, in the active language."""
    write_returned_workbook(
        target,
        shape=shape_from_json(run.shape),
        rows=_returned_rows(run),
        wording=ReturnedWording(
            row_header=_("Row"),
            reason_header=_("Why it was rejected"),
            cure_header=_("What to do"),
            sheet_name=_("Rejected rows"),
            too_long=_("A cell does not fit into a workbook and was left empty here."),
        ),
    )


def _returned_rows(run: ImportRun) -> Iterator[ReturnedRow]:
    rows = RejectedRow.objects.filter(run=run).order_by("sheet", "row_number")
    for row in rows.iterator():
        letters = [problem["column"] for problem in row.problems if problem["column"]]
        yield ReturnedRow(
            sheet=row.sheet,
            number=row.row_number,
            cells=tuple(row.opened_cells()),
            reason=" ".join(map(word_problem, row.problems)),
            cure=" ".join(dict.fromkeys(map(word_cure, row.problems))),
            bad_columns=frozenset(map(column_index, letters)),
        )
