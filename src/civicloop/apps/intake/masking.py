"""Make the masked copies of appeals that came in by the thousand, and seal the words of reports and notes.

It goes in small transactions. Until an appeal has its copy, its words are masked while they are read,
so nothing waits for this. A report of which something was sealed before that does not open now is set
aside: sealing it once more would write over what its key may open again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from civicloop.apps.accounts.visibility import read_by_nobody
from civicloop.apps.audit.actions import record_events
from civicloop.apps.intake.models import (
    MASKED_COLUMNS,
    SPOKEN,
    Appeal,
    HoldsNotes,
    SealedNote,
    SealedWords,
    SearchMark,
)
from civicloop.apps.intake.search import Searchable, search_table, take_in_again
from civicloop.apps.intake.signals import words_taken_out
from civicloop.apps.vault.sealing import SealBrokenError

logger = logging.getLogger(__name__)
BATCH = 500
ALL = Q()
SET_ASIDE = Q(is_masked=False)
SEARCHED = ("kind", "is_confidential", "received_at", "source_key")


def mask_appeals(*, progress: Callable[[int], None] | None = None) -> int:
    """Mask every appeal that lacks its copy; may be ended at any moment and begun again."""
    total = 0
    with read_by_nobody():
        while masked := _mask_batch():
            total += masked
            if progress:
                progress(total)
    return total


def mask_at_once(ids: Sequence[int]) -> None:
    """Mask these appeals, and seal what became a report with its notes, in the caller's transaction."""
    with read_by_nobody():
        for first in range(0, len(ids), BATCH):
            while _mask_batch(Q(pk__in=ids[first : first + BATCH])):
                pass


def try_set_aside_again() -> int:
    """Let those that were set aside be masked, now that their key may be back."""
    return Appeal.objects.filter(SET_ASIDE).update(is_masked=None)


def set_aside_numbers(*, most: int) -> tuple[int, list[str]]:
    """How many appeals are set aside because of a broken seal, and the numbers of the first."""
    found = Appeal.objects.filter(SET_ASIDE)
    return found.count(), list(found.order_by("id").values_list("source_key", flat=True)[:most])


def mask_again() -> int:
    """Let every appeal be masked anew, after the rules of masking changed."""
    return Appeal.objects.filter(is_masked=True).update(is_masked=None)


@transaction.atomic
def _mask_batch(which: Q = ALL) -> int:
    columns = (*Appeal.PROTECTED, *MASKED_COLUMNS, *SEARCHED)
    waiting = Appeal.objects.select_for_update().filter(which, is_masked=None).only(*columns)
    appeals = list(waiting.order_by("id")[:BATCH])
    broken = _broken_seals([appeal.pk for appeal in appeals if appeal.is_sensitive])
    _set_aside(broken)
    appeals, found = [appeal for appeal in appeals if appeal.pk not in broken], len(appeals)
    reports = [appeal for appeal in appeals if appeal.is_sensitive]
    sealed = _seal_reports(reports)
    _seal_notes([report.pk for report in reports])
    told = []
    for appeal in appeals:
        appeal.mask()
        if appeal.pk in sealed or any(
            getattr(appeal, column) is not None for column in MASKED_COLUMNS[1:]
        ):
            told.append(appeal)
    Appeal.objects.bulk_update(told, MASKED_COLUMNS[1:], batch_size=50)
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in appeals]).update(is_masked=True)
    return found


def _broken_seals(ids: Sequence[int]) -> dict[int, str]:
    """By appeal why what was sealed of it before does not open; only where it does not."""
    broken = {}
    sealed: Iterable[SealedWords | SealedNote] = (
        *SealedWords.objects.filter(appeal__in=ids),
        *SealedNote.objects.filter(appeal__in=ids).order_by("pk"),
    )
    for record in sealed:
        try:
            record.opened()
        except SealBrokenError as error:
            broken[record.appeal_id] = str(error)
    return broken


def _set_aside(broken: Mapping[int, str]) -> None:
    """Leave these as they stand, told in the audit, the log and by `civicloop doctor`."""
    if not broken:
        return
    Appeal.objects.filter(pk__in=broken).update(is_masked=False)
    record_events(
        action="appeal_set_aside",
        object_type="appeal",
        details={number: {"reason": reason} for number, reason in broken.items()},
        actor=None,
        now=timezone.now(),
    )
    for number, reason in broken.items():
        logger.error("appeal %s is set aside, its words are not sealed: %s", number, reason)


def _seal_notes(ids: Sequence[int]) -> None:
    """Seal what staff wrote before an appeal became a report, or before notes were sealed."""
    if not ids:
        return
    for model in apps.get_models():
        if issubclass(model, HoldsNotes):
            for path in model.APPEAL:
                notes = model._default_manager.select_for_update(of=("self",))  # noqa: SLF001
                for note in notes.filter(**{f"{path}__in": ids}).order_by("pk"):
                    note.save(update_fields=model.note_columns())


def _seal_reports(reports: Sequence[Appeal]) -> set[int]:
    """Seal what reports say of persons and homes; their own words and the search lose it.

    The numbers of those that said something are given back.
    """
    before = [Searchable.of(report) for report in reports]
    said = [report.put_aside() for report in reports]
    changed = [report for report, words in zip(reports, said, strict=True) if words]
    ids = {report.pk for report in changed}
    if not ids:
        return ids
    SearchMark.objects.select_for_update().get_or_create(id=1)  # nobody indexes what goes now
    with connection.cursor() as cursor:
        search_table().forget(cursor, [entry for entry in before if entry.id in ids])
    for report, words in zip(reports, said, strict=True):
        if words:
            report.seal(words)
    Appeal.objects.bulk_update(changed, SPOKEN, batch_size=50)
    take_in_again([Searchable.of(report) for report in changed])
    words_taken_out.send(Appeal, appeal_ids=sorted(ids))
    return ids
