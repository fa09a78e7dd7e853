"""Areas of the city and the units that answer for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

AREA_CODE_LENGTH = 12


class AreaLevel(models.TextChoices):
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county or district")
    TOWNSHIP = "township", _("township or street")
    VILLAGE = "village", _("village or community")


# GB/T 2260 for the first six digits, GB/T 10114 and the statistics bureau's codes below
CODE_PREFIX_LENGTH = {
    AreaLevel.PROVINCE: 2,
    AreaLevel.CITY: 4,
    AreaLevel.COUNTY: 6,
    AreaLevel.TOWNSHIP: 9,
    AreaLevel.VILLAGE: 12,
}


class Area(models.Model):
    """An administrative area (区划) with its 12-digit code; a parent's prefix starts its children's."""

    code = models.CharField(_("area code"), max_length=AREA_CODE_LENGTH, unique=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=AreaLevel)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        indexes = [models.Index(fields=["name"], name="places_area_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The digits that every area inside this one starts with."""
        return self.code[: CODE_PREFIX_LENGTH[AreaLevel(self.level)]]


class UnitLevel(models.TextChoices):
    CITY = "city", _("city")
    COUNTY = "county", _("county or district")
    TOWNSHIP = "township", _("township or street")
    VILLAGE = "village", _("village or community")
    ENTERPRISE = "enterprise", _("public enterprise")


class Unit(models.Model):
    """A unit (承办单位) that can be made to act."""

    code = models.CharField(_("unit code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=UnitLevel)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="units")

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
