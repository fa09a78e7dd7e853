"""The dispatch directory (派单目录) by versions, and what was learned of who solves what."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Appeal
from civicloop.apps.places.models import Unit, UnitLevel


class DirectoryState(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_FORCE = "in_force", _("in force")
    RETIRED = "retired", _("retired")


class DirectoryVersion(models.Model):
    """One version of the directory; on a day the newest in force that has begun is used."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DirectoryState, default=DirectoryState.DRAFT
    )
    valid_from = models.DateField(_("valid from"))
    source_doc = models.CharField(_("source document"), max_length=200, blank=True)
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: a command of the installation's operator
    written_at = models.DateTimeField(_("written at"))
    changed_at = models.DateTimeField(_("changed at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of the directory")
        verbose_name_plural = _("versions of the directory")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="dispatch_directory_four_eyes",
                condition=Q(approved_by=None)
                | Q(written_by=None)
                | ~Q(approved_by=F("written_by")),
            ),
            models.CheckConstraint(
                name="dispatch_directory_in_force_approved",
                condition=~Q(state=DirectoryState.IN_FORCE)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["valid_from"],
                condition=Q(state=DirectoryState.IN_FORCE),
                name="dispatch_directory_one_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class DirectoryRule(models.Model):
    """One rule, in the words of its file: a draft may name what is not there, and is told so."""

    version = models.ForeignKey(
        DirectoryVersion, on_delete=models.CASCADE, related_name="rules", db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    topic = models.CharField(_("topic"), max_length=190, blank=True)  # path; blank: every topic
    area = models.CharField(_("area"), max_length=60, blank=True)  # first digits of the code
    level = models.CharField(_("level"), max_length=10, choices=UnitLevel)
    lead = models.CharField(_("lead unit"), max_length=100)  # code
    assisting = models.JSONField(_("assisting units"), default=list)  # codes
    grassroots_allowed = models.BooleanField(_("townships may be made to act"), default=False)
    statute = models.CharField(_("statute"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule of the directory")
        verbose_name_plural = _("rules of the directory")
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="dispatch_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.number}"


class UnitModelVersion(models.Model):
    """A trained suggestion of units, kept as data; its labels are levels and duties of units."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    trained_at = models.DateTimeField(_("trained at"))
    is_active = models.BooleanField(_("in use"), default=False)
    summary = models.JSONField(_("summary"))
    payload = models.BinaryField()
    comparison = models.JSONField(_("comparison with the version before"), null=True)
    seen = models.BinaryField(_("rows learned from"), default=bytes)  # sorted 8-byte digests
    wanted_accuracy = models.FloatField(_("wanted accuracy"))
    threshold = models.FloatField(_("least probability"))  # above 1: nothing goes by itself
    validation = models.JSONField(_("on the newest rows"), default=dict)  # rows, coverage, accuracy

    class Meta:
        verbose_name = _("unit model")
        verbose_name_plural = _("unit models")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="dispatch_unitmodel_one"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class PastHandling(models.Model):
    """Who finally solved an appeal before this platform, as the city's earlier system says."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="past_handling"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    returned_by = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("earlier handling")
        verbose_name_plural = _("earlier handlings")

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.unit_id}"
