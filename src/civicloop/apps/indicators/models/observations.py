"""What sources state: observations with their vintages, lists of members, definitions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.appending import AppendOnly


class Vintage(models.TextChoices):
    PRELIMINARY = "preliminary", _("preliminary")
    REVISED = "revised", _("revised")
    FINAL = "final", _("final")


class SourceDocument(AppendOnly):
    """The file or paper that observations were taken from."""

    name = models.CharField(_("name"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    published_day = models.DateField(_("published on"), null=True, blank=True)
    sha256 = models.CharField(_("digest"), max_length=64, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("source document")
        verbose_name_plural = _("source documents")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Observation(AppendOnly):
    """One stated value (观测值); a revision is another row, recorded later."""

    series = models.CharField(_("series"), max_length=80)
    area = models.CharField(_("area code"), max_length=12)
    member = models.CharField(_("member"), max_length=100, blank=True)  # a firm, a town, a project
    period = models.CharField(_("period"), max_length=12)  # as SDMX writes it: 2023-01/P10M
    last_day = models.DateField(_("last day of the period"))
    value = models.DecimalField(_("value"), max_digits=21, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20)
    vintage = models.CharField(_("vintage"), max_length=12, choices=Vintage)
    basis = models.CharField(_("basis"), max_length=60, blank=True)  # edition, prices, boundary
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="rows")
    page = models.CharField(_("page or sheet"), max_length=60, blank=True)
    cell = models.CharField(_("cell"), max_length=20, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    air_period: int | None = None  # no column: the period of air that states an unwritten one

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["series", "area", "member", "last_day", "id"]
        indexes = [
            models.Index(
                fields=["series", "area", "period", "recorded_at"], name="indicators_observed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.area} {self.period}: {self.value}"


class RosterVersion(AppendOnly):
    """One version of a list of members (名录), such as the firms of the key chains."""

    code = models.CharField(_("list"), max_length=80)
    number = models.PositiveIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    members = models.JSONField(_("members"))
    source = models.CharField(_("source"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("version of a list")
        verbose_name_plural = _("versions of lists")
        ordering = ["code", "number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="indicators_roster_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class DefinitionVersion(AppendOnly):
    """One version of a definition; the newest one is in force, an empty one withdraws it."""

    code = models.CharField(_("indicator"), max_length=200)
    number = models.PositiveIntegerField(_("version"))
    sha256 = models.CharField(_("digest"), max_length=64)
    content = models.JSONField(_("definition"))  # fields as they were written
    file = models.CharField(_("file"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("definition")
        verbose_name_plural = _("definitions")
        ordering = ["code", "number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="indicators_definition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"
