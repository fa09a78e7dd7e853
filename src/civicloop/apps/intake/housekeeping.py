"""What the intake does by itself."""

from datetime import datetime

from civicloop.apps.intake.actions import remove_old_files
from civicloop.apps.intake.actions.clients import forget_sent_keys
from civicloop.apps.intake.contacts import remove_orphans
from civicloop.apps.intake.masking import mask_appeals
from civicloop.apps.jobs.declaring import job


@job(is_atomic=False)
def forget_old_files(now: datetime) -> None:
    """Remove imported files that have been kept long enough."""
    remove_old_files(now=now)


@job(is_atomic=False)
def mask_arrivals(now: datetime) -> None:  # noqa: ARG001 -- a job is given the time
    """Make the masked copies of appeals that an import brought in or changed."""
    mask_appeals()


@job(is_atomic=False)
def remove_orphan_identities(now: datetime) -> None:
    """Remove identities whose appeal was never kept."""
    remove_orphans(now=now)


@job()
def forget_old_keys(now: datetime) -> None:
    """Forget under which keys programs sent appeals long ago."""
    forget_sent_keys(now=now)
