"""Programs that bring appeals in for a channel, and what each of them sent."""

import re
import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models.appeals import Appeal, Channel

OPEN_ID_BYTES = 16
OPEN_ID = re.compile(r"[0-9a-f]{32}")


def new_open_id() -> str:
    """A name for programs that tells nothing and cannot be guessed."""
    return secrets.token_hex(OPEN_ID_BYTES)


def is_open_id(written: str) -> bool:
    """Whether it can be one; a database refuses to look for some characters."""
    return OPEN_ID.fullmatch(written) is not None


class ApiAction(models.TextChoices):
    SEND = "send", _("send appeals")
    FOLLOW = "follow", _("see where the appeals stand that it sent")


class ApiClient(models.Model):
    """A channel's program, known by its key; the key itself is nowhere."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="+", verbose_name=_("channel")
    )
    actions = models.JSONField(_("actions"))  # ApiActions
    hourly_limit = models.PositiveIntegerField(_("appeals an hour"))
    key_hash = models.BinaryField(max_length=32, unique=True)  # of 256 random bits: no salt needed
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: on the server, by command
    made_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("program of a channel")
        verbose_name_plural = _("programs of channels")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SentAppeal(models.Model):
    """An appeal that a program sent, and under which key: sent again, it is the same one.

    Key and body are forgotten after a while; the appeal stays the program's to follow.
    """

    client = models.ForeignKey(
        ApiClient, on_delete=models.PROTECT, related_name="sent", db_index=False
    )
    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="sent")
    open_id = models.CharField(max_length=32, unique=True, default=new_open_id)
    key_hash = models.BinaryField(max_length=32, null=True)  # of the Idempotency-Key
    body_hash = models.CharField(max_length=64)  # keyed, of what was sent
    token = models.BinaryField(max_length=32)  # random; with the installation's secret the receipt
    sent_at = models.DateTimeField(_("sent at"), db_index=True)

    class Meta:
        verbose_name = _("appeal sent by a program")
        verbose_name_plural = _("appeals sent by programs")
        constraints = [
            models.UniqueConstraint(fields=["client", "key_hash"], name="intake_sentappeal_once"),
        ]

    def __str__(self) -> str:
        return self.open_id
