"""Put many rows into a table at once, in each database's fastest safe way.

Model instances would cost more than the whole of the rest of an import.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import connection

from civicloop.apps.intake.models import OriginalRow
from civicloop.apps.vault.sealing import ColumnSealer

PAGES_BETWEEN_CHECKPOINTS = 16_000
ROWS_OF_A_STATEMENT = 250  # SQLite takes 32,766 values in one
APPEAL_COLUMNS = (
    "id",
    "source",
    "source_key",
    "content_hash",
    "channel_id",
    "kind",
    "subject",
    "text",
    "caller_key",
    "received_at",
    "area_id",
    "county_id",
    "address",
    "topic_id",
    "topic_basis",
    "support_votes",
    "oppose_votes",
    "reply_text",
    "replied_at",
    "is_waiting",
)
ORIGINAL_COLUMNS = ("appeal_id", "run_id", "sheet", "row_number", "key_id", "sealed_cells")

if TYPE_CHECKING:
    from psycopg import Copy

_NULL = "\0"  # stands in no text of PostgreSQL
_ESCAPES = [("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")]  # the backslash first

Rows = Sequence[tuple[Any, ...]]


class BulkWriter(ABC):
    """Inserts rows inside the caller's transaction."""

    @abstractmethod
    def new_ids(self, count: int) -> Iterable[int]:
        """Numbers for new appeals that nobody else gets."""

    @contextmanager
    def seldom_tidying(self) -> Iterator[None]:
        """Put off the database's own tidying while many small transactions are written."""
        yield

    @abstractmethod
    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None: ...

    def update_appeals(self, columns: Sequence[str], rows: Rows) -> None:
        """Change these columns; each row ends with the appeal's number. Its mask is made anew."""
        changes = ", ".join([*(f"{column} = %s" for column in columns), "is_masked = NULL"])
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE intake_appeal SET {changes} WHERE id = %s", rows)  # noqa: S608

    def prepared(self, rows: Rows) -> Sequence[Any]:
        """Rows of APPEAL_COLUMNS without the number, as this database takes them fastest.

        Whoever has a process to spare prepares them there.
        """
        return rows

    def insert_new(
        self, numbers: Sequence[int], prepared: Sequence[Any], original_rows: Rows
    ) -> None:
        """Insert prepared appeals and the rows they came from, whose last column, the cells, is sealed.

        While the database takes the appeals this process would wait: it seals meanwhile.
        """
        sealer = OriginalRow.sealer()
        with ThreadPoolExecutor(max_workers=1) as meanwhile:
            sealed = meanwhile.submit(_sealed, sealer, numbers, original_rows)
            self._insert_appeals(numbers, prepared)
            self.insert("intake_originalrow", ORIGINAL_COLUMNS, sealed.result())

    def _insert_appeals(self, numbers: Sequence[int], prepared: Sequence[Any]) -> None:
        rows = [(number, *values) for number, values in zip(numbers, prepared, strict=True)]
        self.insert("intake_appeal", APPEAL_COLUMNS, rows)


def _sealed(sealer: ColumnSealer, numbers: Sequence[int], original_rows: Rows) -> Rows:
    return [
        (number, *place, sealer.key_id, sealer.seal(cells, record=number))
        for number, (*place, cells) in zip(numbers, original_rows, strict=True)
    ]


class SqliteWriter(BulkWriter):
    @contextmanager
    def seldom_tidying(self) -> Iterator[None]:
        """Write the log back every 64 MB: after each batch it costs as much as the batch."""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint")
            usual = int(cursor.fetchone()[0])
            cursor.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BETWEEN_CHECKPOINTS}")
            try:
                yield
            finally:
                cursor.execute(f"PRAGMA wal_autocheckpoint = {usual}")

    def new_ids(self, count: int) -> Iterable[int]:
        """The next numbers: the transaction already holds the only write lock."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'intake_appeal'")
            row = cursor.fetchone()
        last = int(row[0]) if row else 0
        return range(last + 1, last + 1 + count)

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Many rows with one statement, during whose work other threads of this process go on.

        Row by row each step would give up the interpreter and wait to get it again. The connection
        is asked itself: Django would look for each of ten thousand marks to turn it into a "?".
        """
        marks = f"({', '.join('?' * len(columns))})"
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "  # noqa: S608  own text
        many = sql + ", ".join([marks] * ROWS_OF_A_STATEMENT)
        connection.ensure_connection()
        execute = connection.connection.execute
        whole = len(rows) - len(rows) % ROWS_OF_A_STATEMENT
        with connection.wrap_database_errors:
            for start in range(0, whole, ROWS_OF_A_STATEMENT):
                part = rows[start : start + ROWS_OF_A_STATEMENT]
                execute(many, tuple(chain.from_iterable(part)))
            connection.connection.executemany(sql + marks, rows[whole:])


class PostgresqlWriter(BulkWriter):
    def new_ids(self, count: int) -> Iterable[int]:
        with connection.cursor() as cursor:
            # before the numbers are taken, so that the search index can wait for their holders
            cursor.execute("LOCK TABLE intake_appeal IN ROW EXCLUSIVE MODE")
            cursor.execute(
                "WITH numbers AS MATERIALIZED"
                " (SELECT pg_get_serial_sequence('intake_appeal', 'id')::regclass AS sequence)"
                " SELECT array_agg(nextval(sequence)) FROM numbers, generate_series(1, %s)",
                [count],
            )
            numbers: list[int] = cursor.fetchone()[0]
            return numbers

    def prepared(self, rows: Rows) -> Sequence[Any]:
        """Lines of COPY's text format: https://www.postgresql.org/docs/current/sql-copy.html."""
        return [_line(row) for row in rows]

    def _insert_appeals(self, numbers: Sequence[int], prepared: Sequence[Any]) -> None:
        numbered = zip(numbers, prepared, strict=True)
        with _copy("intake_appeal", APPEAL_COLUMNS) as copy:
            copy.write("".join([f"{number}\t{line}\n" for number, line in numbered]))

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        with _copy(table, columns) as copy:
            write: Callable[[tuple[Any, ...]], None] = copy.write_row
            for row in rows:
                write(row)


@contextmanager
def _copy(table: str, columns: Sequence[str]) -> "Iterator[Copy]":
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with (
        connection.wrap_database_errors,  # copy() is psycopg's own: Django does not wrap it
        connection.cursor() as cursor,
        cursor.copy(sql) as copy,
    ):
        yield copy


def _line(row: tuple[Any, ...]) -> str:
    """A row in COPY's text format; most have nothing that must be escaped."""
    line = "\t".join(
        [
            value if value.__class__ is str else _NULL if value is None else str(value)
            for value in row
        ]
    )
    if (
        "\\" in line
        or "\n" in line
        or "\r" in line
        or line.count("\t") != len(row) - 1
        or line.count(_NULL) != row.count(None)
    ):
        return "\t".join(map(_escaped, row))
    return line.replace(_NULL, "\\N")


def _escaped(value: object) -> str:
    if value is None:
        return "\\N"
    word = str(value)
    for what, how in _ESCAPES:
        word = word.replace(what, how)
    return word


def stored_moment_writer() -> Callable[[datetime], str]:
    """How a moment in UTC is given to a writer, as a text.

    SQLite gets it as Django writes it, without zone.
    """
    if connection.vendor == "sqlite":
        return lambda moment: str(moment)[: -len("+00:00")]
    return str


def read_moment(stored: str) -> datetime:
    """The moment again, in UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def bulk_writer() -> BulkWriter:
    return SqliteWriter() if connection.vendor == "sqlite" else PostgresqlWriter()
