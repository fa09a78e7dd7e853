"""What the citizen says of the reply (回访); whether it is solved is asked apart from how it was done."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.dispatch.models.orders import WorkOrder
from civicloop.apps.intake.models import HoldsNotes

CONTENT_FROM = 3  # of 5; below it the citizen is not content


class CallBackWay(models.TextChoices):
    PHONE = "phone", _("by telephone")
    SMS = "sms", _("by text message")
    WEB = "web", _("on the web")


class Resolved(models.TextChoices):
    YES = "yes", _("resolved")
    PARTLY = "partly", _("partly resolved")
    NO = "no", _("not resolved")


class CallBack(HoldsNotes):
    """One try to hear the citizen; kept even when it comes late or twice."""

    PROTECTED: ClassVar = {"note": Protected.WORDS}

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="call_backs")
    round = models.PositiveSmallIntegerField(_("round"))
    key = models.CharField(_("key"), max_length=64, unique=True)  # a second delivery is known by it
    way = models.CharField(_("way"), max_length=6, choices=CallBackWay)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: the citizen, by receipt and code
    is_reached = models.BooleanField(_("reached"))
    resolved = models.CharField(_("resolved"), max_length=8, choices=Resolved, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    attitude = models.PositiveSmallIntegerField(_("manner of the unit"), null=True, blank=True)
    reasons = models.JSONField(_("reasons"), default=list)
    note = models.TextField(_("note"), blank=True)
    is_true = models.BooleanField(_("the reply matches the facts"), null=True)
    excluded_for = models.CharField(_("left out of the figures for"), max_length=30, blank=True)
    is_counted = models.BooleanField(_("counted"), default=True)  # false: late or superseded

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="dispatch_callback_scale",
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
            ),
            models.CheckConstraint(
                name="dispatch_callback_reached_says",
                condition=Q(is_reached=True) | Q(resolved="", satisfaction=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"
