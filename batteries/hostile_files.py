"""Files made to kill a server, each written by a function that is given the path."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.connectors.spreadsheets import workbooks as wb

Make = Callable[[Path], object]
MIB = 1 << 20
HEADER = "编号,时间,内容\n"
LINE = "1,2023-05-04,灯坏\n"
HEAD, GOOD = wb.row(1, "编号", "时间", "内容"), wb.row(2, "1", "2023-05-04", "灯坏")
LAST_ROW = '<row r="1048576"><c r="{}"><v>1</v></c></row>'
HANZI = "".join(map(chr, range(0x4E00, 0x9000)))
XML = '<?xml version="1.0" encoding="UTF-8"?>'
GROWING = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FILLED = (
    '<table:table-row table:number-rows-repeated="{}"><table:table-cell'
    ' table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    "</table:table-cell></table:table-row>"
)


def _sheet(body: str, **more: str) -> Make:
    return lambda path: wb.write_sheet(path, body, **more)


def _strings(strings: str) -> Make:
    parts = wb.workbook_parts({"S": wb.sheet_xml(HEAD)}, strings=strings)
    return lambda path: wb.write_parts(path, parts)


def _parts(change: Callable[[dict[str, str]], object]) -> Make:
    def make(path: Path) -> None:
        parts = wb.workbook_parts({"S": wb.sheet_xml(HEAD + GOOD)}, strings="<si><t>a</t></si>")
        change(parts)
        wb.write_parts(path, parts)

    return make


def _declaring(part: str, declaration: str) -> Make:
    return _parts(
        lambda parts: parts.update({part: declaration + parts[part].removeprefix(XML)}),
    )


def _bytes(content: bytes) -> Make:
    return lambda path: path.write_bytes(content)


def _text(*pieces: str) -> Make:
    return _bytes("".join(pieces).encode())


def _hole(size: int, head: bytes = b"") -> Make:
    """A file that is long and takes no room: NUL bytes after its head."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.truncate(size)

    return make


def _of_many_rows(path: Path) -> None:
    rows = b"<row><c><v>1</v></c></row>" * 1_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in wb.workbook_parts({"S": ""}).items():
            if "sheet1" not in name:
                archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(b"<worksheet><sheetData>" + rows + rows + b"</sheetData></worksheet>")


def _longer_than_it_says(path: Path) -> None:
    wb.write_sheet(path, HEAD + GOOD)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    told, lie = size.to_bytes(4, "little"), (100).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(told, lie))


def _cut_short(path: Path) -> None:
    wb.write_sheet(path, HEAD + GOOD)
    path.write_bytes(path.read_bytes()[:-200])


def _repeating(times: int) -> Make:
    table = f'<table:table table:name="S">{FILLED.format(times)}</table:table>'
    return lambda path: wb.write_ods(path, table)


def _zip_of(name: str, times: int, content: bytes) -> Make:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(times):
                archive.writestr(name.format(number), content)

    return make


FILES: dict[str, Make] = {
    "opposite corners.xlsx": _sheet(HEAD + GOOD + LAST_ROW.format("XFD1048576")),
    "last row.xlsx": _sheet(HEAD + GOOD + LAST_ROW.format("A1048576")),
    "lying dimension.xlsx": _sheet(HEAD, before='<!-- <dimension ref="A1:XFD1048576"/> -->'),
    "64 MiB of spaces.xlsx": _sheet(HEAD + GOOD + " " * (64 * MIB)),
    "two million rows.xlsx": _of_many_rows,
    "ten thousand sheets.xlsx": lambda path: wb.write_parts(
        path, wb.workbook_parts({f"S{n}": "<worksheet/>" for n in range(10_000)})
    ),
    "one merged cell.xlsx": _sheet(
        HEAD + GOOD, after='<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    ),
    "a hundred thousand merged.xlsx": _sheet(
        HEAD + GOOD,
        after="<mergeCells>"
        + "".join(f'<mergeCell ref="A{n}:C{n}"/>' for n in range(2, 100_002))
        + "</mergeCells>",
    ),
    "growing sheet.xlsx": _declaring("xl/worksheets/sheet1.xml", GROWING),
    "growing strings.xlsx": _declaring("xl/sharedStrings.xml", GROWING),
    "growing workbook.xlsx": _declaring("xl/workbook.xml", GROWING),
    "outside sheet.xlsx": _declaring("xl/worksheets/sheet1.xml", OUTSIDE),
    "outside strings.xlsx": _declaring("xl/sharedStrings.xml", OUTSIDE),
    "outside workbook.xlsx": _declaring("xl/workbook.xml", OUTSIDE),
    "longer than it says.xlsx": _longer_than_it_says,
    "cut short.xlsx": _cut_short,
    "long cell.xlsx": _sheet(HEAD + wb.row(2, "1", "2023-05-04", HANZI * 600)),
    "long string.xlsx": _strings(f"<si><t>{HANZI * 600}</t></si>"),
    "long strings.xlsx": _strings("".join(f"<si><t>{n}{HANZI}</t></si>" for n in range(2_000))),
    "long header.xlsx": _sheet(wb.row(1, "编号" * MIB, "时间", "内容") + GOOD),
    "deep.xlsx": _sheet(HEAD + "<a>" * 200_000 + "</a>" * 200_000),
    "no sheet.xlsx": _parts(lambda parts: parts.pop("xl/worksheets/sheet1.xml")),
    "no workbook.xlsx": _parts(lambda parts: parts.pop("xl/workbook.xml")),
    "other zip.xlsx": _zip_of("{}.txt", 3, b"x"),
    "hundred thousand parts.xlsx": _zip_of("xl/{}.xml", 100_000, b""),
    "way out.xlsx": _zip_of("../../../{}/etc/passwd", 3, b"x"),
    "picture.xlsx": _bytes(b"\x89PNG\r\n\x1a\n" + bytes(4096)),
    "encrypted.xlsx": lambda path: wb.write_ole(path, "EncryptedPackage", bytes(8192)),
    "ole of nothing.xls": lambda path: wb.write_ole(path, "Workbook", bytes(8192)),
    "ole of noise.xls": _bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 64),
    "repeated cells.ods": _repeating(1_048_576),
    "fewer repeated cells.ods": _repeating(2_000),
    "gibibyte line.csv": _hole(1 << 30, (HEADER + "1,2023-05-04,").encode()),
    "three gibibytes.csv": _hole(3 << 30),
    "open quotation.csv": _text(HEADER, '1,2023-05-04,"', "灯坏,\n" * 4_000_000),
    "three million rows.csv": _text(HEADER, "1,,x\n" * 3_000_000),
    "wide.csv": _text("栏," * 100_000, "\n", LINE),
    "quotations.csv": _text(HEADER, '"' * 4_000_001, "\n"),
    "long cell.csv": _text(HEADER, "1,2023-05-04,", "灯" * 2_000_000, "\n"),
    "noughts.csv": _text(HEADER, "1,2023-05-04,\0灯\0坏\n" * 1_000),
    "two encodings.csv": _bytes((HEADER + LINE).encode("gb18030") + LINE.encode("utf-16")),
    "half a character.csv": _bytes((HEADER + LINE * 10_000).encode("utf-16")[:-1]),
    "only ends of lines.csv": _text("\n" * 5_000_000),
    "nothing.csv": _bytes(b""),
    "noise.csv": _bytes(bytes(range(256)) * 4096),
    "pipe.csv": os.mkfifo,
    "folder.csv": Path.mkdir,
}
