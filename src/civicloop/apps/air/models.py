"""Assessed air: files, cities, their days and periods. Append only: what is newer stands beside it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.appending import AppendOnly
from civicloop.engines.air.periods import PeriodKind


class AirSource(AppendOnly):
    """A file that was assessed in one way; the same file in the same way is kept once."""

    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    ways = models.JSONField(_("how it was assessed"))
    ways_sha256 = models.CharField(_("digest of how it was assessed"), max_length=64)
    dust_events = models.JSONField(_("sand-dust events"), default=list)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("file of air data")
        verbose_name_plural = _("files of air data")
        constraints = [
            models.UniqueConstraint(fields=["sha256", "ways_sha256"], name="air_source_once"),
        ]

    def __str__(self) -> str:
        return self.name


class AirCity(models.Model):
    """A city with days; its row is held while days are added. With an area its days are facts of indicators."""

    name = models.CharField(_("city"), max_length=80, unique=True)
    area = models.CharField(_("area code"), max_length=12, blank=True)
    area_recorded_at = models.DateTimeField(_("area known since"), null=True)

    class Meta:
        verbose_name = _("city with air data")
        verbose_name_plural = _("cities with air data")
        constraints = [
            models.UniqueConstraint(
                fields=["area"], condition=~models.Q(area=""), name="air_city_of_area"
            ),
            models.CheckConstraint(
                condition=models.Q(area="", area_recorded_at=None)
                | (~models.Q(area="") & models.Q(area_recorded_at__isnull=False)),
                name="air_city_area_since",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AirStation(models.Model):
    """A station of a city, and where it stands if a file said so."""

    city = models.ForeignKey(AirCity, on_delete=models.PROTECT, related_name="stations")
    name = models.CharField(_("station"), max_length=80)
    is_control_site = models.BooleanField(_("control site"))  # does not count for the city
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True)

    class Meta:
        verbose_name = _("air station")
        verbose_name_plural = _("air stations")
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="air_station_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CityDay(AppendOnly):
    """A day of a city as one file gives it; the newest of a day counts."""

    source = models.ForeignKey(AirSource, on_delete=models.PROTECT, related_name="days")
    city = models.ForeignKey(AirCity, on_delete=models.PROTECT, related_name="days")
    day = models.DateField(_("day"))
    exact = models.JSONField(_("unrounded"))  # measure → [total, stations, unit]
    published = models.JSONField(_("rounded"))  # pollutant → text; null: none
    aqi = models.PositiveSmallIntegerField("AQI", null=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True)
    primary = models.JSONField(_("primary pollutants"))
    edition = models.CharField(_("edition"), max_length=40)
    profiles = models.JSONField(_("by other rules"))  # edition → [index, level], null: none
    rows = models.TextField(_("rows of the file"))  # "2-25, 50"; "": not known
    former_number = models.PositiveBigIntegerField(_("number in older files of facts"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("air of a city's day")
        verbose_name_plural = _("air of cities' days")
        constraints = [
            models.UniqueConstraint(fields=["city", "day", "source"], name="air_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.day}"

    @property
    def reference(self) -> str:
        """How files of facts name the day."""
        if self.former_number is not None:
            return f"air day {self.former_number}"
        return f"city day {self.pk}"


class CityPeriod(AppendOnly):
    """A month, quarter or year of a city, from the days known when it was recorded."""

    KINDS = [
        (PeriodKind.MONTH.value, _("month")),
        (PeriodKind.QUARTER.value, _("quarter")),
        (PeriodKind.YEAR.value, _("year")),
        (PeriodKind.TO_DATE.value, _("year to date")),
    ]

    source = models.ForeignKey(AirSource, on_delete=models.PROTECT, related_name="periods")
    city = models.ForeignKey(AirCity, on_delete=models.PROTECT, related_name="periods")
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    index = models.DecimalField(_("composite index"), max_digits=6, decimal_places=2, null=True)
    good_rate = models.DecimalField(_("good days, %"), max_digits=4, decimal_places=1, null=True)
    figures = models.JSONField(_("figures"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("air of a city's period")
        verbose_name_plural = _("air of cities' periods")
        constraints = [
            models.UniqueConstraint(
                fields=["city", "kind", "first_day", "last_day", "source"], name="air_period_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.first_day} {self.last_day}"
