import openpyxl
import pytest
from tests.connectors.spreadsheets import workbooks as wb
from tests.connectors.spreadsheets.harness import read

from civicloop.connectors.spreadsheets import inspect
from civicloop.connectors.spreadsheets import returned_workbook as returned
from civicloop.connectors.spreadsheets.returned_workbook import (
    ReturnedRow,
    ReturnedWording,
    write_returned_workbook,
)

WORDING = ReturnedWording(
    row_header="原行号", reason_header="问题", cure_header="处理办法", sheet_name="退回", too_long="过长"
)  # fmt: skip


@pytest.fixture
def csv_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("编号,时间,内容\n007,昨天,=1+1\n8,2023-05-04,灯坏\n", encoding="utf-8")
    return path


def write(path, rows, shape):
    target = path.with_name("returned.xlsx")
    write_returned_workbook(target, shape=shape, rows=rows, wording=WORDING)
    return target


def returned_row(row, **changes):
    bad = frozenset(ord(problem.column) - 65 for problem in row.problems)
    made = ReturnedRow(row.sheet, row.number, row.cells, "时间无法识别", "请改为 2023-05-04", bad)
    return made._replace(**changes)


def test_returned_workbook_holds_the_row_as_it_was_with_the_reason(csv_file):
    outcome = read(csv_file)
    [bad] = [row for row in outcome.rows if row.problems]

    target = write(csv_file, [returned_row(bad)], outcome.shape)

    page = openpyxl.load_workbook(target)["退回"]
    assert [[cell.value for cell in line] for line in page.iter_rows()] == [
        ["原行号", "问题", "处理办法", "编号", "时间", "内容"],
        [2, "时间无法识别", "请改为 2023-05-04", "007", "昨天", "=1+1"],
    ]
    assert page["F2"].data_type == "s"  # text, not a formula
    assert page["E2"].fill.fgColor.rgb == "FFF8CBC6"
    assert page["D2"].fill.fill_type is None


def test_corrected_workbook_can_be_imported_again(csv_file):
    outcome = read(csv_file)
    target = write(csv_file, map(returned_row, outcome.rows), outcome.shape)
    book = openpyxl.load_workbook(target)
    book["退回"]["E2"] = "2023-05-03"
    book.save(target)

    again = read(target)

    assert [row.values.id for row in again.good] == ["007", "8"]
    assert [row.values.text for row in again.good] == ["=1+1", "灯坏"]


def test_cell_too_long_for_a_workbook_is_left_out_and_spoken_of(csv_file):
    outcome = read(csv_file)
    row = outcome.rows[0]
    long = returned_row(row, cells=(*row.cells[:2], "长" * 32_768), reason="时间")

    target = write(csv_file, [long], outcome.shape)

    page = openpyxl.load_workbook(target)["退回"]
    assert page["F2"].value is None
    assert page["F2"].fill.fgColor.rgb == "FFF8CBC6"
    assert page["B2"].value == "时间 过长"


def test_sheets_keep_their_names_as_far_as_workbooks_allow(tmp_path):
    xml = wb.sheet_xml(wb.row(1, "编号", "时间", "内容") + wb.row(2, "1", "x", "灯坏"))
    names = ["五月/六月", "五月_六月", "长" * 40]
    path = wb.write_parts(tmp_path / "a.xlsx", wb.workbook_parts(dict.fromkeys(names, xml)))
    outcome = read(path)

    target = write(path, map(returned_row, outcome.rows), outcome.shape)

    assert openpyxl.load_workbook(target).sheetnames == ["五月_六月", "五月_六月 (2)", "长" * 31]


def test_full_sheet_is_continued_on_another(csv_file, monkeypatch):
    monkeypatch.setattr(returned, "_LAST_ROW", 1)
    outcome = read(csv_file)

    target = write(csv_file, map(returned_row, outcome.rows), outcome.shape)

    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["退回", "退回 (2)"]
    assert [page.max_row for page in book] == [2, 2]


def test_workbook_without_rows_still_opens(csv_file):
    target = write(csv_file, [], inspect(csv_file))

    assert openpyxl.load_workbook(target)["退回"].max_row == 1
