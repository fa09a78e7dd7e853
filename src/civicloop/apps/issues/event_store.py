"""The same-event engine's index, kept in the database.

The grams are laid out on shelves, some on each. A shelf holds, as whole numbers of 64 bits, the
appeals last filed under its grams: the appeal's id, then the gram's place on the shelf.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence, Set
from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt
from django.db import connection

from civicloop.apps.issues.messages import PlaceNames, messages_of
from civicloop.apps.issues.models import GramFilings, SimilarAppeal
from civicloop.engines.text.events import (
    FILED_MOST,
    LINK_CHANCE,
    Clustering,
    Message,
    SimilarPair,
    log_odds_from,
)

Numbers = npt.NDArray[np.int64]
Link = tuple[int, int, float]

PLACE_BITS = 6
PLACES = (1 << PLACE_BITS) - 1
WRITE_SHELF = """
    INSERT INTO issues_gramfilings (shelf, filings) VALUES (%s, %s)
    ON CONFLICT (shelf) DO UPDATE SET filings = EXCLUDED.filings
"""
READ_SHELVES = "SELECT shelf, filings FROM issues_gramfilings WHERE shelf IN"
READ_LINKED = """
    SELECT DISTINCT other_id FROM issues_similarappeal WHERE score > %s AND appeal_id IN
"""
ROWS_PER_STATEMENT = 1_000
IDS_PER_STATEMENT = 5_000


class DatabaseStore:
    """Filings and links of appeals that were looked at; use it inside one transaction.

    Changed shelves are written by ``write_filings``.
    """

    def __init__(self, places: PlaceNames) -> None:
        self._places = places
        self._shelves: dict[int, Numbers] = {}
        self._changed: set[int] = set()
        self._arrived: set[int] = set()  # all their links are in ``_kept``
        self._kept: defaultdict[int, list[Link]] = defaultdict(list)

    def filed(self, grams: Numbers) -> tuple[Numbers, Numbers]:
        self._fetch(set((grams >> PLACE_BITS).tolist()))
        found = [self._filed_under(gram) for gram in grams.tolist()]
        gram = np.repeat(grams, [len(ids) for ids in found])
        return gram, np.concatenate([np.empty(0, np.int64), *found])

    def _filed_under(self, gram: int) -> Numbers:
        shelf = self._shelves[gram >> PLACE_BITS]
        return np.asarray(shelf[shelf & PLACES == gram & PLACES][-FILED_MOST:] >> PLACE_BITS)

    def _fetch(self, shelves: set[int]) -> None:
        missing = shelves - self._shelves.keys()
        found = {
            shelf: np.frombuffer(filings, np.int64) for shelf, filings in _read_shelves(missing)
        }
        nothing = np.empty(0, np.int64)
        self._shelves |= {shelf: found.get(shelf, nothing) for shelf in missing}

    def file(self, message_id: int, grams: Numbers) -> None:
        self._arrived.add(message_id)
        for gram in grams.tolist():
            shelf, place = gram >> PLACE_BITS, gram & PLACES
            held = self._shelves[shelf]
            filed = np.flatnonzero(held & PLACES == place)
            if len(filed) >= FILED_MOST:
                held = np.delete(held, filed[: -FILED_MOST + 1])
            self._shelves[shelf] = np.append(held, message_id << PLACE_BITS | place)
            self._changed.add(shelf)

    def write_filings(self) -> None:
        rows = [(shelf, self._shelves[shelf].tobytes()) for shelf in sorted(self._changed)]
        _write_shelves(rows)
        self._changed.clear()

    def messages(self, ids: Collection[int]) -> Sequence[Message]:
        return [m for part in _parted(ids) for m in messages_of(part, self._places)]

    def linked_with(self, ids: Set[int]) -> set[int]:
        kept = (self._kept[number] for number in self._kept.keys() & ids)
        found = {number for links in kept for link in links for number in link[:2]}
        for part in _parted(ids - self._arrived):
            found |= _read_linked(part)
        return found

    def links_of(self, ids: Set[int]) -> Iterator[Link]:
        for number in self._kept.keys() & ids:
            yield from self._kept[number]
        for part in _parted(ids - self._arrived):
            links = SimilarAppeal.objects.filter(appeal_id__in=part, score__gt=LINK_CHANCE)
            columns = links.order_by().values_list("appeal_id", "other_id", "score")
            for first, second, score in columns.iterator():
                yield first, second, log_odds_from(score)

    def keep(self, pairs: Sequence[SimilarPair]) -> None:
        write_pairs(pairs)
        for pair in pairs:
            if pair.score > LINK_CHANCE:
                link = (pair.first, pair.second, log_odds_from(pair.score))
                self._kept[pair.first].append(link)
                self._kept[pair.second].append(link)


def write_pairs(pairs: Sequence[SimilarPair]) -> None:
    """Write pairs, each under both its appeals."""
    SimilarAppeal.objects.bulk_create(
        [
            SimilarAppeal(
                appeal_id=appeal_id,
                other_id=other_id,
                score=pair.score,
                is_same_event=pair.same_event,
                reasons=[[reason.code, reason.detail, reason.weight] for reason in pair.reasons],
            )
            for pair in pairs
            for appeal_id, other_id in [(pair.first, pair.second), (pair.second, pair.first)]
        ],
        ignore_conflicts=True,
        batch_size=ROWS_PER_STATEMENT,
    )


def replace_filings(clustering: Clustering, ids: Sequence[int]) -> None:
    """Write the filings of all appeals, ``ids`` in the order of the clustering's rows."""
    GramFilings.objects.all().delete()
    gram, owner = clustering.filings.gram, clustering.filings.owner
    ends = np.searchsorted(gram, gram, "right")
    newest = ends - np.arange(len(gram)) <= FILED_MOST
    gram = gram[newest].astype(np.int64)
    filed = np.array(ids, np.int64)[owner[newest]] << PLACE_BITS | gram & PLACES
    shelf = gram >> PLACE_BITS
    starts = np.flatnonzero(np.diff(shelf, prepend=-1))
    rows = (
        (int(shelf[first]), filed[first:last].tobytes())
        for first, last in pairwise([*starts.tolist(), len(filed)])
    )
    while part := list(islice(rows, ROWS_PER_STATEMENT)):
        _write_shelves(part)


def _read_shelves(shelves: Set[int]) -> list[tuple[int, bytes]]:
    """Some fifty of them for each appeal: the ORM would take longer than the database."""
    if not shelves:
        return []
    places = ", ".join(["%s"] * len(shelves))
    with connection.cursor() as cursor:
        cursor.execute(f"{READ_SHELVES} ({places})", sorted(shelves))
        return list(cursor.fetchall())


def _read_linked(ids: Sequence[int]) -> set[int]:
    places = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"{READ_LINKED} ({places})", [LINK_CHANCE, *ids])
        return {number for (number,) in cursor.fetchall()}


def _write_shelves(rows: Sequence[tuple[int, bytes]]) -> None:
    """Some fifty rows an appeal: the ORM would take three times as long."""
    with connection.cursor() as cursor:
        cursor.executemany(WRITE_SHELF, rows)


def _parted(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for first in range(0, len(ordered), IDS_PER_STATEMENT):
        yield ordered[first : first + IDS_PER_STATEMENT]
