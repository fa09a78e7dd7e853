"""Tables as files that open well in a spreadsheet program and run nothing there."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from django.http import HttpResponse, StreamingHttpResponse

Cell = str | int | float
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _PassThrough:
    """A file that hands back what is written, so that csv rows can be streamed."""

    def write(self, value: str) -> str:
        return value


def guarded(cell: Cell) -> Cell:
    """The cell with an apostrophe before what a spreadsheet program would calculate."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def csv_download(name: str, rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """A CSV file in UTF-8 with the mark that spreadsheet programs need to read Chinese."""
    response = StreamingHttpResponse(_csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_PassThrough())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([guarded(cell) for cell in row])


def xlsx_download(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """An XLSX workbook; its text cells stay text."""
    import xlsxwriter

    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return xlsx_response(name, content.getvalue())


def xlsx_response(name: str, content: bytes) -> HttpResponse:
    """A workbook to be saved."""
    response = HttpResponse(content, content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
