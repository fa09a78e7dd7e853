"""Marks on callers who misuse the hotline (扰线): proposed by one, decided by another, for a while.

It hangs on the appeal at which it was proposed, never on a citizen: who calls is known again by the
appeal's blind key alone, and is forgotten with it.
"""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.intake.models.appeals import Appeal
from civicloop.apps.intake.models.sealed_notes import HoldsNotes


class NuisanceReason(models.TextChoices):
    """What the caller did; never what, or how often, somebody has to complain."""

    ABUSE = "abuse", _("insults or threatens staff")
    INDECENT = "indecent", _("says what is against the law or indecent")
    FALSE = "false", _("knowingly tells what is not true")
    NO_MATTER = "no_matter", _("calls on and on without any matter")


class NuisanceState(models.TextChoices):
    """Where a mark stands at a moment; told from its times, so that nothing need end it."""

    PROPOSED = "proposed", _("waiting for a second person")
    REFUSED = "refused", _("refused by the second person")
    IN_FORCE = "in_force", _("in force")
    LIFTED = "lifted", _("lifted")
    EXPIRED = "expired", _("expired")


class NuisanceMark(HoldsNotes):
    """A mark that the operator sees with the next calls; it takes nothing from the caller."""

    APPEAL: ClassVar = ("appeal",)
    PROTECTED: ClassVar = {
        "statement": Protected.WORDS,
        "decision_note": Protected.WORDS,
    }

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="nuisance_marks")
    reason = models.CharField(_("reason"), max_length=10, choices=NuisanceReason)
    statement = models.TextField(_("what happened"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.TextField(_("why so decided"), blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True)  # null: not allowed
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    class Meta:
        verbose_name = _("nuisance mark")
        verbose_name_plural = _("nuisance marks")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["proposed_at"],
                name="intake_nuisance_waiting",
                condition=Q(decided_at=None),
            ),
            models.Index(
                fields=["expires_at"],
                name="intake_nuisance_in_force",
                condition=Q(expires_at__isnull=False, lifted_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_nuisance_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="intake_nuisance_only_decided",
                condition=Q(expires_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.reason}"

    def state_at(self, now: datetime) -> NuisanceState:
        """Where it stands."""
        if self.decided_at is None:
            return NuisanceState.PROPOSED
        if self.expires_at is None:
            return NuisanceState.REFUSED
        if self.lifted_at is not None:
            return NuisanceState.LIFTED
        return NuisanceState.IN_FORCE if now < self.expires_at else NuisanceState.EXPIRED
