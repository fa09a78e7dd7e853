"""A rule of the directory as a page shows it: names instead of codes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from civicloop.apps.dispatch.models import DirectoryRule, DirectoryVersion
from civicloop.apps.dispatch.routing_words import UnitNames
from civicloop.apps.places.models import AREA_CODE_LENGTH, Area


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """A rule, and the names of what it names."""

    rule: DirectoryRule
    topic: str
    area: str
    lead: str
    assisting: Sequence[str]


class RuleWords:
    """Words for the rules of a page, by two questions to the database."""

    def __init__(self) -> None:
        self._units = UnitNames()
        self._areas = dict(Area.objects.values_list("code", "name"))

    def of(self, rule: DirectoryRule) -> ShownRule:
        """A rule with names."""
        return ShownRule(
            rule=rule,
            topic=rule.topic or _("every topic"),
            area=self._area(rule.area),
            lead=self._units.of(rule.lead),
            assisting=[self._units.of(code) for code in rule.assisting],
        )

    def units_of(self, version: DirectoryVersion) -> list[tuple[str, str]]:
        """Codes and names of the units that lead in a version."""
        codes = version.rules.order_by("lead").values_list("lead", flat=True).distinct()
        return [(code, self._units.of(code)) for code in codes]

    def areas_of(self, version: DirectoryVersion) -> list[tuple[str, str]]:
        """First digits and names of the areas that a version has rules for."""
        areas = version.rules.exclude(area="").order_by("area")
        prefixes = areas.values_list("area", flat=True).distinct()
        return [(prefix, self._area(prefix)) for prefix in prefixes]

    def _area(self, prefix: str) -> str:
        if not prefix:
            return _("whole city")
        return self._areas.get(prefix.ljust(AREA_CODE_LENGTH, "0"), prefix)
