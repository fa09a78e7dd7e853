"""Leaders' reception days (领导接访): a published roster, swaps that are told in time, cases taken."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.cases.models.petitions import PetitionCase
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import HoldsNotes
from civicloop.apps.places.models import Area


class ReceptionState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("took place")
    CANCELLED = "cancelled", _("cancelled")


class Reception(HoldsWords):
    """One day on which a leader receives citizens; `leader` may change by a swap, `planned` never."""

    PROTECTED: ClassVar = {
        "note": Protected.CASE,
    }

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=200)
    planned_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="receptions"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ReceptionState, default=ReceptionState.PLANNED
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("reception day")
        verbose_name_plural = _("reception days")
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "day"],
                condition=~Q(state="cancelled"),
                name="cases_reception_leader_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.place}"


class ReceptionSwap(HoldsWords):
    """Another leader takes the day; asked for at least some days before, or marked as late."""

    PROTECTED: ClassVar = {
        "reason": Protected.CASE,
    }

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="swaps")
    from_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    to_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_late = models.BooleanField(_("asked late"))

    class Meta:
        verbose_name = _("swap of a reception day")
        verbose_name_plural = _("swaps of reception days")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.reception_id}"


class ReceptionCase(HoldsNotes):
    """A matter heard on a reception day, and what the leader asked for."""

    APPEAL: ClassVar = ("order__appeal", "petition__order__appeal")
    PROTECTED: ClassVar = {
        "instruction": Protected.CASE,
    }

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="cases")
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, null=True, related_name="+")
    petition = models.ForeignKey(
        PetitionCase, on_delete=models.PROTECT, null=True, related_name="+"
    )
    instruction = models.TextField(_("instruction"))
    is_taken_over = models.BooleanField(_("the leader follows it to its end"), default=False)

    class Meta:
        verbose_name = _("matter of a reception day")
        verbose_name_plural = _("matters of reception days")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="cases_receptioncase_about_one",
                condition=Q(order__isnull=False, petition=None)
                | Q(order=None, petition__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reception_id}"
