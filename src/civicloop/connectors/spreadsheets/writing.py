"""Tables as files that open well in a spreadsheet program and run nothing there."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO

from civicloop.connectors.spreadsheets.formula_safe import ExportValue, formula_safe

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheet programs garble Chinese

Rows = Iterable[Sequence[ExportValue]]


def csv_lines(rows: Rows) -> Iterator[str]:
    """Yield the lines of a CSV file, UTF-8 with a byte-order mark, safe against formulas."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = StringIO()
        csv.writer(line).writerow([formula_safe(value) for value in row])
        yield line.getvalue()


def xlsx_bytes(rows: Rows) -> bytes:
    """Return an XLSX workbook of one sheet; its text cells stay text."""
    import xlsxwriter

    content = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
    return content.getvalue()
