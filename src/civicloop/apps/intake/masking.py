"""Make the masked copies of appeals that came in by the thousand, and seal the words of reports and notes.

It goes in small transactions. Until an appeal has its copy, its words are masked while they are read,
so nothing waits for this.
"""

from collections.abc import Callable, Sequence

from django.apps import apps
from django.db import connection, transaction

from civicloop.apps.accounts.visibility import read_by_nobody
from civicloop.apps.intake.models import MASKED_COLUMNS, SPOKEN, Appeal, HoldsNotes, SearchMark
from civicloop.apps.intake.search import Searchable, search_table, take_in_again
from civicloop.apps.intake.signals import words_taken_out

BATCH = 500
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


def mask_again() -> int:
    """Let every appeal be masked anew, after the rules of masking changed."""
    return Appeal.objects.filter(is_masked=True).update(is_masked=None)


@transaction.atomic
def _mask_batch() -> int:
    columns = (*Appeal.PROTECTED, *MASKED_COLUMNS, *SEARCHED)
    waiting = Appeal.objects.select_for_update().filter(is_masked=None).only(*columns)
    appeals = list(waiting.order_by("id")[:BATCH])
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
    return len(appeals)


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
