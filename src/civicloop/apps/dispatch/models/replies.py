"""What a unit did and answered, with its evidence, and what the reviewer found."""

import json
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.dispatch.models.orders import OrderParty, PartyRole, WorkOrder
from civicloop.apps.intake.models import Appeal, HoldsNotes
from civicloop.apps.places.models import Unit
from civicloop.apps.vault.models import Sealed
from civicloop.apps.vault.sealing import SealBrokenError


class ReplyClaim(models.TextChoices):
    """What the unit says it achieved; whether the citizen agrees is asked apart."""

    SOLVED = "solved", _("solved")
    PARTLY = "partly", _("partly solved")
    EXPLAINED = "explained", _("explained")
    PLANNED = "planned", _("planned, to be solved by a day")
    CANNOT_LAW = "cannot_law", _("the law does not allow it")
    NOT_TRUE = "not_true", _("found not to be so")
    UNREACHABLE = "unreachable", _("the citizen cannot be reached")
    WITHDREW = "withdrew", _("the citizen withdrew it")


class FailReason(models.TextChoices):
    """Why a reviewer sends a reply back."""

    EMPTY = "empty", _("tells nothing")
    BESIDE = "beside", _("does not answer what was asked")
    NOT_BORNE_OUT = "not_borne_out", _("nothing bears it out")
    WRONG_CLAIM = "wrong_claim", _("claims more than was done")
    NO_BASIS = "no_basis", _("the legal basis is missing or wrong")
    PERSONAL = "personal", _("names a person or a number that nobody needs")
    LANGUAGE = "language", _("cannot be understood")


class ContactAttempt(HoldsNotes):
    """A unit tried to reach the citizen."""

    PROTECTED: ClassVar = {
        "note": Protected.WORDS,
    }

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="contact_attempts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_reached = models.BooleanField(_("reached"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("contact with the citizen")
        verbose_name_plural = _("contacts with the citizen")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"


class Reply(HoldsNotes):
    """A unit's reply; the lead unit's goes to the citizen, an assisting unit's to the lead unit."""

    PROTECTED: ClassVar = {
        "text": Protected.REPLY,
        "explanation": Protected.REPLY,
        "legal_basis": Protected.REPLY,
    }

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="replies")
    party = models.ForeignKey(OrderParty, on_delete=models.PROTECT, related_name="replies")
    round = models.PositiveSmallIntegerField(_("round"))
    text = models.TextField(_("text"))
    claim = models.CharField(_("claim"), max_length=12, choices=ReplyClaim)
    explanation = models.TextField(_("explanation in place of a picture"), blank=True)
    solve_by_day = models.DateField(_("to be solved by"), null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    is_final = models.BooleanField(_("final reply"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # the head of the unit; a final reply needs it
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="dispatch_reply_planned_has_day",
                condition=~Q(claim=ReplyClaim.PLANNED) | Q(solve_by_day__isnull=False),
            ),
            models.CheckConstraint(
                name="dispatch_reply_final_signed",
                condition=Q(is_final=False) | Q(signed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.claim}"

    def report_about(self) -> Appeal | None:
        """What goes to the citizen stays as written; what an assisting unit tells the lead is a note."""
        return super().report_about() if self.party.role == PartyRole.ASSIST else None


class StepDraft(Sealed):
    """What a member of staff has written for an order and not sent yet; sealed, for nobody has masked it."""

    SEALED = ("sealed_answers",)

    order = models.ForeignKey(
        WorkOrder, on_delete=models.CASCADE, related_name="drafts", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(_("step"), max_length=30)
    sealed_answers = models.BinaryField(_("what was written"), default=bytes)  # JSON
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["order", "user", "step"], name="dispatch_draft_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.user_id} {self.step}"

    def place_of(self, column: str) -> str:
        """By what makes it one of a kind: its number comes after it is sealed."""
        return f"dispatch_stepdraft.{column}:{self.order_id}/{self.user_id}/{self.step}"

    def seal_answers(self, answers: Mapping[str, str]) -> None:
        self.seal_columns({"sealed_answers": json.dumps(answers, ensure_ascii=False)})

    @property
    def answers(self) -> dict[str, str]:
        """What was written, by the form's fields; nothing where no key opens it."""
        try:
            return dict(json.loads(self.opened()["sealed_answers"]))
        except SealBrokenError:
            return {}


class OrderPresence(models.Model):
    """Who has an order open; read for a minute, then out of date."""

    order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(fields=["order", "user"], name="dispatch_presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.user_id}"


class Evidence(HoldsNotes):
    """A picture or paper of the handling, re-encoded and stripped of what it said of its maker."""

    PROTECTED: ClassVar = {
        "name": Protected.WORDS,
    }

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="evidence")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("type"), max_length=60)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Review(HoldsNotes):
    """The centre's look at a reply before the citizen is asked."""

    APPEAL: ClassVar = ("reply__order__appeal",)
    PROTECTED: ClassVar = {
        "note": Protected.WORDS,
    }

    reply = models.OneToOneField(Reply, on_delete=models.PROTECT, related_name="review")
    is_passed = models.BooleanField(_("passed"))
    reasons = models.JSONField(_("reasons"), default=list)  # codes
    note = models.TextField(_("note"), blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: passed by a rule
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return f"{self.reply_id} {self.is_passed}"

    @property
    def reason_words(self) -> list[str]:
        return [str(FailReason(code).label) for code in self.reasons]
