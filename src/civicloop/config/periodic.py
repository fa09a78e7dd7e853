"""Every job that comes back at fixed times: the one table that the workers go by."""

from datetime import time, timedelta

from civicloop.apps.intake.housekeeping import forget_old_files
from civicloop.apps.jobs.declaring import Periodic
from civicloop.apps.jobs.housekeeping import forget_old_jobs
from civicloop.apps.notices.housekeeping import tell_of_failed_jobs

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

PERIODIC = (
    Periodic(name="tell_of_failed_jobs", every=MINUTE, job=tell_of_failed_jobs),
    Periodic(name="forget_old_jobs", every=DAY, at=time(3, 10), job=forget_old_jobs),
    Periodic(name="forget_old_files", every=DAY, at=time(3, 20), job=forget_old_files),
)
