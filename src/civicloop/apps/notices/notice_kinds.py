from django.utils.translation import gettext_lazy as _

from civicloop.apps.notices.kinds import notice_kind

JOB_FAILED = notice_kind(
    "job_failed",
    label=_("A background job failed"),
    words=_("The background job %(reference)s failed for good, after %(tries)s tries."),
)
