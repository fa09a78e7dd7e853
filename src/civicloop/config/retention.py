"""How long the platform keeps who citizens are; `civicloop retention` and a job of every night.

A while after an appeal has ended its words, and all that was written about it, lose persons and homes,
and its contact becomes a hint; a longer while after that the contact is gone. What counts appeals stays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from civicloop.apps.cases.going_on import orders_of_cases_since
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.models.orders import ENDED
from civicloop.apps.intake.models import Appeal, ImportRun, Kind
from civicloop.apps.jobs.declaring import job
from civicloop.config.redacting import (
    forget_appeals,
    forget_imports,
    mask_for_good,
    note_tables,
    wipe,
)
from civicloop.config.rewriting import tables_to_rewrite

BATCH = 200
SENSITIVE = Q(kind=Kind.REPORT) | Q(is_confidential=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """For which appeals after how many days; 0 is never."""

    which: Q
    mask_days: int
    forget_days: int


@dataclass(slots=True)
class Retained:
    """What a run took away, or would."""

    masked_count: int = 0
    forgotten_count: int = 0
    import_count: int = 0

    def __bool__(self) -> bool:
        return bool(self.masked_count or self.forgotten_count or self.import_count)


def rules() -> list[Rule]:
    """Of ordinary appeals, and of those that are kept longer because a case may hang on them."""
    mask_days, forget_days = settings.RETENTION_DAYS
    report_mask_days, report_forget_days = settings.REPORT_RETENTION_DAYS
    return [
        Rule(
            which=~Q(kind=Kind.REPORT) & (Q(is_confidential=False) | Q(is_confidential=None)),
            mask_days=mask_days,
            forget_days=forget_days,
        ),
        Rule(which=SENSITIVE, mask_days=report_mask_days, forget_days=report_forget_days),
    ]


def count_due(*, now: datetime) -> Retained:
    """What a run would take away."""
    counted = Retained(import_count=_old_imports(now).count())
    for rule in rules():
        counted.masked_count += _to_mask(rule, now).count()
        counted.forgotten_count += _to_forget(rule, now).count()
    return counted


def retain(*, now: datetime, progress: Callable[[int], None] | None = None) -> Retained:
    """Take away whose time is over, in small transactions; may be ended at any moment and begun again."""
    done = Retained()
    if count_due(now=now):
        note_tables()
    for rule in rules():
        for ids in _batches(lambda rule=rule: _to_mask(rule, now)):  # type: ignore[misc]
            done.masked_count += mask_for_good(ids, days=rule.mask_days, now=now)
            if progress:
                progress(done.masked_count)
        for ids in _batches(lambda rule=rule: _to_forget(rule, now)):  # type: ignore[misc]
            done.forgotten_count += forget_appeals(ids, days=rule.forget_days, now=now)
    done.import_count = forget_imports(list(_old_imports(now)))
    if done or tables_to_rewrite():
        wipe()
    return done


@job(is_atomic=False, limit=timedelta(hours=6))
def end_retention(now: datetime) -> None:
    """Take away whose time is over; nothing in the demo, whose city is of years ago."""
    if not settings.DEMO:
        retain(now=now)


def _batches(due: Callable[[], QuerySet[Appeal]]) -> Iterator[list[int]]:
    while ids := list(due().order_by("id").values_list("id", flat=True)[:BATCH]):
        yield ids


def _to_mask(rule: Rule, now: datetime) -> QuerySet[Appeal]:
    return _ended(rule, rule.mask_days, now).filter(redaction=None)


def _to_forget(rule: Rule, now: datetime) -> QuerySet[Appeal]:
    masked = _ended(rule, rule.forget_days, now).exclude(redaction=None)
    return masked.filter(redaction__forgotten_at=None)


def _ended(rule: Rule, days: int, now: datetime) -> QuerySet[Appeal]:
    """Appeals that came in, were answered and whose orders, and cases about these, ended so many days ago."""
    if not days:
        return Appeal.objects.none()
    before = now - timedelta(days=days)
    going_on = WorkOrder.objects.filter(appeal=OuterRef("pk")).exclude(
        state__in=ENDED, closed_at__lt=before
    )
    answered = Q(replied_at=None) | Q(replied_at__lt=before)
    ended = Appeal.objects.filter(rule.which, answered, ~Exists(going_on), received_at__lt=before)
    for orders in orders_of_cases_since(before):
        for about in ("pk__in", "master__in"):  # those merged into it go with it
            held = WorkOrder.objects.filter(**{about: orders}).order_by()
            ended = ended.exclude(pk__in=held.values("appeal"))
    return ended


def _old_imports(now: datetime) -> QuerySet[ImportRun]:
    days = settings.RETENTION_DAYS[0]
    if not days:
        return ImportRun.objects.none()
    old = ImportRun.objects.filter(created_at__lt=now - timedelta(days=days))
    has_rows = Q(rejected_rows__isnull=False)
    return old.filter(~Q(preview={}) | ~Q(set_aside={}) | has_rows).distinct()
