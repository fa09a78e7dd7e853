"""What the notices do for the queue, which is below them and cannot tell by itself."""

from datetime import datetime, timedelta

from django.urls import reverse

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.jobs.declaring import job
from civicloop.apps.jobs.queries import failed_jobs
from civicloop.apps.notices.actions import notify
from civicloop.apps.notices.notice_kinds import JOB_FAILED

LOOKS_BACK = timedelta(days=1)


@job()
def tell_of_failed_jobs(now: datetime) -> None:
    """Tell the system administrators of each job that failed for good."""
    administrators = list(User.objects.filter(role=Role.SYSTEM_ADMIN))
    for state in failed_jobs(since=now - LOOKS_BACK):
        notify(
            administrators,
            kind=JOB_FAILED,
            key=f"job {state.pk} {state.task.finished_at}",
            link=reverse("jobs:overview"),
            now=now,
            reference=state.name,
            params={"tries": state.tries},
        )
