"""Workbooks as offices make them."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlsxwriter
from tests.connectors.spreadsheets import workbooks as wb
from tests.connectors.spreadsheets.nasty import (
    PLAIN,
    TABLE,
    Nasty,
    nasty_file,
)

from civicloop.connectors.spreadsheets import ImportMapping

FILES: list[Nasty] = []

# --- names and contents that disagree -----------------------------------------------------------------
FILES.append(
    nasty_file("a CSV named .xlsx", lambda p: p.write_text(PLAIN, encoding="utf-8"), good=2)
)
FILES.append(
    nasty_file(
        "a workbook named .csv",
        lambda p: wb.save(p.with_suffix(".xlsx"), TABLE).rename(p),
        good=2,
        suffix=".csv",
    )
)
FILES.append(
    nasty_file(
        "a workbook named .xls",
        lambda p: wb.save(p.with_suffix(".xlsx"), TABLE).rename(p),
        good=2,
        suffix=".xls",
    )
)
FILES.append(
    nasty_file(
        "a web page named .xls",
        lambda p: p.write_text("<html><table><tr><td>内容</td></tr></table></html>"),
        refused="html_table",
        suffix=".xls",
    )
)
FILES.append(
    nasty_file(
        "Excel 2003 XML",
        lambda p: p.write_text(
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
        ),
        refused="xml_spreadsheet",
        suffix=".xls",
    )
)
FILES.append(
    nasty_file(
        "some other XML",
        lambda p: p.write_text('<?xml version="1.0"?><a/>'),
        refused="not_a_spreadsheet",
        suffix=".xml",
    )
)
FILES.append(
    nasty_file("a PDF", lambda p: p.write_bytes(b"%PDF-1.7\n"), refused="not_a_spreadsheet")
)
FILES.append(
    nasty_file(
        "a Word file",
        lambda p: wb.write_parts(p, {"[Content_Types].xml": "", "word/document.xml": ""}),
        refused="not_a_spreadsheet",
    )
)
FILES.append(
    nasty_file(
        "slides",
        lambda p: wb.write_parts(p, {"[Content_Types].xml": "", "ppt/presentation.xml": ""}),
        refused="not_a_spreadsheet",
    )
)
FILES.append(nasty_file("a folder", lambda p: p.mkdir(), refused="not_a_file", suffix=""))
FILES.append(nasty_file("a file that is gone", lambda p: None, refused="not_found"))
FILES.append(
    nasty_file(
        "an encrypted workbook",
        lambda p: wb.write_ole(p, "EncryptedPackage", b"x" * 5000),
        refused="encrypted",
    )
)
FILES.append(nasty_file("an old workbook", lambda p: wb.write_xls(p, TABLE), good=2, suffix=".xls"))
FILES.append(
    nasty_file(
        "an old workbook with numbers",
        lambda p: wb.write_xls(p, [TABLE[0], [188006.0, 43481.5, "a", "b"]]),
        good=1,
        suffix=".xls",
    )
)
FILES.append(
    nasty_file(
        "an empty container",
        lambda p: wb.write_ole(p, "Nothing", b"x"),
        refused="damaged",
        suffix=".xls",
    )
)
FILES.append(
    nasty_file(
        "an OpenDocument workbook",
        lambda p: wb.write_ods(p, wb.ods_table(TABLE)),
        good=2,
        suffix=".ods",
    )
)


# --- workbooks ------------------------------------------------------------------------------------------


def _typed_cells(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet()
        shown = workbook.add_format({"num_format": 'yyyy"年"m"月"d"日" h:mm'})
        page.write_row(0, 0, TABLE[0])
        page.write_row(1, 0, [188006.0, None, "a", True])
        page.write_datetime(1, 1, datetime(2023, 5, 4, 9, 15), shown)  # noqa: DTZ001
        page.write_row(2, 0, ["00123", 45050.5, "a", 12.5])
        page.write_row(3, 0, ["7", 20230504, "a", "b"])


def _dates_from_1904(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"date_1904": True}) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, TABLE[0])
        page.write_row(1, 0, [1, None, "a", "b"])
        page.write_datetime(1, 1, date(2023, 5, 4), workbook.add_format({"num_format": 14}))
        page.write_row(2, 0, [2, "43588", "a", "b"])


def _merged_body(book: openpyxl.Workbook) -> None:
    page = book.active
    page["E1"] = "区县"
    page.append(["1003", None, None, "第三条", None])
    page["E2"] = "云溪区"
    page.merge_cells("E2:E4")
    page.merge_cells("B3:B4")


def _merged_text(book: openpyxl.Workbook) -> None:
    book.active.merge_cells("C2:C3")
    book.active.merge_cells("D2:D3")


def _hidden(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["D"].hidden = True
    book.active.sheet_state = "visible"
    other = book.create_sheet("隐藏页")
    other.append(TABLE[0])
    other.append(TABLE[1])
    other.sheet_state = "hidden"


def _several_sheets(book: openpyxl.Workbook) -> None:
    lists = book.create_sheet("字典", 0)
    lists.append(["选项", "内容"])  # a text, but no times
    lists.append(["投诉", "对某事不满"])
    more = book.create_sheet("六月")
    for line in TABLE:
        more.append(line)


FILES.append(nasty_file("a plain workbook", lambda p: wb.save(p, TABLE), good=2))
FILES.append(
    nasty_file(
        "a workbook with macros",
        lambda p: wb.save(p.with_suffix(".xlsx"), TABLE).rename(p),
        good=2,
        suffix=".xlsm",
    )
)
FILES.append(
    nasty_file("inline strings", lambda p: wb.save(p, TABLE, constant_memory=True), good=2)
)
FILES.append(nasty_file("typed cells", _typed_cells, good=3))
FILES.append(nasty_file("days counted from 1904", _dates_from_1904, good=2))
FILES.append(
    nasty_file(
        "an 18-digit number cell",
        lambda p: wb.save(p, [TABLE[0], [420123199001011234, "2023-05-04", "a", "b"]]),
        problems=("destroyed_number",),
    )
)
FILES.append(
    nasty_file(
        "cells merged down",
        wb.with_openpyxl(TABLE, _merged_body),
        good=3,
        notes={"header": 1, "repeated_value": 3},
    )
)
FILES.append(
    nasty_file(
        "a text merged down",
        wb.with_openpyxl(TABLE, _merged_text),
        good=1,
        problems=("merged_with_above",),
    )
)
FILES.append(
    nasty_file(
        "hidden rows, columns and sheets",
        wb.with_openpyxl(TABLE, _hidden),
        good=3,
        notes={"header": 2},
    )
)
FILES.append(
    nasty_file(
        "a sheet without appeals",
        wb.with_openpyxl(TABLE, _several_sheets),
        good=4,
        notes={"header": 2, "skipped_sheet": 2},
    )
)
FILES.append(
    nasty_file(
        "one sheet of several",
        wb.with_openpyxl(TABLE, _several_sheets),
        good=2,
        notes={"header": 1, "skipped_sheet": 5},
        mapping=ImportMapping(sheet="六月"),
    )
)
FILES.append(
    nasty_file(
        "a sheet that is missing",
        wb.with_openpyxl(TABLE, _several_sheets),
        refused="mapped_sheet_missing",
        mapping=ImportMapping(sheet="七月"),
    )
)
FILES.append(
    nasty_file(
        "formulas never computed",
        wb.with_openpyxl(TABLE, lambda b: b.active.__setitem__("D2", '=A1&"x"')),
        good=1,
        problems=("formula_without_value",),
    )
)
FILES.append(
    nasty_file(
        "formulas in columns nobody reads",
        wb.with_openpyxl(TABLE, lambda b: b.active.__setitem__("F2", "=1+1")),
        good=2,
    )
)
FILES.append(
    nasty_file(
        "stray words beside the table",
        wb.with_openpyxl(TABLE, lambda b: b.active.__setitem__("J3", "已看")),
        good=2,
    )
)
FILES.append(
    nasty_file(
        "a gap of blank rows",
        wb.with_openpyxl(TABLE, lambda b: b.active.__setitem__("A9", "合计")),
        good=2,
        notes={"header": 1, "blank": 5, "total": 1},
    )
)
FILES.append(nasty_file("an empty workbook", lambda p: wb.save(p, []), refused="no_text_column"))
FILES.append(
    nasty_file(
        "merged header over sub-headers",
        lambda p: wb.write_sheet(
            p,
            wb.row(1, "某市热线台账")
            + wb.row(2, "编号", "诉求", "", "诉求人", "")
            + wb.row(3, "", "时间", "内容", "姓名", "电话")
            + wb.row(4, "1", "2023-05-04", "灯坏", "林某", "138")
            + wb.row(5, "合计", "", "1"),
            after='<mergeCells><mergeCell ref="A1:E1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/></mergeCells>',
        ),
        good=1,
        notes={"title": 1, "header": 2, "total": 1},
    )
)
RICH = (
    "<si><t>诉求编号</t></si><si><r><t>诉求</t></r><r><t>时间</t></r></si>"
    "<si><t>诉求内容</t><rPh sb='0' eb='1'><t>ス</t></rPh></si><si><t>灯_x000D_坏</t></si>"
)
FILES.append(nasty_file(
    "rich text, hints, prefixes, cells without reference",
    lambda p: wb.write_parts(
        p,
        wb.workbook_parts(
            {"S": f'<x:worksheet xmlns:x="{wb.MAIN}"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c>'
                  '<x:c t="s"><x:v>2</x:v></x:c></x:row><x:row><x:c><x:v>7</x:v></x:c><x:c t="d"><x:v>2023-05-04T09:15:00</x:v></x:c>'
                  '<x:c t="s"><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>'},
            strings=RICH,
        ),
    ),
    good=1,
))  # fmt: skip
FILES.append(
    nasty_file(
        "a formula that says nothing, and one in error",
        lambda p: wb.write_sheet(
            p,
            wb.row(1, "编号", "时间", "标题", "内容")
            + '<row r="2"><c r="B2" t="inlineStr"><is><t>2023-05-04</t></is></c><c r="C2" t="str"><f>""</f><v></v></c>'
            '<c r="D2" t="str"><f>A1</f><v>灯坏</v></c></row>'
            '<row r="3"><c r="B3" t="inlineStr"><is><t>2023-05-04</t></is></c><c r="D3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
        ),
        good=1,
        problems=("error_value",),
    )
)
FILES.append(
    nasty_file(
        "links to other files",
        wb.with_openpyxl(TABLE, lambda b: b.active.__setitem__("F2", "=[1]Sheet1!A1")),
        good=2,
    )
)
