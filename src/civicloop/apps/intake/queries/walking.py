"""Look at the candidates of a search from a place on, until a page is full.

On SQLite the index itself gives its entries in the order of time. PostgreSQL has no such index. It
looks at the nearest appeals first, where a common word fills a page at once; then at all appeals
with the word, unless there are very many; and only then walks on and on.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from civicloop.apps.accounts.visibility import Protected, Sight, sight_now
from civicloop.apps.intake.grams import Query, fold
from civicloop.apps.intake.queries.cursors import Key, Place
from civicloop.apps.intake.queries.listing import WIDE_INDEX, Narrowing, moment_column
from civicloop.apps.intake.search import ID_MASK, entry_number, search_table

NEAREST = 20_000  # appeals that are looked at first
SORTED_AT_ONCE = 50_000  # candidates that are sorted rather than walked to
BIGGEST_STEP = 5_000
TEXTS = "a.subject, a.text, a.address, a.source_key"
MASKED_TEXTS = (
    "coalesce(a.masked_subject, a.subject), coalesce(a.masked_text, a.text),"
    " coalesce(a.masked_address, a.address), a.source_key"
)
EVERYTHING = Narrowing(sql="1 = 1", params=())

Sql = tuple[str, tuple[Any, ...]]


def fetched(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def matching_keys(query: Query, rows: list[tuple[Any, ...]]) -> list[Key]:
    return [Key(row[0], row[1]) for row in rows if query.matches(fold(row[2:]))]


def sees_every_word() -> bool:
    """Whether the reader may find appeals by words that are hidden from most."""
    return sight_now(Protected.WORDS_OF_REPORT) is Sight.FULL


def searched_texts() -> str:
    """The columns that the words of a search are looked for in."""
    return TEXTS if sees_every_word() else MASKED_TEXTS


def appeal_table(index: str) -> str:
    return f"intake_appeal a {index}" if connection.vendor == "sqlite" else "intake_appeal a"


class Walk:
    """A walk through the candidates of one search."""

    def __init__(self, query: Query, narrowing: Narrowing, *, is_indexed: bool) -> None:
        self._query = query
        self._narrowing = narrowing
        self._is_indexed = is_indexed
        self._expression = search_table().expression(query)

    def keys(self, place: Place | None, wanted: int) -> list[Key]:
        """The first keys from a place on; fewer when there are no more."""
        if self._is_indexed and connection.vendor == "postgresql":
            keys = self._nearest(place, wanted)
            if len(keys) < wanted:
                found = self._sorted(place, wanted)
                keys = self._step_by_step(place, wanted) if found is None else found
            return keys
        return self._step_by_step(place, wanted)

    def _step_by_step(self, place: Place | None, wanted: int) -> list[Key]:
        keys: list[Key] = []
        limit = 4 * wanted
        while True:
            sql, params = self._step(place)
            rows = fetched(f"{sql} LIMIT %s", (*params, limit))
            keys += matching_keys(self._query, rows)
            if len(keys) >= wanted or len(rows) < limit:
                return keys[:wanted]
            last = Key(*rows[-1][:2])
            place = Place(key=last, goes_back=place is not None and place.goes_back)
            limit = min(limit * 4, BIGGEST_STEP)

    def _step(self, place: Place | None) -> Sql:
        if not self._is_indexed:  # the index does not hold all yet: every appeal is a candidate
            table = appeal_table(f"INDEXED BY {WIDE_INDEX}")
            return _by_time(table, self._narrowing.at(place), place)
        if connection.vendor == "sqlite":
            return self._by_entry(place)
        return _by_time(*self._joined(place), place)

    def _joined(self, place: Place | None) -> tuple[str, Narrowing]:
        here = self._narrowing.at(place)
        return (
            "intake_appeal a JOIN intake_search s ON s.appeal_id = a.id",
            Narrowing(
                sql=f"{here.sql} AND s.grams @@ %s::tsquery",
                params=(*here.params, self._expression),
            ),
        )

    def _by_entry(self, place: Place | None) -> Sql:
        sign, order = (">", "ASC") if place and place.goes_back else ("<", "DESC")
        bound = f"AND s.rowid {sign} %s" if place else ""
        sql = (
            f"SELECT {moment_column()}, a.id, {searched_texts()} FROM intake_search s"  # noqa: S608  own text
            f" CROSS JOIN intake_appeal a ON a.id = (s.rowid & {ID_MASK}) WHERE"
            f" s.intake_search MATCH %s {bound} AND {self._narrowing.sql} ORDER BY s.rowid {order}"
        )
        bounds = (_entry_of(place.key),) if place else ()
        return sql, (self._expression, *bounds, *self._narrowing.params)

    def _nearest(self, place: Place | None, wanted: int) -> list[Key]:
        """Those among the nearest appeals, or fewer than wanted."""
        is_back = place is not None and place.goes_back
        sign, order = ("<", "ASC") if is_back else (">", "DESC")
        end = EVERYTHING.at(place)
        table, joined = self._joined(place)
        nearest = Narrowing(
            sql=(
                f"{joined.sql} AND a.received_at {sign}= coalesce((SELECT a.received_at"  # noqa: S608  own text
                f" FROM intake_appeal a WHERE {end.sql}"
                f" ORDER BY a.received_at {order}, a.id {order} OFFSET {NEAREST} LIMIT 1),"
                f" '{'infinity' if is_back else '-infinity'}'::timestamptz)"
            ),
            params=(*joined.params, *end.params),
        )
        sql, params = _by_time(table, nearest, place)
        rows = fetched(f"{sql} LIMIT %s", (*params, 4 * wanted))
        return matching_keys(self._query, rows)[:wanted]

    def _sorted(self, place: Place | None, wanted: int) -> list[Key] | None:
        """Those among all candidates; None when these are too many, or too few of them match."""
        here = self._narrowing.at(place)
        by_time, params = _by_time("s JOIN intake_appeal a ON a.id = s.appeal_id", here, place)
        sql = (
            "WITH s AS MATERIALIZED (SELECT appeal_id FROM intake_search"  # noqa: S608
            " WHERE grams @@ %s::tsquery LIMIT %s) SELECT counted.count, page.*"
            " FROM (SELECT count(*) AS count FROM s) counted"
            f" LEFT JOIN ({by_time} LIMIT %s) page ON true"
        )
        limit = 20 * wanted
        rows = fetched(sql, (self._expression, SORTED_AT_ONCE + 1, *params, limit))
        keys = matching_keys(self._query, [row[1:] for row in rows if row[1] is not None])
        is_cut = rows[0][0] > SORTED_AT_ONCE or (len(rows) == limit and len(keys) < wanted)
        return None if is_cut else keys[:wanted]


def _by_time(table: str, narrowing: Narrowing, place: Place | None) -> Sql:
    order = "ASC" if place and place.goes_back else "DESC"
    sql = (
        f"SELECT {moment_column()}, a.id, {searched_texts()} FROM {table} WHERE {narrowing.sql}"  # noqa: S608
        f" ORDER BY a.received_at {order}, a.id {order}"
    )
    return sql, narrowing.params


def _entry_of(key: Key) -> int:
    return entry_number(datetime.fromisoformat(key.moment).replace(tzinfo=UTC), key.id)
