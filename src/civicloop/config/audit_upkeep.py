"""Every day the audit is read from end to end, and its end noted where the database cannot reach."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from civicloop.apps.audit.anchors import anchor_now, append_anchor, read_anchors, send_anchor
from civicloop.apps.audit.verifying import verify_audit
from civicloop.apps.jobs.declaring import job


class AuditBrokenError(RuntimeError):
    """The audit is not what was written: civicloop audit verify tells where."""


@job(is_atomic=False)
def note_end_of_audit(now: datetime) -> None:
    """Write and send the anchor, wherever the installation wants it."""
    anchor = anchor_now(now=now)
    if settings.AUDIT_ANCHORS:
        append_anchor(anchor, Path(settings.AUDIT_ANCHORS))
    if settings.AUDIT_EMAIL:
        send_anchor(anchor, settings.AUDIT_EMAIL)


@job(is_atomic=False, tries=1, limit=timedelta(hours=4))
def check_audit(now: datetime) -> None:
    """Read all chains; administrators are told of a broken one as of every job that failed.

    Raises:
        AuditBrokenError: something is wrong.
    """
    file = Path(settings.AUDIT_ANCHORS) if settings.AUDIT_ANCHORS else None
    anchors = read_anchors(file) if file and file.exists() else ()
    check = verify_audit(anchors=anchors, now=now)
    if check.fault_count:
        raise AuditBrokenError(f"{check.fault_count} faults in {check.event_count} events")
