"""Workbooks made by hand, part by part, for what no library would write."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def row(number: int, *texts: str) -> str:
    cells = "".join(cell(f"{chr(65 + i)}{number}", text) for i, text in enumerate(texts) if text)
    return f'<row r="{number}">{cells}</row>'


def sheet_xml(body: str, *, after: str = "", before: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{body}</sheetData>{after}</worksheet>"
    )


def workbook_parts(
    sheets: dict[str, str], *, strings: str = "", styles: str = "", properties: str = ""
) -> dict[str, str]:
    """Return the parts of a workbook whose sheets are given as XML, in order."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>'
        for i, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
    }
    for i, name in enumerate(names, 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = sheets[name]
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
        links += (
            f'<Relationship Id="s" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        )
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
        links += f'<Relationship Id="t" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}<sheets>{listed}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'
    )
    return parts


def write_parts(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def write_sheet(path: Path, body: str, **options: str) -> Path:
    return write_parts(path, workbook_parts({"Sheet1": sheet_xml(body, **options)}))


def write_ods(path: Path, table: str) -> Path:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet>{table}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def ods_table(rows: list[list[str]], *, name: str = "Sheet1") -> str:
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
            for text in line
        )
        + "</table:table-row>"
        for line in rows
    )
    return f'<table:table table:name="{name}">{lines}</table:table>'


def write_xls(path: Path, rows: list[list[str | float]]) -> Path:
    """Write a small BIFF8 workbook in an OLE container."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for i, line in enumerate(rows):
        for j, value in enumerate(line):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                body = struct.pack("<HHHHB", i, j, 0, len(value), 1) + text
                sheet += _record(0x0204, body)
            else:
                sheet += _record(0x0203, struct.pack("<HHHd", i, j, 0, value))
    sheet += _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    name = b"Sheet1"
    bound = 4 + 8 + len(name)
    offset = len(start) + bound + 4
    globals_ = (
        start
        + _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name)
        + _record(0x000A, b"")
    )
    return write_ole(path, "Workbook", globals_ + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def write_ole(path: Path, stream_name: str, stream: bytes) -> Path:
    """Write an OLE container with one stream."""
    size = 512
    stream = stream.ljust(4096, b"\0")  # short streams would live elsewhere
    sectors = -(-len(stream) // size)
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    chain = [table, end, *range(3, 2 + sectors), end]
    fat = struct.pack("<128I", *(chain + [free] * (128 - len(chain))))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    header += struct.pack("<109I", 0, *[free] * 108)
    directory = _entry("Root Entry", 5, child=1, start=end, size=0)
    directory += _entry(stream_name, 2, child=free, start=2, size=len(stream))
    directory = directory.ljust(size, b"\0")
    output = io.BytesIO()
    output.write(header + fat + directory + stream.ljust(sectors * size, b"\0"))
    path.write_bytes(output.getvalue())
    return path


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    free = 0xFFFFFFFF
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, free, free, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def save(path: Path, rows: list[list[object]], **options: object) -> Path:
    with xlsxwriter.Workbook(path, options) as workbook:
        page = workbook.add_worksheet()
        for number, line in enumerate(rows):
            page.write_row(number, 0, line)
    return path


def with_openpyxl(
    table: list[list[str]], change: Callable[[openpyxl.Workbook], object]
) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        book = openpyxl.Workbook()
        for line in table:
            book.active.append(line)
        change(book)
        book.save(path)

    return make
