"""What a job needs beyond the task library's row: key, lease, slots; and what is to go out."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.jobs.library import TaskRow


class JobState(models.Model):
    """A job's key and lease, beside the library's row."""

    task = models.OneToOneField(
        TaskRow, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    name = models.CharField(_("job"), max_length=120)
    key = models.CharField(_("key"), max_length=250, unique=True)
    tries = models.PositiveSmallIntegerField(_("tries"))
    limit = models.DurationField(_("time limit"))
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)  # raised by each claim
    lease_until = models.DateTimeField(_("lease until"), null=True)  # null: no worker has it

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["lease_until"], name="job_lease", condition=Q(lease_until__isnull=False)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(attempt__lte=F("tries")), name="job_attempt_in_tries"
            )
        ]

    def __str__(self) -> str:
        return self.key


class PeriodicSlot(models.Model):
    """When a periodic job is due next; moved on in the transaction that puts it in the queue."""

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    every = models.DurationField(_("every"))
    next_at = models.DateTimeField(_("next at"))
    last_at = models.DateTimeField(_("last at"), null=True)

    class Meta:
        verbose_name = _("periodic job")
        verbose_name_plural = _("periodic jobs")

    def __str__(self) -> str:
        return self.name


class WorkerSign(models.Model):
    """The last sign of life of a worker."""

    worker = models.CharField(_("worker"), max_length=64, primary_key=True)
    started_at = models.DateTimeField(_("started at"))
    beat_at = models.DateTimeField(_("last sign of life"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.worker


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    IN_DOUBT = "in_doubt", _("in doubt")  # its sender died or lost the line: it may be out


class OutboxEntry(models.Model):
    """Something that must leave the house, written in the transaction of the change it tells of."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    channel = models.CharField(_("channel"), max_length=20)
    payload = models.JSONField(_("payload"))
    message_id = models.CharField(_("message id"), max_length=100, unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=OutboxState, default=OutboxState.WAITING
    )
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [models.Index(fields=["state", "-changed_at"], name="outbox_state")]

    def __str__(self) -> str:
        return self.key


KEPT = timedelta(days=30)  # ended jobs and sent messages, and with them the memory of their keys
