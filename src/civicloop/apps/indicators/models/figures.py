"""Computed figures, each with the path back to the rows that it was made from."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.appending import AppendOnly
from civicloop.apps.indicators.models.observations import DefinitionVersion


class FactsPart(AppendOnly):
    """One month of one table of facts, in a Parquet file that never changes."""

    table = models.CharField(_("table"), max_length=60)
    month = models.CharField(_("month"), max_length=7)
    fingerprint = models.CharField(_("state of the source"), max_length=120)
    sha256 = models.CharField(_("digest"), max_length=64)
    file = models.CharField(_("file"), max_length=200)  # within the folder of facts
    row_count = models.PositiveIntegerField(_("rows"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("file of facts")
        verbose_name_plural = _("files of facts")
        indexes = [models.Index(fields=["table", "month", "id"], name="indicators_part")]

    def __str__(self) -> str:
        return f"{self.table} {self.month}"


class FigureRun(AppendOnly):
    """One computation of all figures, on one state of knowledge."""

    as_of = models.DateTimeField(_("as known at"))
    computed_at = models.DateTimeField(_("computed at"))
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_published = models.BooleanField(_("published"), default=False)
    engine = models.CharField(_("engine"), max_length=60)
    first_month = models.CharField(_("first month"), max_length=7)
    last_month = models.CharField(_("last month"), max_length=7)
    parts = models.JSONField(_("files of facts"))  # numbers of FactsPart
    definitions = models.JSONField(_("definitions"))  # numbers of DefinitionVersion
    figure_count = models.PositiveIntegerField(_("figures"))
    keeps_hidden = models.BooleanField(_("what the public does not see is kept"), default=False)

    class Meta:
        verbose_name = _("computation")
        verbose_name_plural = _("computations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.as_of:%Y-%m-%d}"


class Figure(AppendOnly):
    """One figure of one area and period (指标数值)."""

    run = models.ForeignKey(FigureRun, on_delete=models.PROTECT, related_name="figures")
    definition = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("indicator"), max_length=200)
    area = models.CharField(_("area code"), max_length=12, blank=True)  # "": the whole
    period = models.CharField(_("period"), max_length=12)
    period_kind = models.CharField(_("kind of period"), max_length=8)
    last_day = models.DateField(_("last day of the period"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6, null=True)
    status = models.CharField(_("status"), max_length=12)  # of the engine: Status
    why_none = models.CharField(_("why there is none"), max_length=20, blank=True)
    numerator = models.CharField(_("numerator"), max_length=60, blank=True)  # exact: 249, 1/3
    denominator = models.CharField(_("denominator"), max_length=60, blank=True)
    row_count = models.PositiveIntegerField(_("rows"))
    left_out_count = models.PositiveIntegerField(_("rows left out"))
    basis = models.CharField(_("basis"), max_length=60, blank=True)
    comparisons = models.JSONField(_("year before"))  # basis, now, before, change, unit, why_none
    is_comparable = models.BooleanField(_("comparable"))
    rank = models.PositiveIntegerField(_("place"), null=True)
    rank_of = models.PositiveIntegerField(_("peers"), null=True)
    is_rank_shared = models.BooleanField(_("place is shared"), default=False)
    gap = models.DecimalField(
        _("gap to the area around"), max_digits=24, decimal_places=6, null=True
    )
    light = models.CharField(_("light"), max_length=6, blank=True)
    doubts = models.JSONField(_("doubts"), default=list)  # code and params of each
    silent = models.JSONField(_("members that did not report"), default=list)
    input_digest = models.CharField(_("digest of the inputs"), max_length=64)
    row_filter = models.JSONField(_("which rows"))

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["code", "area", "last_day", "id"]
        indexes = [
            models.Index(fields=["code", "area", "period", "id"], name="indicators_figure_of"),
            models.Index(fields=["code", "period_kind", "last_day"], name="indicators_series"),
            models.Index(  # the board asks it for the newest of each, without reading a figure
                fields=["area", "code", "period_kind", "last_day", "run"],
                name="indicators_newest",
                condition=models.Q(value__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.area} {self.period}: {self.value}"


class HiddenFigures(AppendOnly):
    """What the public does not see of an indicator and year, from a computation to the next one."""

    run = models.ForeignKey(FigureRun, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("indicator"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    rule = models.CharField(_("rule"), max_length=60)  # by which it was worked out
    periods = models.JSONField(_("periods"))  # by area: {"140202000000": ["2023-10"]}

    class Meta:
        verbose_name = _("hidden figures")
        verbose_name_plural = _("hidden figures")
        indexes = [models.Index(fields=["code", "year", "id"], name="indicators_hidden")]

    def __str__(self) -> str:
        return f"{self.code} {self.year}: {len(self.periods)}"
