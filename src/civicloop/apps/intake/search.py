"""The index behind the search for substrings, and what it knows.

The index is filled after each import. It never decides alone: its candidates are compared with
the appeals' own texts, and appeals that it does not hold yet are candidates too.

On SQLite an entry's number begins with the time of receipt, so that the newest candidates come
first however many there are. PostgreSQL walks the appeals by time when there are many.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from civicloop.apps.intake.grams import Query, fold, grams_of
from civicloop.apps.intake.models import Appeal, SearchMark

INDEX_BATCH = 500
ID_BITS = 30
ID_MASK = (1 << ID_BITS) - 1
LATEST_SECOND = (1 << 33) - 1
FIRST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
SEARCHED_FIELDS = ("subject", "text", "address", "source_key")


class Searchable(NamedTuple):
    """The parts of an appeal that are searched, and its place in time."""

    id: int
    received_at: datetime
    subject: str
    text: str
    address: str
    source_key: str

    @classmethod
    def of(cls, appeal: Appeal) -> "Searchable":
        texts = (getattr(appeal, name) for name in SEARCHED_FIELDS)
        return cls(appeal.id, appeal.received_at, *texts)

    @property
    def folded(self) -> str:
        return fold(self[2:])


class SearchTable(ABC):
    """What differs between the databases."""

    countable: int  # so many candidates are counted, for each costs something

    @abstractmethod
    def add(self, cursor: CursorWrapper, appeals: Sequence[Searchable]) -> None: ...

    @abstractmethod
    def remove(self, cursor: CursorWrapper, appeals: Sequence[Searchable]) -> None:
        """Take out appeals that are in the index."""

    def forget(self, cursor: CursorWrapper, appeals: Sequence[Searchable]) -> None:
        """Take out appeals that may be in the index; they are about to be deleted."""
        mark = SearchMark.objects.filter(id=1).first()
        self.remove(cursor, [a for a in appeals if mark and a.id <= mark.appeal_id])

    @abstractmethod
    def expression(self, query: Query) -> str:
        """The query in the database's own search language."""

    @abstractmethod
    def candidates(self, query: Query) -> tuple[str, list[Any]]:
        """SQL that gives the numbers of the appeals that may match."""

    @abstractmethod
    def safe_ceiling(self) -> int:
        """The highest appeal number below which no other can appear any more."""


class SqliteSearchTable(SearchTable):
    countable = 10_000

    def add(self, cursor: CursorWrapper, appeals: Sequence[Searchable]) -> None:
        rows = sorted(map(_entry, appeals))  # in any other order each row is a write of its own
        cursor.executemany("INSERT INTO intake_search (rowid, grams) VALUES (%s, %s)", rows)

    def remove(self, cursor: CursorWrapper, appeals: Sequence[Searchable]) -> None:
        cursor.executemany(
            "INSERT INTO intake_search (intake_search, rowid, grams) VALUES ('delete', %s, %s)",
            sorted(map(_entry, appeals)),
        )

    def expression(self, query: Query) -> str:
        parts = [f'"{gram}"' for gram in query.grams] + [f'"{start}" *' for start in query.starts]
        return " AND ".join(parts)

    def candidates(self, query: Query) -> tuple[str, list[Any]]:
        return (
            f"SELECT rowid & {ID_MASK} AS id FROM intake_search WHERE intake_search MATCH %s",  # noqa: S608  numbers only
            [self.expression(query)],
        )

    def safe_ceiling(self) -> int:
        return Appeal.objects.order_by("-id").values_list("id", flat=True).first() or 0


class PostgresqlSearchTable(SearchTable):
    countable = 3_000

    def add(self, cursor: CursorWrapper, appeals: Sequence[Searchable]) -> None:
        self.remove(cursor, appeals)
        with cursor.copy("COPY intake_search (appeal_id, grams) FROM STDIN") as copy:
            for appeal in appeals:
                copy.write_row((appeal.id, " ".join(grams_of(appeal.folded))))

    def remove(self, cursor: CursorWrapper, appeals: Sequence[Searchable]) -> None:
        ids = [appeal.id for appeal in appeals]
        cursor.execute("DELETE FROM intake_search WHERE appeal_id = ANY(%s)", [ids])

    def expression(self, query: Query) -> str:
        parts = [f"'{gram}'" for gram in query.grams] + [f"'{start}':*" for start in query.starts]
        return " & ".join(parts)

    def candidates(self, query: Query) -> tuple[str, list[Any]]:
        return (
            "SELECT appeal_id AS id FROM intake_search WHERE grams @@ %s::tsquery",
            [self.expression(query)],
        )

    def safe_ceiling(self) -> int:
        """Wait until every transaction that took a lower number has ended."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE intake_appeal IN SHARE MODE")
            cursor.execute("SELECT coalesce(max(id), 0) FROM intake_appeal")
            return int(cursor.fetchone()[0])


def _entry(appeal: Searchable) -> tuple[int, str]:
    return entry_number(appeal.received_at, appeal.id), " ".join(grams_of(appeal.folded))


def search_table() -> SearchTable:
    return SqliteSearchTable() if connection.vendor == "sqlite" else PostgresqlSearchTable()


def entry_number(received_at: datetime, appeal_id: int) -> int:
    """A number that orders entries by time of receipt, then by appeal."""
    seconds = int((received_at - FIRST_MOMENT).total_seconds())
    return min(max(seconds, 0), LATEST_SECOND) << ID_BITS | appeal_id


def index_new_appeals(*, progress: Callable[[int], None] | None = None) -> int:
    """Bring the index up to date, in small transactions; give the number of appeals added."""
    table = search_table()
    ceiling = table.safe_ceiling()
    total = 0
    while added := _index_batch(table, ceiling):
        total += added
        if progress:
            progress(total)
    return total


@transaction.atomic
def _index_batch(table: SearchTable, ceiling: int) -> int:
    mark, _ = SearchMark.objects.select_for_update().get_or_create(id=1)
    appeals = _unindexed(mark.appeal_id, ceiling)
    if not appeals:
        return 0
    with connection.cursor() as cursor:
        table.add(cursor, appeals)
    mark.appeal_id = appeals[-1].id
    mark.save()
    return len(appeals)


def _unindexed(after_id: int, last_id: int) -> list[Searchable]:
    rows = Appeal.objects.filter(id__gt=after_id, id__lte=last_id).order_by("id")
    values = rows.values_list("id", "received_at", *SEARCHED_FIELDS)[:INDEX_BATCH]
    return [Searchable._make(row) for row in values]


def take_in_again(appeals: Sequence[Searchable]) -> None:
    """Index appeals that were taken out because their words changed, as far as the index reaches."""
    mark = SearchMark.objects.filter(id=1).first()
    reached = [appeal for appeal in appeals if mark and appeal.id <= mark.appeal_id]
    with connection.cursor() as cursor:
        search_table().add(cursor, reached)


def wipe_index() -> None:
    """Write the index anew without what was taken out; until then SQLite keeps it beside."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO intake_search (intake_search) VALUES ('optimize')")
