"""Who did what to which record; append only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One change, written in the transaction that made it."""

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: a command on the server
    action = models.CharField(_("action"), max_length=40)
    object_type = models.CharField(_("object type"), max_length=40)
    object_id = models.CharField(_("object id"), max_length=40)
    details = models.JSONField(_("details"), default=dict)
    chain = models.PositiveIntegerField(_("chain"))
    position = models.PositiveBigIntegerField(_("place in the chain"))
    key_id = models.CharField(_("key id"), max_length=16)
    mac = models.BinaryField(_("code"), max_length=32)  # of this event and the one before it

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_event_object"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="audit_event_place"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditChain(models.Model):
    """Where one chain of events ends; whoever writes events holds its row until the commit."""

    number = models.AutoField(_("number"), primary_key=True)
    position = models.PositiveBigIntegerField(_("place of the last event"))
    mac = models.BinaryField(_("code of the last event"), max_length=32)

    class Meta:
        verbose_name = _("audit chain")
        verbose_name_plural = _("audit chains")

    def __str__(self) -> str:
        return f"{self.number}: {self.position}"


class AuditCheck(models.Model):
    """One reading of all chains from end to end."""

    at = models.DateTimeField(_("at"))
    event_count = models.PositiveBigIntegerField(_("events read"))
    anchor_count = models.PositiveIntegerField(_("anchors compared"))
    faults = models.JSONField(_("what was wrong"), default=list)  # the first ones
    fault_count = models.PositiveBigIntegerField(_("things wrong"))

    class Meta:
        verbose_name = _("check of the audit")
        verbose_name_plural = _("checks of the audit")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.fault_count}"
