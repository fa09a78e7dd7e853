"""Find the keys of a page of search results.

Few candidates: all are compared with their texts. Many candidates but few appeals that the other
filters leave: these are compared. Many of both: a walk from the newest on, until the page is full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from civicloop.apps.intake.grams import Query
from civicloop.apps.intake.queries.cursors import Place, Slice, cut
from civicloop.apps.intake.queries.filters import Condition
from civicloop.apps.intake.queries.listing import (
    FEW,
    WIDE_INDEX,
    Found,
    Narrowing,
    is_near_top,
    moment_column,
    page_of_walk,
)
from civicloop.apps.intake.queries.walking import (
    Walk,
    appeal_table,
    fetched,
    matching_keys,
    searched_texts,
    sees_every_word,
)
from civicloop.apps.intake.search import search_table
from civicloop.apps.membership import among

UNINDEXED = (
    "SELECT id FROM intake_appeal"
    " WHERE id > (SELECT coalesce(max(appeal_id), 0) FROM intake_searchmark) LIMIT %s"
)
MASKED = Condition(sql="a.is_masked = %s", params=(True,))
COMMON_IN_SAMPLE = 5  # hits among about 1,000 sampled appeals


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Numbers of appeals that may match; unknown when the index would take long to tell them."""

    indexed: list[int]
    unindexed: list[int]
    is_known: bool = True

    @property
    def are_few(self) -> bool:
        return self.is_known and len(self.indexed) + len(self.unindexed) <= FEW


def searched(
    query: Query, conditions: Sequence[Condition], place: Place | None, size: int
) -> Found:
    """The page at a place in the list of the appeals that match and fulfil the conditions."""
    # what has no masked copy yet could tell by being found what it hides
    narrowing = Narrowing.of(conditions if sees_every_word() else [*conditions, MASKED])
    candidates = _candidates(query)
    if candidates.are_few:
        ids = candidates.indexed + candidates.unindexed
        return _of_few(query, narrowing, ids, place, size)
    if any(not condition.is_broad for condition in conditions):
        ids = _few_ids(narrowing)
        if len(ids) <= FEW:
            return _of_few(query, narrowing, ids, place, size)
    part = _walked(query, narrowing, place, size, is_indexed=not candidates.unindexed)
    count, count_is_exact = _count(query, conditions, candidates, part)
    return Found(
        keys=part.keys,
        has_newer=part.has_newer,
        has_older=part.has_older,
        count=count,
        count_is_exact=count_is_exact,
    )


def _count(
    query: Query, conditions: Sequence[Condition], candidates: Candidates, part: Slice
) -> tuple[int, bool]:
    """The size of the list; when only a walk could tell it, what is certain from this page."""
    is_counted = candidates.is_known and not candidates.unindexed and not conditions
    if is_counted and query.is_decided_by_index and sees_every_word():
        most = search_table().countable
        return min(len(candidates.indexed), most), len(candidates.indexed) <= most
    return len(part.keys), not (part.has_older or part.has_newer)


def _of_few(
    query: Query, narrowing: Narrowing, ids: list[int], place: Place | None, size: int
) -> Found:
    keys = sorted(matching_keys(query, _rows_of(narrowing, ids)))
    part = cut(keys, place, size)
    return Found(
        keys=part.keys,
        has_newer=part.has_newer,
        has_older=part.has_older,
        count=len(keys),
        count_is_exact=True,
    )


def _candidates(query: Query) -> Candidates:
    if query.starts and connection.vendor == "postgresql" and _is_common_start(query):
        return Candidates(indexed=[], unindexed=[], is_known=False)
    table = search_table()
    from_index, params = table.candidates(query)
    sql = (
        f"SELECT id, 1 FROM ({from_index} LIMIT %s) AS i"  # noqa: S608  own text
        f" UNION ALL SELECT id, 0 FROM ({UNINDEXED}) AS u"
    )
    rows = fetched(sql, (*params, table.countable + 1, FEW + 1))
    return Candidates(
        indexed=[number for number, is_indexed in rows if is_indexed],
        unindexed=[number for number, is_indexed in rows if not is_indexed],
    )


def _is_common_start(query: Query) -> bool:
    """Whether a sample of a big index is full of it: joining its many pieces would take long."""
    sql = (
        "SELECT count(*) FROM intake_search TABLESAMPLE SYSTEM (least(100,"
        " 100000.0 / (SELECT 1 + greatest(reltuples, 0) FROM pg_class"
        " WHERE oid = 'intake_search'::regclass))) WHERE grams @@ %s::tsquery"
    )
    [(hits,)] = fetched(sql, [search_table().expression(query)])
    return bool(hits >= COMMON_IN_SAMPLE)


def _few_ids(narrowing: Narrowing) -> list[int]:
    """The numbers that the conditions leave, and one more if they leave many."""
    table = appeal_table(f"INDEXED BY {WIDE_INDEX}")
    sql = f"SELECT a.id FROM {table} WHERE {narrowing.sql} LIMIT %s"  # noqa: S608  own text
    return [number for (number,) in fetched(sql, (*narrowing.params, FEW + 1))]


def _rows_of(narrowing: Narrowing, ids: list[int]) -> list[tuple[Any, ...]]:
    sql_among, values = among(ids)
    sql = (
        f"SELECT {moment_column()}, a.id, {searched_texts()} FROM {appeal_table('NOT INDEXED')}"  # noqa: S608
        f" WHERE a.id {sql_among} AND {narrowing.sql}"
    )
    return fetched(sql, (values, *narrowing.params))


def _walked(
    query: Query, narrowing: Narrowing, place: Place | None, size: int, *, is_indexed: bool
) -> Slice:
    """A page found by looking at candidates in their order."""
    walk = Walk(query, narrowing, is_indexed=is_indexed)
    keys = walk.keys(place, size + 1)
    if place is None:
        return Slice(keys=keys[:size], has_newer=False, has_older=len(keys) > size)
    is_top = is_near_top(keys, place, size)
    return page_of_walk(keys, place, walk.keys(None, size + 1) if is_top else [], size)
