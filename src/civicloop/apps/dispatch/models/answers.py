"""Each citizen gets an own answer: also where many orders are one matter, or one plan ends a class."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.dispatch.models.orders import WorkOrder
from civicloop.apps.dispatch.models.replies import Reply, ReplyClaim
from civicloop.apps.issues.models import Event, EventClass


class BatchState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("about to go out")
    SENT = "sent", _("sent")
    UNDONE = "undone", _("undone before it went out")


class BatchPlan(models.Model):
    """One plan that ends a class of orders (批量办结)."""

    title = models.CharField(_("title"), max_length=200)
    plan = models.TextField(_("plan"))
    answer = models.TextField(_("answer to each citizen"))  # with {number} and {subject}
    claim = models.CharField(_("claim"), max_length=12, choices=ReplyClaim)
    solve_by_day = models.DateField(_("to be solved by"), null=True, blank=True)
    event = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, related_name="+")
    event_class = models.ForeignKey(
        EventClass, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=BatchState, default=BatchState.DRAFT
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    goes_out_at = models.DateTimeField(_("goes out at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch plan")
        verbose_name_plural = _("batch plans")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class BatchItem(HoldsWords):
    """One order of a plan, with the version it was planned at."""

    PROTECTED: ClassVar = {
        "answer": Protected.REPLY,
    }

    plan = models.ForeignKey(
        BatchPlan, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="+")
    order_version = models.PositiveIntegerField(_("version of the order"))
    answer = models.TextField(_("own answer"), blank=True)  # blank: the plan's
    outcome = models.CharField(_("outcome"), max_length=30, blank=True)  # code, once it went out

    class Meta:
        verbose_name = _("order of a plan")
        verbose_name_plural = _("orders of plans")
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="dispatch_batchitem_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.order_id}"


class CitizenAnswer(HoldsWords):
    """What one citizen was told about the own appeal, and when."""

    PROTECTED: ClassVar = {
        "text": Protected.REPLY,
    }

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField(_("round"))
    text = models.TextField(_("text"))
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, null=True, related_name="+")
    plan = models.ForeignKey(BatchPlan, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer to a citizen")
        verbose_name_plural = _("answers to citizens")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"
