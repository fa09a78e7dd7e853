"""What each pollutant of a kept period adds to its composite index."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from civicloop.apps.air.models import CityPeriod
from civicloop.apps.air.wording import POLLUTANTS
from civicloop.connectors.air.editions import limit_editions, period_rules
from civicloop.engines.air.composite import BY_PERCENTILE
from civicloop.engines.air.pollutants import Pollutant

NOTHING = "NA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one pollutant adds to the composite index."""

    name: str
    unit: str
    statistic: str
    days: int
    set_aside: int
    unrounded: str
    in_index: str
    limit: str
    item: str
    weight: int
    share: str


def items_of(period: CityPeriod) -> list[Item]:
    """Each pollutant from its days to its part of the index."""
    index = period.figures["composite_index"]
    edition = next((each for each in limit_editions() if each.code == index["limits"]), None)
    found = []
    for pollutant, name in POLLUTANTS.items():
        figures = period.figures["pollutants"].get(pollutant.value)
        if figures is None:
            continue
        by_percentile = pollutant in BY_PERCENTILE
        unrounded = figures["percentile" if by_percentile else "mean"]
        limit = edition.limits.get(pollutant) if edition else None
        found.append(
            Item(
                name=name,
                unit="mg/m³" if pollutant is Pollutant.CO else "µg/m³",
                statistic=_statistic(pollutant) if by_percentile else _("mean of the days"),
                days=figures["days"],
                set_aside=figures["set_aside"],
                unrounded=NOTHING if unrounded is None else f"{unrounded:.4f}",
                in_index=figures["in_index"] or NOTHING,
                limit=NOTHING if limit is None else str(limit),
                item=index["items"].get(pollutant.value, NOTHING),
                weight=edition.weights[pollutant] if edition else 1,
                share=index["shares"].get(pollutant.value, NOTHING),
            )
        )
    return found


def _statistic(pollutant: Pollutant) -> str:
    share = period_rules().percentiles[pollutant]
    return _("%(share)sth percentile of the days") % {"share": f"{float(100 * share):g}"}
