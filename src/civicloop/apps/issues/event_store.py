"""The same-event engine's index, kept in the database.

The grams are laid out on shelves, some on each. A shelf holds, as whole numbers of 64 bits, the
appeals last filed under its grams: the appeal's id, then the gram's place on the shelf.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from civicloop.apps.issues.messages import PlaceNames, messages_of
from civicloop.apps.issues.models import AppealComponent, GramFilings, ReadAppeal, SimilarAppeal
from civicloop.engines.text.events import (
    FILED_MOST,
    Clustering,
    Message,
    SimilarPair,
)
from civicloop.engines.text.events.grams import beginnings

Numbers = npt.NDArray[np.int64]
Reading = tuple[bytes, int | None]
T = TypeVar("T")

PLACE_BITS = 6
PLACES = (1 << PLACE_BITS) - 1
WRITE_SHELF = """
    INSERT INTO issues_gramfilings (shelf, filings) VALUES (%s, %s)
    ON CONFLICT (shelf) DO UPDATE SET filings = EXCLUDED.filings
"""
WRITE_READING = """
    INSERT INTO issues_readappeal (appeal_id, component, reading) VALUES (%s, %s, %s)
    ON CONFLICT (appeal_id) DO UPDATE SET component = EXCLUDED.component, reading = EXCLUDED.reading
"""
MOVE_READING = "UPDATE issues_readappeal SET component = %s WHERE appeal_id = %s"
WRITE_COMPONENT = """
    INSERT INTO issues_appealcomponent (first, payload) VALUES (%s, %s)
    ON CONFLICT (first) DO UPDATE SET payload = EXCLUDED.payload
"""
DROP_COMPONENT = "DELETE FROM issues_appealcomponent WHERE first = %s"
READ_SHELVES = "SELECT shelf, filings FROM issues_gramfilings WHERE shelf IN"
READ_READINGS = "SELECT appeal_id, reading, component FROM issues_readappeal WHERE appeal_id IN"
READ_COMPONENTS = "SELECT first, payload FROM issues_appealcomponent WHERE first IN"
ROWS_PER_STATEMENT = 1_000
IDS_PER_STATEMENT = 5_000


class DatabaseStore:
    """What the index knows of appeals that were looked at; use it inside one transaction.

    What is new is written by ``write``, and known to this store before.
    """

    def __init__(self, places: PlaceNames) -> None:
        self._places = places
        self._shelves: dict[int, bytes] = {}
        self._filed: defaultdict[int, list[int]] = defaultdict(list)  # not on the shelves yet
        self._readings: dict[int, Reading] = {}
        self._unwritten: set[int] = set()  # appeals with a new reading
        self._components: dict[int, bytes] = {}
        self._component_of: dict[int, int | None] = {}  # of those that another holds than before
        self._renewed: set[int] = set()  # components
        self._gone: set[int] = set()

    def filed(self, grams: Numbers) -> tuple[Numbers, Numbers]:
        grams = np.sort(grams)
        first = beginnings(grams >> PLACE_BITS)
        shelves = grams[first] >> PLACE_BITS
        self._fetch(set(shelves.tolist()))
        held = [self._shelves[shelf] for shelf in shelves.tolist()]
        filings = np.frombuffer(b"".join(held), np.int64)
        row = np.repeat(np.arange(len(held)), [len(shelf) // filings.itemsize for shelf in held])
        asked = np.zeros((len(held), PLACES + 1), bool)
        on_row = np.repeat(np.arange(len(held)), np.diff(first, append=len(grams)))
        asked[on_row, grams & PLACES] = True
        found = np.flatnonzero(asked[row, filings & PLACES])
        gram = shelves[row[found]] << PLACE_BITS | filings[found] & PLACES
        owner = filings[found] >> PLACE_BITS
        fresh = [(one, number) for one in grams.tolist() for number in self._filed.get(one, ())]
        return _newest(gram, owner, fresh) if fresh else (gram, owner)

    def _fetch(self, shelves: set[int]) -> None:
        missing = shelves - self._shelves.keys()
        self._shelves |= dict.fromkeys(missing, b"")
        self._shelves |= {s: bytes(filings) for s, filings in _rows_of(READ_SHELVES, missing)}

    def file(self, message_id: int, grams: Numbers) -> None:
        for gram in grams.tolist():
            self._filed[gram].append(message_id)

    def readings(self, ids: Collection[int]) -> dict[int, Reading]:
        missing = set(ids) - self._readings.keys()
        for number, reading, component in _rows_of(READ_READINGS, missing):
            self._readings[number] = (bytes(reading), component)
        held = {number: self._readings[number] for number in ids if number in self._readings}
        held |= {n: self._reading(n) for n in self._component_of.keys() & held.keys()}
        return held

    def _reading(self, number: int) -> Reading:
        reading, component = self._readings[number]
        return reading, self._component_of.get(number, component)

    def keep_reading(self, message_id: int, reading: bytes) -> None:
        self._readings[message_id] = (reading, None)
        self._component_of.pop(message_id, None)
        self._unwritten.add(message_id)

    def components(self, numbers: Collection[int]) -> dict[int, bytes]:
        missing = set(numbers) - self._components.keys()
        self._components |= {
            number: bytes(payload) for number, payload in _rows_of(READ_COMPONENTS, missing)
        }
        return {number: self._components[number] for number in numbers}

    def keep_components(
        self,
        gone: Collection[int],
        components: Mapping[int, bytes],
        moved: Mapping[int, int | None],
    ) -> None:
        self._components |= components
        self._gone = (self._gone | set(gone)) - components.keys()
        self._renewed = (self._renewed - set(gone)) | components.keys()
        self._component_of |= moved

    def messages(self, ids: Collection[int]) -> Sequence[Message]:
        return [m for part in _parted(ids) for m in messages_of(part, self._places)]

    def write(self) -> None:
        """Write what is new; the appeals are in the database already."""
        changed = sorted({self._put_on_shelf(gram, ids) for gram, ids in self._filed.items()})
        _write(WRITE_SHELF, [(shelf, self._shelves[shelf]) for shelf in changed])
        readings = [(number, *self._reading(number)[::-1]) for number in sorted(self._unwritten)]
        _write(WRITE_READING, readings)
        moved = sorted(self._component_of.keys() - self._unwritten)
        _write(MOVE_READING, [(self._component_of[number], number) for number in moved])
        _write(DROP_COMPONENT, [(number,) for number in sorted(self._gone)])
        renewed = [(number, self._components[number]) for number in sorted(self._renewed)]
        _write(WRITE_COMPONENT, renewed)
        self._readings |= {n: self._reading(n) for n in self._component_of if n in self._readings}
        self._component_of.clear()
        self._filed.clear()
        for written in (self._unwritten, self._gone, self._renewed):
            written.clear()

    def _put_on_shelf(self, gram: int, ids: Sequence[int]) -> int:
        """File appeals under a gram, the newest only; give its shelf."""
        shelf, place = gram >> PLACE_BITS, gram & PLACES
        held = np.frombuffer(self._shelves[shelf], np.int64)
        fresh = np.array(ids, np.int64) << PLACE_BITS | place
        there = np.flatnonzero(held & PLACES == place)
        old = there[: max(len(there) + len(fresh) - FILED_MOST, 0)]
        kept = np.concatenate([np.delete(held, old), fresh[-FILED_MOST:]])
        self._shelves[shelf] = kept.tobytes()
        return shelf


def _newest(
    gram: Numbers, owner: Numbers, fresh: Sequence[tuple[int, int]]
) -> tuple[Numbers, Numbers]:
    """Add what was filed since under some grams; keep the newest of each."""
    more = np.array(fresh, np.int64)
    gram = np.concatenate([gram, more[:, 0]])
    owner = np.concatenate([owner, more[:, 1]])
    order = np.argsort(gram, kind="stable")  # under each gram as they were filed
    gram, owner = gram[order], owner[order]
    newest = np.searchsorted(gram, gram, "right") - np.arange(len(gram)) <= FILED_MOST
    return gram[newest], owner[newest]


def write_pairs(pairs: Iterable[SimilarPair]) -> None:
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
        _write(WRITE_SHELF, part)


def replace_readings(clustering: Clustering, ids: Sequence[int]) -> None:
    """Write what was read in all appeals and which hang together, in small transactions.

    Nobody reads them before there is a basis again.
    """
    component_of: dict[int, int] = {}
    AppealComponent.objects.all().delete()
    for components in _batches(clustering.components()):
        payloads = []
        for one in components:
            first = int(one.members[0])
            component_of |= dict.fromkeys(one.members.tolist(), first)
            payloads.append((first, one.packed()))
        _write(WRITE_COMPONENT, payloads)
    for readings in _batches(zip(ids, clustering.readings(), strict=True)):
        rows = [(number, component_of.get(number), reading) for number, reading in readings]
        with transaction.atomic():
            old = ReadAppeal.objects.filter(appeal_id__gte=rows[0][0], appeal_id__lte=rows[-1][0])
            old.delete()
            _write(WRITE_READING, rows)


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    while part := list(islice(rows, ROWS_PER_STATEMENT)):
        yield part


def _rows_of(statement: str, numbers: Collection[int]) -> list[Sequence[Any]]:
    """Read rows by their numbers; some fifty for each appeal: the ORM would take longer than the database."""
    rows: list[Sequence[Any]] = []
    for part in _parted(numbers):
        places = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} ({places})", part)
            rows += cursor.fetchall()
    return rows


def _write(statement: str, rows: Sequence[Sequence[int | bytes | None]]) -> None:
    """Write rows; some fifty an appeal: the ORM would take three times as long."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def _parted(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for first in range(0, len(ordered), IDS_PER_STATEMENT):
        yield ordered[first : first + IDS_PER_STATEMENT]
