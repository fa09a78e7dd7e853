"""The dispatcher's board: what was put off, and what is about to go out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.dispatch.models.answers import BatchState
from civicloop.apps.dispatch.models.orders import WorkOrder
from civicloop.apps.places.models import Unit


class OrderPutOff(models.Model):
    """A dispatcher looks at an order later; until then it is off the list."""

    order = models.OneToOneField(
        WorkOrder, on_delete=models.CASCADE, primary_key=True, related_name="put_off"
    )
    until_at = models.DateTimeField(_("put off until"), db_index=True)
    put_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    put_off_at = models.DateTimeField(_("put off at"))

    class Meta:
        verbose_name = _("order put off")
        verbose_name_plural = _("orders put off")

    def __str__(self) -> str:
        return f"{self.order_id} {self.until_at:%Y-%m-%d %H:%M}"


class DispatchPlan(models.Model):
    """Orders that a dispatcher has given to units; they go out when the time to undo has passed."""

    state = models.CharField(
        _("state"), max_length=10, choices=BatchState, default=BatchState.SCHEDULED
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    planned_at = models.DateTimeField(_("planned at"))
    goes_out_at = models.DateTimeField(_("goes out at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispatch plan")
        verbose_name_plural = _("dispatch plans")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk}"


class DispatchItem(models.Model):
    """One order of a dispatch plan, its units, and the version it was planned at."""

    plan = models.ForeignKey(
        DispatchPlan, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="dispatch_items")
    order_version = models.PositiveIntegerField(_("version of the order"))
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    assisting = models.JSONField(_("assisting units"), default=list)  # codes
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)  # once it went out
    is_sent = models.BooleanField(_("sent"), default=False)

    class Meta:
        verbose_name = _("order of a dispatch plan")
        verbose_name_plural = _("orders of dispatch plans")
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="dispatch_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.order_id}"
