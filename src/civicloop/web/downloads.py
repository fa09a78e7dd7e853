"""Tables of the product as files to be saved."""

from django.http import HttpResponse, StreamingHttpResponse

from civicloop.apps.issues.tables import AnyTable, Table, table_as_csv, table_as_xlsx

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_download(name: str, table: AnyTable) -> StreamingHttpResponse:
    """A CSV file, sent while it is read."""
    response = StreamingHttpResponse(table_as_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_download(name: str, table: Table) -> HttpResponse:
    """A workbook."""
    return xlsx_response(name, table_as_xlsx(table))


def xlsx_response(name: str, content: bytes) -> HttpResponse:
    """A workbook to be saved."""
    response = HttpResponse(content, content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
