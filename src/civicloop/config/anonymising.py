"""A copy of the facts that may be given away: nobody in it, and nobody found by where, what and when.

What stays possible to find is said in docs/how-to/share-a-copy.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import SystemRandom
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from civicloop.apps.accounts.visibility import read_by_nobody
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.models import OrderStep, WorkOrder
from civicloop.apps.intake.models import Appeal, Channel, Topic
from civicloop.apps.places.models import Area, Unit
from civicloop.config.anonymous_tables import (
    ALIKE,
    AS_THEY_ARE,
    LADDER,
    TABLES,
    UNITS_UP_TO,
    Told,
    Where,
)
from civicloop.config.anonymous_words import WORDS, WordsWithoutPersons
from civicloop.connectors.shared_copy import SharedCopy, Value, shared_copy
from civicloop.engines.anonymity import steps_of

CHUNK = 1_000


class TooFewAlikeError(RuntimeError):
    """No copy was made: somebody in it would have been alike too few others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymised:
    """What a copy came to."""

    by_step: Sequence[tuple[str, int]]  # what is told, of how many appeals
    left_out: int  # appeals that too few others are like, whatever is told

    @property
    def appeal_count(self) -> int:
        """How many are in the copy."""
        return sum(count for _told, count in self.by_step)


class _InCopy(NamedTuple):
    """An appeal's new number, and what is told of it."""

    number: int
    step: int
    told: Told
    where: Where


def anonymise(target: Path, *, smallest: int, with_words: bool, now: datetime) -> Anonymised:
    """Write the copy, count there how many are alike, and note in the audit that it was made.

    Raises:
        FileExistsError: the target is there already.
        TooFewAlikeError: what was written is not what was meant.
    """
    with read_by_nobody(), transaction.atomic():
        places = _places()
        steps = steps_of(places, [told for _words, told in LADDER], smallest=smallest)
        done = _counted(steps)
        with shared_copy(target) as copy:
            _write(copy, _numbered(places, steps), done, with_words=with_words)
            found = copy.smallest_crowd("intake_appeal", ALIKE)
            if done.appeal_count and found < smallest:
                raise TooFewAlikeError(found)
        _record(done, smallest=smallest, with_words=with_words, now=now)
    return done


def _places() -> list[Where]:
    roots = _roots()
    rows = Appeal.objects.order_by("pk").values_list(
        "pk", "area_id", "county_id", "topic_id", "received_at"
    )
    return [
        Where(pk, area, county, topic, roots.get(topic), timezone.localdate(at))
        for pk, area, county, topic, at in rows.iterator(chunk_size=CHUNK)
    ]


def _roots() -> Mapping[int | None, int]:
    """Each topic's first level."""
    above: dict[int, int | None] = dict(Topic.objects.values_list("pk", "parent_id"))
    roots: dict[int | None, int] = {}
    for topic in above:
        root = topic
        while (higher := above[root]) is not None:
            root = higher
        roots[topic] = root
    return roots


def _numbered(places: Sequence[Where], steps: Sequence[int | None]) -> dict[int, _InCopy]:
    """By the old number what is told; the new numbers are drawn, and tell no order."""
    kept = [(where, step) for where, step in zip(places, steps, strict=True) if step is not None]
    numbers = _drawn(len(kept))
    return {
        where.pk: _InCopy(number, step, LADDER[step][1](where), where)
        for number, (where, step) in zip(numbers, kept, strict=True)
    }


def _drawn(count: int) -> list[int]:
    numbers = list(range(1, count + 1))
    SystemRandom().shuffle(numbers)
    return numbers


def _counted(steps: Sequence[int | None]) -> Anonymised:
    counts = Counter(steps)
    by_step = [(words, counts[step]) for step, (words, _told) in enumerate(LADDER)]
    return Anonymised(by_step=by_step, left_out=counts[None])


def _write(
    copy: SharedCopy, appeals: Mapping[int, _InCopy], done: Anonymised, *, with_words: bool
) -> None:
    for table, columns in TABLES.items():
        copy.make(table, columns)
    for model in (Area, Unit, Channel, Topic):
        table = model._meta.db_table  # noqa: SLF001 -- Django calls the description of a model so
        copy.write(table, model.objects.order_by("pk").values_list(*TABLES[table]))
    copy.write("intake_appeal", _appeals(appeals, with_words=with_words))
    orders: dict[int, tuple[int, _InCopy]] = {}
    copy.write("dispatch_workorder", _orders(appeals, orders))
    copy.write("dispatch_orderstep", _steps(orders))
    copy.write("anonymity", ((step, *one) for step, one in enumerate(done.by_step)))


def _appeals(appeals: Mapping[int, _InCopy], *, with_words: bool) -> Iterator[Sequence[Value]]:
    words = WordsWithoutPersons()
    rows = Appeal.objects.order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        here = [appeal for appeal in chunk if appeal.pk in appeals]
        said = words.of(here) if with_words else {}
        for appeal in here:
            told = appeals[appeal.pk]
            yield (
                told.number,
                told.step,
                *told.told,
                appeal.channel_id,
                appeal.kind,
                _days(told, appeal.replied_at),
                *said.get(appeal.pk, (None,) * len(WORDS)),
            )


def _orders(
    appeals: Mapping[int, _InCopy], orders: dict[int, tuple[int, _InCopy]]
) -> Iterator[Sequence[Value]]:
    columns = AS_THEY_ARE["dispatch_workorder"]
    numbers = iter(_drawn(WorkOrder.objects.count()))
    rows = WorkOrder.objects.order_by("pk").values_list(
        "pk", "appeal_id", "lead_unit_id", "closed_at", *columns
    )
    for pk, appeal_id, unit, closed_at, *others in rows.iterator(chunk_size=CHUNK):
        told = appeals.get(appeal_id)
        if told is None:
            continue
        number = next(numbers)
        orders[pk] = (number, told)
        shown_unit = unit if told.step <= UNITS_UP_TO else None
        yield number, told.number, shown_unit, _days(told, closed_at), *others


def _steps(orders: Mapping[int, tuple[int, _InCopy]]) -> Iterator[Sequence[Value]]:
    columns = AS_THEY_ARE["dispatch_orderstep"]
    numbers = iter(_drawn(OrderStep.objects.count()))
    rows = OrderStep.objects.order_by("pk").values_list("order_id", "at", *columns)
    for order_id, at, *others in rows.iterator(chunk_size=CHUNK):
        if order_id in orders:
            order, told = orders[order_id]
            yield next(numbers), order, _days(told, at), *others


def _days(told: _InCopy, moment: datetime | None) -> int | None:
    """Days after the appeal came in."""
    return None if moment is None else (timezone.localdate(moment) - told.where.day).days


def _record(done: Anonymised, *, smallest: int, with_words: bool, now: datetime) -> None:
    record_event(
        action="anonymised_copy_made",
        object_type="database",
        object_id="",
        actor=None,
        now=now,
        details={
            "appeals": done.appeal_count,
            "left_out": done.left_out,
            "smallest": smallest,
            "with_words": with_words,
        },
    )
