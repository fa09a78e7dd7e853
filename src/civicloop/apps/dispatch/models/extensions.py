"""A unit asks for more time (延期); the centre grants it or not."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.dispatch.models.orders import OrderParty, WorkOrder
from civicloop.apps.intake.models import HoldsNotes


class RequestState(models.TextChoices):
    PENDING = "pending", _("to be decided")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")


class ExtensionRequest(HoldsNotes):
    """What the head of a unit asked for before the time was over, and what the centre said."""

    PROTECTED: ClassVar = {
        "reason": Protected.WORDS,
        "decision": Protected.WORDS,
    }

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="extension_requests"
    )
    party = models.ForeignKey(OrderParty, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField(_("days asked for"))  # as the limit's rule counts them
    is_long_cycle = models.BooleanField(_("long-cycle matter"), default=False)
    reason = models.TextField(_("reason"))
    is_caller_told = models.BooleanField(_("explained to the citizen"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(
        _("state"), max_length=8, choices=RequestState, default=RequestState.PENDING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.TextField(_("decision"), blank=True)

    class Meta:
        verbose_name = _("request for more time")
        verbose_name_plural = _("requests for more time")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(state=RequestState.PENDING),
                name="dispatch_extension_one_pending",
            ),
            models.CheckConstraint(
                name="dispatch_extension_decided",
                condition=Q(state=RequestState.PENDING) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.days}"
