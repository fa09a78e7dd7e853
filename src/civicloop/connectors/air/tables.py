"""Open a CSV file, workbook or Parquet file and tell what kind of air data it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from civicloop.connectors.air.columns import Columns, Field, Shape, columns_of, shape_of
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.spreadsheets.calamine import CalamineSource
from civicloop.connectors.spreadsheets.delimited import DelimitedSource, sniff_dialect
from civicloop.connectors.spreadsheets.formats import detect_format
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.mapping import ImportMapping
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError
from civicloop.connectors.spreadsheets.shape import FileFormat
from civicloop.connectors.spreadsheets.sources import Source

if TYPE_CHECKING:
    import pyarrow.parquet as pq

LIMITS = Limits(max_rows=50_000_000, batch_rows=20_000)
_SEARCHED_ROWS = 30
_PARQUET = b"PAR1"

Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AirFile:
    """A file whose kind is known."""

    path: Path
    shape: Shape
    columns: Columns
    header_row: int  # 0 in Parquet
    headers: tuple[str, ...]
    only: Mapping[int, str]  # position → what a row must have there to be read
    gaps: frozenset[Decimal]  # numbers that say in this file that nothing was measured

    @property
    def is_parquet(self) -> bool:
        """Whether columns can be read as arrays."""
        return self.header_row == 0


def open_air_file(
    path: Path,
    named: Mapping[Field, str] | None = None,
    only: Mapping[str, str] | None = None,
    gaps: frozenset[Decimal] = frozenset(),
) -> AirFile:
    """Look at a file's columns.

    Args:
        path: the file.
        named: which header holds what, where the file does not use a word that is known.
        only: what rows must have under a header to be read by `text_rows`.
        gaps: numbers by which the file says that nothing was measured.

    Raises:
        AirFileError: it is damaged, or holds nothing like air data.
        UnreadableFileError: it is no spreadsheet.
    """
    if _is_parquet(path):
        headers = list(parquet(path).schema_arrow.names)
        file = _air_file(path, [(0, headers)], named)
    else:
        rows = islice(_spreadsheet_rows(path), _SEARCHED_ROWS)
        file = _air_file(path, list(rows), named)
    return replace(file, only=_positions(file, only or {}), gaps=gaps)


def text_rows(file: AirFile) -> Rows:
    """Yield the rows below the header as text, each with the number that a person sees."""
    rows = _parquet_rows(file.path) if file.is_parquet else _spreadsheet_rows(file.path)
    for number, row in rows:
        is_data = number > file.header_row and any(cell.strip() for cell in row)
        if is_data and all(_is_same(row, at, value) for at, value in file.only.items()):
            yield number, row


def _is_same(row: list[str], at: int, value: str) -> bool:
    """Compare as people read: a spreadsheet writes TRUE where a text has true."""
    return at < len(row) and row[at].strip().casefold() == value.strip().casefold()


def parquet(path: Path, dictionaries: list[str] | None = None) -> "pq.ParquetFile":
    """Open a Parquet file.

    Raises:
        AirFileError: it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path, read_dictionary=dictionaries, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        params = {"detail": str(error)[:200]}
        raise AirFileError(AirFileCode.DAMAGED, file=path, params=params) from None


def _air_file(
    path: Path, first_rows: list[tuple[int, list[str]]], named: Mapping[Field, str] | None
) -> AirFile:
    """Take the first row that makes a known kind of file."""
    widest = max((row for _, row in first_rows), key=len, default=[])
    missing = ""
    for number, row in first_rows:
        try:
            columns = columns_of(row, named)
        except KeyError as error:
            missing = str(error.args[0])
            continue
        if shape := shape_of(columns.fields):
            return AirFile(
                path=path,
                shape=shape,
                columns=columns,
                header_row=number,
                headers=tuple(row),
                only={},
                gaps=frozenset(),
            )
    code = AirFileCode.NO_SUCH_HEADER if missing else AirFileCode.NO_HEADER
    headers = ", ".join(widest)[:300]
    raise AirFileError(code, file=path, value=missing, params={"headers": headers})


def _positions(file: AirFile, only: Mapping[str, str]) -> dict[int, str]:
    for header in only:
        if header not in file.headers:
            params = {"headers": ", ".join(file.headers)}
            raise AirFileError(
                AirFileCode.NO_SUCH_HEADER, file=file.path, value=header, params=params
            )
    return {file.headers.index(header): value for header, value in only.items()}


def _is_parquet(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as opened:
        return opened.read(4) == _PARQUET


def _spreadsheet_rows(path: Path) -> Rows:
    source = _source(path)
    shown = [sheet for sheet in source.sheets if not sheet.is_hidden]
    for sheet in shown[:1]:
        for chunk in source.chunks(sheet.index):
            if chunk.flaws:
                flaw = next(iter(chunk.flaws.values()))[0]
                raise UnreadableFileError(UnreadableCode.DAMAGED, {"detail": flaw.code.value})
            yield from zip(chunk.numbers, chunk.rows, strict=True)


def _source(path: Path) -> Source:
    if detect_format(path, LIMITS) is not FileFormat.CSV:
        return CalamineSource(path, LIMITS)
    dialect = sniff_dialect(path, ImportMapping(), LIMITS)
    return DelimitedSource(
        path, encoding=dialect.encoding, delimiter=dialect.delimiter, limits=LIMITS
    )


def _parquet_rows(path: Path) -> Rows:
    number = 0
    for batch in parquet(path).iter_batches(batch_size=LIMITS.batch_rows, use_threads=False):
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            number += 1
            yield number, ["" if cell is None else str(cell) for cell in row]
