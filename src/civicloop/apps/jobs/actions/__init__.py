from civicloop.apps.jobs.actions.enqueueing import JobNotFailedError, enqueue, retry_job
from civicloop.apps.jobs.actions.outbox import EntryNotInDoubtError, OutboxOutsideTransactionError

__all__ = [
    "EntryNotInDoubtError",
    "JobNotFailedError",
    "OutboxOutsideTransactionError",
    "enqueue",
    "retry_job",
]
