"""Read hours of stations from Parquet, one city in memory at a time where the file allows it."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from civicloop.connectors.air.columns import POLLUTANT_FIELDS, Field, number_of
from civicloop.connectors.air.gaps import gap_mark
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.tables import AirFile, parquet
from civicloop.connectors.air.times import NoFullHourError, day_of_text, hour_of_text, hours
from civicloop.connectors.air.units import milligrams
from civicloop.engines.air.blocks import Floats, HourBlock, Ints
from civicloop.engines.air.pollutants import Pollutant

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS_AT_ONCE = 3_000_000  # of cities that are read together, where row groups mix them
_UTC = {"UTC", "Etc/UTC", "Z", "+00:00", "GMT"}
_CLOCK = (Field.YEAR, Field.MONTH, Field.DAY, Field.HOUR)


def parquet_blocks(file: AirFile, *, city: str) -> Iterator[HourBlock]:
    """Yield the hours of each city.

    Raises:
        AirFileError: a cell cannot be read, or there are no rows.
    """
    headers = file.columns.headers
    names = [headers[field] for field in (Field.CITY, Field.STATION) if field in headers]
    opened = parquet(file.path, names)
    if not opened.metadata.num_rows:
        raise AirFileError(AirFileCode.NO_ROWS, file=file.path)
    for name, table in _cities(file, opened, city):
        yield _block(name, table, file)


def _cities(file: AirFile, opened: "pq.ParquetFile", city: str) -> Iterator[tuple[str, "pa.Table"]]:
    wanted = [header for field, header in file.columns.headers.items() if field in _READ]
    header = file.columns.headers.get(Field.CITY)
    if header is None:
        yield city, opened.read(wanted, use_threads=False)
        return
    groups = _cities_of_groups(opened, header)
    if groups is None:
        yield from _mixed(opened, wanted, header, city)
        return
    for name, numbers in groupby(range(len(groups)), key=lambda number: groups[number]):
        yield name, opened.read_row_groups(list(numbers), wanted, use_threads=False)


_READ = {Field.STATION, Field.TIME, Field.DATE, *_CLOCK, *POLLUTANT_FIELDS.values()}


def _cities_of_groups(opened: "pq.ParquetFile", header: str) -> list[str] | None:
    """Return the city of each row group by its statistics; None if one mixes or repeats cities."""
    found = []
    column = opened.schema_arrow.names.index(header)
    for number in range(opened.num_row_groups):
        chunk = opened.metadata.row_group(number).column(column)
        stats = chunk.statistics
        if stats is None or not stats.has_min_max or stats.min != stats.max or stats.null_count:
            return None
        found.append(str(stats.min))
    runs = [name for name, _ in groupby(found)]
    return found if len(runs) == len(set(runs)) else None


def _mixed(
    opened: "pq.ParquetFile", wanted: list[str], header: str, city: str
) -> Iterator[tuple[str, "pa.Table"]]:
    """Read the file once for every few cities, so that never all of it is in memory."""
    import pyarrow.compute as pc

    names = opened.read([header], use_threads=False)[header].cast("string")
    counts = {pair["values"]: pair["counts"] for pair in pc.value_counts(names).to_pylist()}
    for some in _shares(counts):
        parts: dict[str | None, list[pa.Table]] = {name: [] for name in some}
        for number in range(opened.num_row_groups):
            table = opened.read_row_group(number, [header, *wanted], use_threads=False)
            texts = table[header].cast("string")
            for name in set(some) & set(pc.unique(texts).to_pylist()):
                mask = pc.is_null(texts) if name is None else pc.equal(texts, name)
                parts[name].append(table.filter(mask).select(wanted))
        for name in some:
            yield (city if name is None else name), _joined(parts.pop(name))


def _shares(counts: dict[str | None, int]) -> list[list[str | None]]:
    """Part the cities so that each part has at most _ROWS_AT_ONCE rows, or one city."""
    shares: list[list[str | None]] = []
    rows = _ROWS_AT_ONCE
    for name in sorted(counts, key=lambda name: name or ""):
        if rows + counts[name] > _ROWS_AT_ONCE:
            shares.append([])
            rows = 0
        shares[-1].append(name)
        rows += counts[name]
    return shares


def _joined(parts: list["pa.Table"]) -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables(parts)


def _block(city: str, table: "pa.Table", file: AirFile) -> HourBlock:
    stations, codes = _stations(table, file)
    headers = file.columns.headers
    values = {
        pollutant: _without_gaps(_floats(table, headers.get(field), file), file)
        for pollutant, field in POLLUTANT_FIELDS.items()
    }
    for pollutant, measured in values.items():
        if (at := gap_mark(measured)) is not None:
            raise AirFileError(
                AirFileCode.GAP_MARK,
                file=file.path,
                row=0 if Field.CITY in headers else at + 1,  # rows of other cities are elsewhere
                column=headers[POLLUTANT_FIELDS[pollutant]],
                value=f"{measured[at]:g}",
            )
    values[Pollutant.CO] = milligrams(values[Pollutant.CO], file.columns)
    return HourBlock(
        city=city, stations=stations, station=codes, hour=_hours(table, file), values=values
    )


def _without_gaps(values: Floats, file: AirFile) -> Floats:
    if not file.gaps:
        return values
    is_gap = np.isin(values, [float(each) for each in file.gaps])
    return np.where(is_gap, np.nan, values)


def _stations(
    table: "pa.Table", file: AirFile
) -> tuple[tuple[str, ...], "np.ndarray[tuple[int, ...], np.dtype[np.int32]]"]:
    import pyarrow as pa

    header = file.columns.headers[Field.STATION]
    column = table[header]
    if not pa.types.is_dictionary(column.type):
        column = column.cast("string").dictionary_encode()
    encoded = column.unify_dictionaries().combine_chunks()
    if encoded.null_count:
        row = int(np.flatnonzero(encoded.is_null().to_numpy(zero_copy_only=False))[0]) + 1
        raise AirFileError(AirFileCode.NO_STATION, file=file.path, row=row, column=header)
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    used = np.bincount(codes, minlength=len(names)) > 0
    if used.all():
        return tuple(names), codes
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    kept = tuple(name for name, is_used in zip(names, used.tolist(), strict=True) if is_used)
    return kept, renumbered[codes]


def _floats(table: "pa.Table", header: str | None, file: AirFile) -> Floats:
    import pyarrow as pa

    if header is None:
        return np.full(len(table), np.nan)
    column = table[header]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _floats_of_texts(column, header, file)
    try:
        if not pa.types.is_float64(column.type):
            column = column.cast("float64")
    except pa.ArrowException:
        raise AirFileError(
            AirFileCode.UNREADABLE_NUMBER, file=file.path, column=header, value=str(column.type)
        ) from None
    return np.asarray(column.to_numpy(), np.float64)


def _floats_of_texts(column: "pa.ChunkedArray", header: str, file: AirFile) -> Floats:
    """Read each different text once."""
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    read = [np.nan]  # what is null, or a mark for nothing
    for text in encoded.dictionary.to_pylist():
        try:
            value = number_of(text)
        except ValueError:
            code = AirFileCode.UNREADABLE_NUMBER
            raise AirFileError(code, file=file.path, column=header, value=text) from None
        read.append(np.nan if value is None else float(value))
    codes: Ints = np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)
    return np.array(read, np.float64)[codes + 1]


def _hours(table: "pa.Table", file: AirFile) -> Ints:
    import pyarrow as pa

    headers = file.columns.headers
    if Field.TIME in headers:
        header = headers[Field.TIME]
        column = table[header]
        if pa.types.is_timestamp(column.type):
            return _hours_of_stamps(column, header, file)
        return _hours_of_texts(column, header, file)
    hour = _whole(table, headers[Field.HOUR], file, least=0, most=24)
    if Field.DATE in headers:
        return _days(table, headers[Field.DATE], file) * 24 + hour
    year = _whole(table, headers[Field.YEAR], file, least=1970, most=2200)
    month = _whole(table, headers[Field.MONTH], file, least=1, most=12)
    day = _whole(table, headers[Field.DAY], file, least=1, most=31)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return (months.astype("datetime64[D]").astype(np.int64) + day - 1) * 24 + hour


def _hours_of_stamps(column: "pa.ChunkedArray", header: str, file: AirFile) -> Ints:
    import pyarrow as pa

    if column.type.tz:
        if column.type.tz in _UTC:
            raise AirFileError(AirFileCode.MOMENTS_OF_UTC, file=file.path, column=header)
        from pyarrow.compute import local_timestamp  # 0.1 s to import, and rarely needed

        column = local_timestamp(column)
    _refuse_nulls(column, header, file)
    per_hour = {"s": 3600, "ms": 3_600_000, "us": 3_600_000_000, "ns": 3_600_000_000_000}
    unit = per_hour[column.type.unit]
    whole = np.asarray(column.cast(pa.int64()).to_numpy(), np.int64)
    found: Ints = whole // unit
    if not bool((found * unit == whole).all()):
        row = int(np.flatnonzero(found * unit != whole)[0])
        value = str(column[row].as_py())
        raise AirFileError(
            AirFileCode.NO_FULL_HOUR, file=file.path, row=row + 1, column=header, value=value
        )
    return found


def _hours_of_texts(column: "pa.ChunkedArray", header: str, file: AirFile) -> Ints:
    """Read each different text once."""
    encoded = column.cast("string").dictionary_encode().unify_dictionaries().combine_chunks()
    read = []
    for text in encoded.dictionary.to_pylist():
        try:
            read.append(hour_of_text(text))
        except ValueError as error:
            is_within = isinstance(error, NoFullHourError)
            code = AirFileCode.NO_FULL_HOUR if is_within else AirFileCode.UNREADABLE_TIME
            raise AirFileError(code, file=file.path, column=header, value=text) from None
    _refuse_nulls(encoded, header, file)
    codes: Ints = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)
    return np.array(read, np.int64)[codes]


def _days(table: "pa.Table", header: str, file: AirFile) -> Ints:
    """Return the days since 1970 of a column of days, moments or texts."""
    import pyarrow as pa

    column = table[header]
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        column = column.cast("date32").cast("int32")
        _refuse_nulls(column, header, file)
        return np.asarray(column.to_numpy(), np.int64)
    encoded = column.cast("string").dictionary_encode().unify_dictionaries().combine_chunks()
    _refuse_nulls(encoded, header, file)
    read = []
    for text in encoded.dictionary.to_pylist():
        try:
            read.append(hours(day_of_text(text), 0) // 24)
        except ValueError:
            code = AirFileCode.UNREADABLE_TIME
            raise AirFileError(code, file=file.path, column=header, value=text) from None
    codes: Ints = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)
    return np.array(read, np.int64)[codes]


def _whole(table: "pa.Table", header: str, file: AirFile, *, least: int, most: int) -> Ints:
    """Return a column of whole numbers that lie within bounds."""
    import pyarrow as pa

    try:
        column = table[header].cast("int64")
    except pa.ArrowException:
        code, value = AirFileCode.UNREADABLE_TIME, str(table[header].type)
        raise AirFileError(code, file=file.path, column=header, value=value) from None
    _refuse_nulls(column, header, file)
    whole: Ints = np.asarray(column.to_numpy(), np.int64)
    wrong = np.flatnonzero((whole < least) | (whole > most))
    if len(wrong):
        row, value = int(wrong[0]), str(whole[wrong[0]])
        code = AirFileCode.UNREADABLE_TIME
        raise AirFileError(code, file=file.path, row=row + 1, column=header, value=value)
    return whole


def _refuse_nulls(column: "pa.ChunkedArray | pa.Array", header: str, file: AirFile) -> None:
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0]) + 1
        code = AirFileCode.UNREADABLE_TIME
        raise AirFileError(code, file=file.path, row=row, column=header)
