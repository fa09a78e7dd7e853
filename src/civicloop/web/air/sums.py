"""How the figures of a period were worked out, in lines of arithmetic."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from civicloop.apps.air.models import CityPeriod
from civicloop.apps.air.wording import short_edition
from civicloop.web.air.words import MINUS, POLLUTANTS_BY_CODE, signed


def sums_of(period: CityPeriod) -> Iterator[str]:
    """The composite index, the share of good days and the changes as arithmetic."""
    figures = period.figures
    index, items = figures["composite_index"], figures["composite_index"]["items"]
    if index["value"] is not None:
        yield _("%(sum)s = %(index)s, the composite index by %(limits)s") % {
            "sum": " + ".join(items[code] for code in POLLUTANTS_BY_CODE if code in items),
            "index": index["value"],
            "limits": short_edition(index["limits"]),
        }
    if figures["good_rate"] is not None:
        yield _("%(good)s / %(valid)s days with an index = %(rate)s%% good days") % {
            "good": figures["good_days"],
            "valid": figures["valid_days"],
            "rate": figures["good_rate"],
        }
    for change in (*index["changes"], *figures["good_rate_changes"]):
        if change["change"] is not None:
            yield _sum_of_change(change)


def _sum_of_change(change: Mapping[str, Any]) -> str:
    told = {
        "now": change["now"],
        "before": change["before"],
        "minus": MINUS,
        "change": signed(change["change"]),
        "basis": short_edition(change["basis"]),
    }
    if change["unit"] == "pp":
        return _("%(now)s %(minus)s %(before)s = %(change)s points, both years by %(basis)s") % told
    return (
        _("(%(now)s %(minus)s %(before)s) / %(before)s = %(change)s%%, both years by %(basis)s")
        % told
    )
