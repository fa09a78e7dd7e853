from civicloop.apps.jobs.actions.enqueueing import JobNotFailedError, enqueue, retry_job
from civicloop.apps.jobs.actions.leases import note_progress
from civicloop.apps.jobs.actions.outbox import EntryNotInDoubtError, OutboxOutsideTransactionError

__all__ = [
    "EntryNotInDoubtError",
    "JobNotFailedError",
    "OutboxOutsideTransactionError",
    "enqueue",
    "note_progress",
    "retry_job",
]
