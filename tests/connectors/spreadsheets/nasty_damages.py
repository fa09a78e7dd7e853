"""Damaged workbooks, and small relatives of the hostile files."""

import zipfile
from pathlib import Path

from tests.connectors.spreadsheets import workbooks as wb
from tests.connectors.spreadsheets.nasty import (
    FEW,
    SHORT,
    TABLE,
    TEXT,
    Nasty,
    nasty_file,
)

from civicloop.connectors.spreadsheets import Limits

FILES: list[Nasty] = []

HEAD = wb.row(1, "编号", "时间", "内容")

# --- damaged workbooks ------------------------------------------------------------------------------


def _cut(path: Path) -> None:
    data = wb.save(path, TABLE * 300).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _flip(path: Path) -> None:
    data = bytearray(wb.write_sheet(path, HEAD).read_bytes())
    start = data.index(b"xl/worksheets/sheet1.xml") + 30
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(bytes(data))


def _password(path: Path) -> None:
    data = wb.write_parts(path, {"[Content_Types].xml": "x", "xl/workbook.xml": "x"}).read_bytes()
    local, central = data.index(b"PK\3\4"), data.index(b"PK\1\2")
    changed = bytearray(data)
    changed[local + 6] |= 1
    changed[central + 8] |= 1
    path.write_bytes(bytes(changed))


def _zip_of_workbooks(path: Path) -> None:
    inner = wb.save(path.with_name("inner.xlsx"), TABLE)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "五月.xlsx")


FILES.append(nasty_file("a workbook cut in half", _cut, refused="damaged"))
FILES.append(nasty_file("a workbook with flipped bytes", _flip, refused="damaged"))
FILES.append(nasty_file("a zip with a password", _password, refused="encrypted"))
FILES.append(nasty_file("a zip of workbooks", _zip_of_workbooks, refused="archive", suffix=".zip"))
FILES.append(
    nasty_file(
        "a missing part",
        lambda p: wb.write_parts(
            p, {k: v for k, v in wb.workbook_parts({"S": HEAD}).items() if "sheet1" not in k}
        ),
        refused="damaged",
    )
)
FILES.append(
    nasty_file("no sheets", lambda p: wb.write_parts(p, wb.workbook_parts({})), refused="damaged")
)
FILES.append(
    nasty_file(
        "XML that ends early",
        lambda p: wb.write_parts(p, wb.workbook_parts({"S": "<worksheet><sheetData>"})),
        refused="damaged",
    )
)
FILES.append(
    nasty_file(
        "rows out of order",
        lambda p: wb.write_sheet(p, wb.row(2, "内容") + wb.row(1, "灯坏")),
        refused="damaged",
    )
)
FILES.append(
    nasty_file(
        "a row without number",
        lambda p: wb.write_sheet(p, '<row r="x"><c><v>1</v></c></row>'),
        refused="damaged",
    )
)
FILES.append(
    nasty_file(
        "a cell without letters",
        lambda p: wb.write_sheet(p, '<row r="1"><c r="1"><v>1</v></c></row>'),
        refused="damaged",
    )
)
FILES.append(
    nasty_file(
        "a shared string that is not there",
        lambda p: wb.write_sheet(p, '<row r="1"><c r="A1" t="s"><v>9</v></c></row>'),
        refused="damaged",
    )
)


# --- small relatives of the hostile files -------------------------------------------------------
BODY = HEAD + wb.row(2, "1", "2023-05-04", "灯坏")

FILES.append(
    nasty_file(
        "workbook rows, one at a time",
        lambda p: wb.write_sheet(p, BODY),
        good=1,
        limits=Limits(batch_rows=1),
    )
)
FILES.append(
    nasty_file(
        "more workbook rows than allowed",
        lambda p: wb.write_sheet(p, BODY + wb.row(3, "x")),
        refused="too_many_rows",
        limits=FEW,
    )
)
FILES.append(
    nasty_file(
        "a longer workbook cell than allowed",
        lambda p: wb.write_sheet(p, wb.row(1, TEXT)),
        refused="line_too_long",
        limits=SHORT,
    )
)
FILES.append(
    nasty_file(
        "a longer shared string than allowed",
        lambda p: wb.write_parts(
            p, wb.workbook_parts({"S": wb.sheet_xml(BODY)}, strings=f"<si><t>{TEXT}</t></si>")
        ),
        refused="line_too_long",
        limits=SHORT,
    )
)
FILES.append(
    nasty_file(
        "a far cell",
        lambda p: wb.write_sheet(p, BODY + '<row r="9"><c r="XFD9"><v>1</v></c></row>'),
        refused="too_many_columns",
    )
)
FILES.append(
    nasty_file(
        "more sheets than allowed",
        lambda p: wb.write_parts(p, wb.workbook_parts({"a": BODY, "b": BODY})),
        refused="too_many_sheets",
        limits=Limits(max_sheets=1),
    )
)
FILES.append(
    nasty_file(
        "more bytes than allowed",
        lambda p: wb.write_sheet(p, BODY),
        refused="bomb",
        limits=Limits(max_unpacked_bytes=99),
    )
)
FILES.append(
    nasty_file(
        "a document type",
        lambda p: wb.write_sheet(p, BODY, before="<!DOCTYPE a>"),
        refused="unsafe_xml",
    )
)
ODS_TYPES = (
    '<table:table-row><table:table-cell office:value-type="float" office:value="188006"/>'
    '<table:table-cell office:value-type="date" office:date-value="2023-05-04T09:15:00"/>'
    '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
    '<table:table-cell office:value-type="string"><text:p>灯坏</text:p></table:table-cell></table:table-row>'
)
FILES.append(
    nasty_file(
        "OpenDocument cells with types",
        lambda p: wb.write_ods(
            p, wb.ods_table([TABLE[0], []]).replace("</table:table>", ODS_TYPES + "</table:table>")
        ),
        good=1,
        notes={"header": 1, "blank": 1},
        suffix=".ods",
    )
)
FILES.append(
    nasty_file(
        "OpenDocument rows, one at a time",
        lambda p: wb.write_ods(p, wb.ods_table(TABLE)),
        good=2,
        suffix=".ods",
        limits=Limits(batch_rows=1),
    )
)
FILES.append(
    nasty_file(
        "a wide OpenDocument sheet",
        lambda p: wb.write_ods(p, wb.ods_table([["x"] * 501])),
        refused="too_many_columns",
        suffix=".ods",
    )
)
FILES.append(
    nasty_file(
        "more OpenDocument sheets than allowed",
        lambda p: wb.write_ods(p, wb.ods_table(TABLE) + wb.ods_table(TABLE, name="b")),
        refused="too_many_sheets",
        suffix=".ods",
        limits=Limits(max_sheets=1),
    )
)
FILES.append(
    nasty_file(
        "endless OpenDocument cells",
        lambda p: wb.write_ods(
            p,
            wb.ods_table(TABLE)
            .replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">')
            .replace(
                "<table:table-cell ", '<table:table-cell table:number-columns-repeated="16000" '
            ),
        ),
        refused="too_much_memory",
        suffix=".ods",
    )
)
FILES.append(
    nasty_file(
        "an OpenDocument file without content",
        lambda p: wb.write_parts(
            p, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a"}
        ),
        refused="damaged",
        suffix=".ods",
    )
)
FILES.append(
    nasty_file(
        "a binary workbook without content",
        lambda p: wb.write_parts(p, {"xl/workbook.bin": "x"}),
        refused="damaged",
        suffix=".xlsb",
    )
)
FILES.append(
    nasty_file(
        "styles of one's own",
        lambda p: wb.write_parts(
            p,
            wb.workbook_parts(
                {
                    "S": wb.sheet_xml(
                        HEAD
                        + '<row r="2"><c r="A2" s="0"><v>1E3</v></c><c r="B2" s="1"><v>45050.385416666664</v></c><c r="C2" t="b"><v>0</v></c></row>'
                    )
                },
                styles='<numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="170"/></cellXfs>',
            ),
        ),
        good=1,
    )
)
FILES.append(
    nasty_file(
        "a sheet without a header",
        lambda p: wb.write_parts(
            p, wb.workbook_parts({"S": "<worksheet><sheetData/></worksheet>"})
        ),
        refused="no_text_column",
    )
)
FILES.append(
    nasty_file(
        "a sheet that gained a column merged down",
        wb.with_openpyxl(TABLE, lambda b: b.active.merge_cells("H2:H3")),
        good=2,
    )
)
FILES.append(
    nasty_file(
        "a style without a number",
        lambda p: wb.write_parts(
            p, wb.workbook_parts({"S": wb.sheet_xml(BODY)}, styles="<numFmts><numFmt/></numFmts>")
        ),
        refused="damaged",
    )
)
FILES.append(
    nasty_file(
        "a merged cell that ends",
        lambda p: wb.write_sheet(
            p,
            wb.row(1, "编号", "时间", "内容", "区县")
            + wb.row(2, "1", "2023-05-04", "a", "x")
            + wb.row(3, "1", "2023-05-04", "a")
            + wb.row(4, "1", "2023-05-04", "a"),
            after='<mergeCells><mergeCell ref="D2:D3"/></mergeCells>',
        ),
        good=3,
        notes={"header": 1, "repeated_value": 1},
    )
)
FILES.append(
    nasty_file(
        "no first relations, a place named twice, a hint",
        lambda p: wb.write_parts(
            p,
            {
                k: v
                for k, v in wb.workbook_parts(
                    {
                        "S": wb.sheet_xml(
                            HEAD
                            + f'<row r="2">{wb.cell("C2", "旧")}{wb.cell("B2", "2023-05-04")}<c r="C2" t="inlineStr"><is><t>灯</t><rPh><t>x</t></rPh></is></c></row>'
                        )
                    }
                ).items()
                if k != "_rels/.rels"
            },
        ),
        good=1,
    )
)
