"""Who asked to see how to reach a citizen, why, who allowed it, and for how long it was open."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.intake.models.appeals import Appeal
from civicloop.apps.intake.models.sealed_notes import HoldsNotes


class LookState(models.TextChoices):
    """Where a look stands at a moment; told from its times, so that nothing need end it."""

    WAITING = "waiting", _("waiting for a second person")
    REFUSED = "refused", _("refused by the second person")
    ALLOWED = "allowed", _("allowed, not opened yet")
    OPEN = "open", _("open now")
    ENDED = "ended", _("time is over")


class Look(HoldsNotes):
    """One person's look at one contact. Its number is in the invisible mark of the page it shows."""

    APPEAL: ClassVar = ("appeal",)
    PROTECTED: ClassVar = {"reason": Protected.WORDS}

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="looks")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(_("asked at"))
    reason = models.CharField(_("reason"), max_length=200)
    needs_second = models.BooleanField(_("needs a second person"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    is_refused = models.BooleanField(_("refused"), default=False)
    open_before = models.DateTimeField(_("to be opened before"), null=True)
    opened_at = models.DateTimeField(_("opened at"), null=True)
    closes_at = models.DateTimeField(_("closes at"), null=True)

    class Meta:
        verbose_name = _("look at a contact")
        verbose_name_plural = _("looks at contacts")
        indexes = [
            models.Index(fields=["asked_by", "asked_at"], name="intake_look_of_person"),
            models.Index(
                fields=["asked_at"],
                name="intake_look_waiting",
                condition=Q(needs_second=True, decided_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_look_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="intake_look_open_only_allowed",
                condition=Q(opened_at=None)
                | Q(needs_second=False)
                | Q(decided_by__isnull=False, is_refused=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.asked_at}"

    def state_at(self, now: datetime) -> LookState:
        """Where it stands; what has become sensitive since is over until a second person allows it."""
        if self.is_refused:
            return LookState.REFUSED
        if self.appeal.is_sensitive and not self.needs_second:
            return LookState.ENDED
        if self.closes_at:
            return LookState.OPEN if now < self.closes_at else LookState.ENDED
        if self.needs_second and self.decided_at is None:
            return LookState.WAITING
        still = self.open_before is not None and now < self.open_before
        return LookState.ALLOWED if still else LookState.ENDED
