"""Find the keys of a page without a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from civicloop.apps.intake.queries.cursors import Key, Place, Slice
from civicloop.apps.intake.queries.filters import Condition

COUNTED = 10_000  # lists longer than this are "more than 10,000"
FEW = 3_000  # so few appeals are quickly read
SORTABLE = 20_000  # so many entries of an index are sorted sooner than the wide index is walked
WIDE_INDEX = "intake_appeal_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Slice):
    """The keys of a page and the size of the whole list."""

    count: int
    count_is_exact: bool  # False: there are more than count


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """Conditions as one WHERE clause."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, conditions: Sequence[Condition]) -> "Narrowing":
        return cls(
            sql=" AND ".join(condition.sql for condition in conditions) or "1 = 1",
            params=tuple(value for condition in conditions for value in condition.params),
        )

    def at(self, place: Place | None) -> "Narrowing":
        if place is None:
            return self
        sign = ">" if place.goes_back else "<"
        return Narrowing(
            sql=f"{self.sql} AND (a.received_at, a.id) {sign} (%s, %s)",
            params=(*self.params, *place.key),
        )


def listed(conditions: Sequence[Condition], place: Place | None, size: int) -> Found:
    """The page at a place in the list of all appeals that fulfil the conditions."""
    table = indexed_table(conditions)
    narrowing = Narrowing.of(conditions)
    count, keys = _counted_keys(table, narrowing, place, size + 1)
    is_long = count > COUNTED
    if place is not None and is_long and (place.goes_back or len(keys) <= size):
        keys = _ordered_keys(table, narrowing, place, size + 1)  # beyond what was counted
    if place is None:
        part = Slice(keys=keys[:size], has_newer=False, has_older=len(keys) > size)
    elif is_near_top(keys, place, size):
        part = page_of_walk(keys, place, _ordered_keys(table, narrowing, None, size + 1), size)
    else:
        part = page_of_walk(keys, place, [], size)
    return Found(
        keys=part.keys,
        has_newer=part.has_newer,
        has_older=part.has_older,
        count=min(count, COUNTED),
        count_is_exact=not is_long,
    )


def is_near_top(keys: list[Key], place: Place, size: int) -> bool:
    """Whether a way back met the top of the list before the page was full."""
    return place.goes_back and len(keys) <= size


def page_of_walk(keys: list[Key], place: Place, first: list[Key], size: int) -> Slice:
    """A page from the keys, one too many, that were met on the way from a place.

    Near the top the first page is shown, and shown full: `first` holds its keys.
    """
    if not place.goes_back:
        return Slice(keys=keys[:size], has_newer=True, has_older=len(keys) > size)
    if is_near_top(keys, place, size):
        return Slice(keys=first[:size], has_newer=False, has_older=len(first) > size)
    return Slice(keys=keys[:size][::-1], has_newer=True, has_older=True)


def indexed_table(conditions: Sequence[Condition]) -> str:
    """The table under the name a, and on SQLite the index to use.

    SQLite guesses badly without statistics; PostgreSQL knows its rows.
    """
    if connection.vendor != "sqlite":
        return "intake_appeal a"
    indexed = [condition for condition in conditions if condition.index]
    narrow = [condition for condition in conditions if not condition.is_broad]
    if len(narrow) == 1 and indexed and indexed[0].is_in_order:
        return f"intake_appeal a INDEXED BY {indexed[0].index}"
    index = _smallest_index(indexed) if indexed else ""
    return f"intake_appeal a INDEXED BY {index or WIDE_INDEX}"


def _smallest_index(conditions: Sequence[Condition]) -> str:
    """The index in which one of the conditions leaves the fewest entries, if they are sortable."""
    counts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM intake_appeal a INDEXED BY {condition.index}"  # noqa: S608
        f" WHERE {condition.sql} LIMIT {SORTABLE + 1}))"
        for condition in conditions
    ]
    params = [value for condition in conditions for value in condition.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", params)
        found = list(cursor.fetchone())
    smallest = min(found)
    return conditions[found.index(smallest)].index if smallest <= SORTABLE else ""


def moment_column() -> str:
    """The time of receipt as it stands in the database: parsing ten thousand takes time."""
    return "CAST(a.received_at AS text)" if connection.vendor == "sqlite" else "a.received_at"


def _order(place: Place | None) -> str:
    return "ASC" if place and place.goes_back else "DESC"


def _ordered_keys(table: str, narrowing: Narrowing, place: Place | None, limit: int) -> list[Key]:
    """The first keys from a place on; the values are parameters, the rest is our own text."""
    here, order = narrowing.at(place), _order(place)
    sql = (
        f"SELECT {moment_column()}, a.id FROM {table} WHERE {here.sql}"  # noqa: S608
        f" ORDER BY a.received_at {order}, a.id {order} LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (*here.params, limit))
        return [Key(*row) for row in cursor.fetchall()]


def _counted_keys(
    table: str, narrowing: Narrowing, place: Place | None, limit: int
) -> tuple[int, list[Key]]:
    """The size of the list, as far as it is counted, and keys from a place on in that part."""
    within, order = Narrowing(sql="1 = 1", params=()).at(place), _order(place)
    sql = (
        "WITH a AS MATERIALIZED ("  # noqa: S608  own text
        f"SELECT a.received_at, a.id FROM {table} WHERE {narrowing.sql}"
        " ORDER BY a.received_at DESC, a.id DESC LIMIT %s) "
        "SELECT counted.count, page.moment, page.id FROM (SELECT count(*) AS count FROM a) counted"
        f" LEFT JOIN (SELECT {moment_column()} AS moment, a.id FROM a WHERE {within.sql}"
        f" ORDER BY a.received_at {order}, a.id {order} LIMIT %s) page ON 1 = 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (*narrowing.params, COUNTED + 1, *within.params, limit))
        rows = cursor.fetchall()
    return rows[0][0], [Key(moment, number) for _, moment, number in rows if number is not None]
