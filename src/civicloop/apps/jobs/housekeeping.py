"""What the queue does for itself."""

from datetime import datetime

from civicloop.apps.jobs.declaring import job
from civicloop.apps.jobs.library import TaskResultStatus, TaskRow
from civicloop.apps.jobs.models import KEPT, OutboxEntry, OutboxState


@job()
def forget_old_jobs(now: datetime) -> None:
    """Remove jobs that ended and messages that went out long ago; what failed stays."""
    done = TaskRow.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEPT)
    done.delete()
    OutboxEntry.objects.filter(state=OutboxState.SENT, changed_at__lt=now - KEPT).delete()
