"""Make the masked copies of appeals that came in by the thousand, in small transactions.

Until an appeal has its copy, its words are masked while they are read, so nothing waits for this.
"""

from collections.abc import Callable

from django.db import transaction

from civicloop.apps.accounts.visibility import read_by_nobody
from civicloop.apps.intake.models import MASKED_COLUMNS, Appeal

BATCH = 500


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
    columns = (*Appeal.PROTECTED, *MASKED_COLUMNS)
    waiting = Appeal.objects.select_for_update().filter(is_masked=None).only(*columns)
    appeals = list(waiting.order_by("id")[:BATCH])
    told = []
    for appeal in appeals:
        appeal.mask()
        if any(getattr(appeal, column) is not None for column in MASKED_COLUMNS[1:]):
            told.append(appeal)
    Appeal.objects.bulk_update(told, MASKED_COLUMNS[1:], batch_size=50)
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in appeals]).update(is_masked=True)
    return len(appeals)
