"""Cells of CSV exports that no spreadsheet program takes for a formula."""

from datetime import date, datetime
from decimal import Decimal

# What starts a formula, also in full width, and what is dropped before one is looked for.
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
_IGNORED = " \ufeff\u00a0\u3000\u200b\"'"

ExportValue = str | int | float | Decimal | date | datetime | None


def formula_safe(value: ExportValue) -> str | int | float | Decimal:
    """Return a value for a CSV export: numbers stay numbers, text cannot become a formula.

    A text is dangerous when its first character, or the first after spaces, byte-order marks and
    quotation marks, starts a formula; it gets an apostrophe in front, which spreadsheet programs
    take as "this is text". ``-5`` as a number stays as it is, as text it does not.
    """
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return value.isoformat(" ") if isinstance(value, datetime) else str(value)
    is_dangerous = value.startswith(_DANGEROUS) or value.lstrip(_IGNORED).startswith(_DANGEROUS)
    return f"'{value}" if is_dangerous else value
