"""What the intake does by itself every night."""

from datetime import datetime

from civicloop.apps.intake.actions import remove_old_files
from civicloop.apps.jobs.declaring import job


@job(is_atomic=False)
def forget_old_files(now: datetime) -> None:
    """Remove imported files that have been kept long enough."""
    remove_old_files(now=now)
