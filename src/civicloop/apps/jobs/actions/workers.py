"""Workers come and go; one that died without a word is forgotten after a day."""

from datetime import datetime, timedelta

from django.db import transaction

from civicloop.apps.jobs.models import WorkerSign

FORGOTTEN_AFTER = timedelta(days=1)


@transaction.atomic
def sign_in(*, worker: str, now: datetime) -> None:
    """Keep that a worker is there."""
    WorkerSign.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()
    WorkerSign.objects.update_or_create(
        worker=worker,
        defaults={"beat_at": now},
        create_defaults={"beat_at": now, "started_at": now},
    )


def sign_out(*, worker: str) -> bool:
    """Keep that a worker has ended."""
    return bool(WorkerSign.objects.filter(worker=worker).delete()[0])
