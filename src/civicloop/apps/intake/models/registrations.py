"""What an operator or a citizen's own report adds to an appeal, and who the citizen is: sealed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.intake.models.appeals import Appeal
from civicloop.apps.intake.models.sealed_notes import HoldsNotes
from civicloop.apps.places.models import Unit


class Urgency(models.TextChoices):
    GENERAL = "general", _("general")
    URGENT = "urgent", _("urgent")
    CRITICAL = "critical", _("very urgent")


class Element(models.TextChoices):
    """The five things that must be known before anybody can act (五要素)."""

    WHO = "who", _("people")
    WHEN = "when", _("time")
    WHERE = "where", _("place")
    CAUSE = "cause", _("cause")
    COURSE = "course", _("course of events")


class RecordedOn(models.TextChoices):
    SEAT = "seat", _("at an operator's seat")
    WEB = "web", _("by the citizen on the web")
    API = "api", _("by a channel's program")


class Registration(HoldsNotes):
    """How an appeal was registered here; an imported one has none."""

    APPEAL: ClassVar = ("appeal",)
    NOT_NOTES: ClassVar = frozenset({"respondent_name"})  # by it is known whom it must not reach
    PROTECTED: ClassVar = {
        "occurred_words": Protected.WORDS,
        "respondent_name": Protected.WORDS,
    }

    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, primary_key=True, related_name="registration"
    )
    form_key = models.CharField(max_length=64, unique=True)  # of the form: sent twice, kept once
    body_hash = models.CharField(max_length=64, default="")  # keyed, of what the form said
    recorded_on = models.CharField(_("recorded"), max_length=4, choices=RecordedOn)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: the citizen
    registered_at = models.DateTimeField(_("registered at"))
    occurred_words = models.CharField(_("when it happened"), max_length=200, blank=True)
    respondent_name = models.CharField(_("whom it is about"), max_length=200, blank=True)
    respondent_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    is_confidential = models.BooleanField(_("confidential"), default=False)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.GENERAL)
    missing = models.JSONField(_("missing elements"), default=list)  # Elements

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [
            models.Index(
                fields=["respondent_unit"],
                condition=models.Q(respondent_unit__isnull=False),
                name="intake_registration_about",
            )  # what is hidden from a unit's people is looked up with every list of theirs
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.recorded_on}"


class AppealPhoto(models.Model):
    """A photograph that a citizen sent along; written anew, without place, time and camera."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="photos")
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    file = models.FileField(_("file"), upload_to="photos/%Y/%m")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("photograph of an appeal")
        verbose_name_plural = _("photographs of appeals")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.pk}"


class Contact(models.Model):
    """That the citizen left a contact; what it says is in the vault, under a random number."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, primary_key=True, related_name="contact"
    )
    ref = models.CharField(max_length=32, unique=True)  # of the identity in the vault

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"{self.appeal_id}"


class Receipt(models.Model):
    """With its number and code the citizen follows the appeal, without an account."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, primary_key=True, related_name="receipt"
    )
    number = models.CharField(_("number"), max_length=32, unique=True)
    code_hash = models.CharField(max_length=64)  # keyed; the code itself is nowhere

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")

    def __str__(self) -> str:
        return self.number


class Tally(models.Model):
    """How often something was tried since a moment: codes of a receipt, reports from an address."""

    key = models.CharField(max_length=32, unique=True)  # keyed hash, so no address is kept
    began_at = models.DateTimeField(_("began at"), db_index=True)
    count = models.PositiveIntegerField(_("count"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.began_at} {self.count}"
