"""Tables as offices send them: with titles above, merged cells, formulas and slips of the pen."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from civicloop.apps.places.reference_files import (
    ReferenceCode,
    ReferenceFileError,
    ReferenceRow,
    read_reference_file,
)

COLUMNS = {"topic": ("类别", "topic"), "lead": ("主办单位", "lead unit"), "basis": ("依据",)}
DAY = date(2023, 11, 14)
Rows = list[list[str | None]]


@pytest.fixture
def workbook(tmp_path) -> Callable[..., Path]:
    def write(rows: Rows, merged: str = "") -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
        path = tmp_path / "目录.xlsx"
        book.save(path)
        return path

    return write


def read(path: Path) -> list[ReferenceRow]:
    return read_reference_file(path, columns=COLUMNS, required=("lead",), day=DAY)


def refused(path: Path) -> list[tuple[ReferenceCode, int, str]]:
    with pytest.raises(ReferenceFileError) as error:
        read(path)
    return [(each.code, each.row, each.column) for each in error.value.problems]


def test_a_cell_that_is_merged_over_rows_counts_for_each_of_them(workbook):
    rows = read(
        workbook(
            [["类别", "主办单位"], ["噪声", "公安局"], [None, "住建局"], [None, "城管局"]], "A2:A3"
        )
    )

    assert [row.values["topic"] for row in rows] == ["噪声", "噪声", ""]
    assert [row.values["lead"] for row in rows] == ["公安局", "住建局", "城管局"]


def test_a_formula_that_was_never_computed_is_no_empty_cell(workbook):
    formula = '=CONCATENATE("噪","声")'
    path = workbook([["类别", "主办单位", "备注"], [formula, "公安局", None]])

    assert refused(path) == [(ReferenceCode.FORMULA_WITHOUT_VALUE, 2, "类别")]


def test_a_formula_in_a_column_that_nobody_reads_does_not_matter(workbook):
    path = workbook([["类别", "主办单位", "字数"], ["噪声", "公安局", "=LEN(A2)"]])

    assert [row.values["topic"] for row in read(path)] == ["噪声"]


def test_a_title_and_a_remark_may_stand_above_the_header(workbook):
    title: Rows = [["某市派单目录", None, None], ["2023年第1版", None, None]]
    [row] = read(workbook([*title, ["类别", "主办单位", "依据"], ["噪声", "公安局", "条例"]]))

    assert (row.number, row.values["lead"], row.values["basis"]) == (4, "公安局", "条例")


@pytest.mark.parametrize("rows", [[], [["派单目录"]], [["类别", "单位"], ["噪声", "公安局"]]])
def test_a_table_without_a_needed_column_names_it_as_it_should_be_called(workbook, rows):
    assert refused(workbook(rows)) == [(ReferenceCode.MISSING_COLUMN, 1, "主办单位")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("topic,lead\n噪声,公安局,住建局\n", ReferenceCode.TOO_MANY_CELLS),
        ('topic,lead\n"噪声,公安局\n水,水务局\n', ReferenceCode.UNCLOSED_QUOTE),
    ],
)
def test_cells_that_have_moved_are_not_read_as_others(tmp_path, text, code):
    path = tmp_path / "目录.csv"
    path.write_text(text, encoding="utf-8")

    assert refused(path)[0][0] == code


def test_a_problem_calls_its_column_as_the_table_does_and_shows_the_beginning_of_the_cell(workbook):
    [row] = read(workbook([["Topic", "Lead unit"], ["噪" * 5_000, "公安\u200b局\ufeff"]]))
    problem = row.problem(ReferenceCode.TOO_LONG, "topic")

    assert (problem.column, problem.value) == ("Topic", "噪" * 60 + "…")
    assert row.problem(ReferenceCode.EMPTY, "basis").column == "依据"
    assert row.values["lead"] == "公安局"
