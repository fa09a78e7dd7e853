"""Look at the first rows of each sheet and say what the file holds."""

from collections.abc import Iterator
from pathlib import Path

from civicloop.connectors.spreadsheets.dates import is_year_last, shown_order
from civicloop.connectors.spreadsheets.delimited import DelimitedSource, sniff_dialect
from civicloop.connectors.spreadsheets.fields import TIME_FIELDS, Field
from civicloop.connectors.spreadsheets.formats import detect_format
from civicloop.connectors.spreadsheets.headers import (
    NumberedRow,
    contradiction,
    find_header,
    missing_header,
)
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.mapping import ImportMapping
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError
from civicloop.connectors.spreadsheets.shape import (
    Column,
    DateOrder,
    FileFormat,
    FileShape,
    SheetShape,
    column_letter,
)
from civicloop.connectors.spreadsheets.sources import SheetInfo, Source

_SAMPLE_ROWS = 500
_HEADER_CHARACTERS = 200


def inspect_file(path: Path, mapping: ImportMapping, limits: Limits) -> FileShape:
    """Return the shape of a file.

    Raises:
        UnreadableFileError: The file cannot be read, or the mapping does not fit it.
    """
    found = detect_format(path, limits)
    encoding = delimiter = ""
    if found is FileFormat.CSV:
        dialect = sniff_dialect(path, mapping, limits)
        encoding, delimiter = dialect.encoding, dialect.delimiter
    source = open_source(path, found, encoding=encoding, delimiter=delimiter, limits=limits)
    infos = _wanted(source, mapping)
    looks = [_SheetLook(source, info, mapping) for info in infos]
    missing = [look.missing for look in looks]
    if missing and all(missing):
        raise UnreadableFileError(UnreadableCode.MAPPED_COLUMN_MISSING, {"header": missing[0]})
    if found_twice := next(filter(None, (look.contradiction for look in looks)), None):
        raise UnreadableFileError(UnreadableCode.MAPPED_COLUMN_TWICE, found_twice)
    return FileShape(
        format=found,
        file_bytes=path.stat().st_size,
        encoding=encoding,
        delimiter=delimiter,
        dates_from_1904=source.dates_from_1904,
        sheets=tuple(look.shape() for look in looks),
    )


def open_source(
    path: Path, found: FileFormat, *, encoding: str, delimiter: str, limits: Limits
) -> Source:
    """Open a file whose format is known."""
    if found is FileFormat.CSV:
        return DelimitedSource(path, encoding=encoding, delimiter=delimiter, limits=limits)
    if found is FileFormat.XLSX:
        from civicloop.connectors.spreadsheets.xlsx import XlsxSource

        return XlsxSource(path, limits)
    from civicloop.connectors.spreadsheets.calamine import CalamineSource

    return CalamineSource(path, limits)


def _wanted(source: Source, mapping: ImportMapping) -> list[SheetInfo]:
    if mapping.sheet and all(info.name != mapping.sheet for info in source.sheets):
        raise UnreadableFileError(UnreadableCode.MAPPED_SHEET_MISSING, {"sheet": mapping.sheet})
    return list(source.sheets)


class _SheetLook:
    """One sheet's first rows, and the conclusions from them."""

    def __init__(self, source: Source, info: SheetInfo, mapping: ImportMapping) -> None:
        self._source = source
        self._info = info
        self._chunks = source.chunks(info.index)
        self._sample = self._first_rows()
        self._header = find_header(self._sample, mapping)
        self._is_wanted = mapping.sheet in {"", info.name}
        width = max((len(cells) for _, cells in self._sample), default=0)
        self.missing = missing_header(self._header, mapping, width=width)
        is_usable = self._is_wanted and not self.missing
        self.contradiction = contradiction(self._header, mapping) if is_usable else {}

    def _first_rows(self) -> list[NumberedRow]:
        rows: list[NumberedRow] = []
        for chunk in self._chunks:
            rows.extend(zip(chunk.numbers, chunk.rows, strict=True))
            if len(rows) >= _SAMPLE_ROWS:
                break
        return rows

    def shape(self) -> SheetShape:
        header = self._header
        first = header.row + header.rows if header.row else 1
        data = [(number, cells) for number, cells in self._sample if number >= first]
        orders = self._date_orders(data)
        usable = self._is_wanted and not self.missing
        columns = tuple(
            Column(
                letter=column_letter(index),
                header=text[:_HEADER_CHARACTERS],
                field=field if usable else Field.IGNORE,
                passed_over=passed_over if usable else Field.IGNORE,
                date_order=orders.get(index, DateOrder.UNKNOWN),
            )
            for index, (text, field, passed_over) in enumerate(
                zip(header.texts, header.fields, header.passed_over, strict=True)
            )
        )
        rows = self._source.row_estimate(self._info.index, sampled_rows=len(self._sample))
        return SheetShape(
            name=self._info.name,
            index=self._info.index,
            header_row=header.row,
            header_rows=header.rows,
            columns=columns,
            row_estimate=max(0, rows - (len(self._sample) - len(data))),
            is_hidden=self._info.is_hidden,
        )

    def _date_orders(self, data: list[NumberedRow]) -> dict[int, DateOrder]:
        """Return the order of day and month that each time column proves.

        When the sample holds dates that end in the year, the whole column is looked through: one
        16/1/2019 anywhere settles all the others, and a 1/16/2019 beside it unsettles them.
        """
        doubtful = [
            index
            for index, field in enumerate(self._header.fields)
            if field in TIME_FIELDS and any(is_year_last(_cell(row, index)) for _, row in data)
        ]
        proofs: dict[int, set[DateOrder]] = {index: set() for index in doubtful}
        if doubtful:
            for row in self._all_rows(data):
                for index in doubtful:
                    proofs[index].add(shown_order(_cell(row, index)))
        return {
            index: shown.pop()
            for index, found in proofs.items()
            if len(shown := found - {DateOrder.UNKNOWN}) == 1
        }

    def _all_rows(self, data: list[NumberedRow]) -> Iterator[list[str]]:
        for _, row in data:
            yield row
        for chunk in self._chunks:
            yield from chunk.rows


def _cell(row: list[str], index: int) -> str:
    return row[index] if index < len(row) else ""
