"""A city's day in words."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _

from civicloop.apps.air.models import CityDay
from civicloop.apps.air.tables import primary_names
from civicloop.apps.air.wording import POLLUTANTS, short_edition, word_edition, word_level
from civicloop.web.templatetags.wording import day as word_day

register = template.Library()


@register.filter
def said(each: CityDay) -> str:
    """AQI 74, good air."""
    if each.aqi is None:
        return _("no index")
    return _("AQI %(aqi)s, %(level)s") % {"aqi": each.aqi, "level": word_level(each.level)}


@register.filter
def level_words(each: CityDay) -> str:
    return word_level(each.level)


@register.filter
def primaries(each: CityDay) -> str:
    return primary_names(each)


@register.filter
def edition(code: str) -> str:
    return short_edition(code)


@register.filter
def edition_name(code: str) -> str:
    """The whole name, with the parts that no primary text confirms."""
    return word_edition(code)


@register.filter
def last_kept_day(days: Sequence[CityDay]) -> str:
    return word_day(days[-1].day)


@register.filter
def plain(number: float) -> str:
    """A number of a drawing; grouping or a decimal comma would break it."""
    return f"{number:g}"


@register.simple_tag
def pollutant_names() -> list[str]:
    return list(POLLUTANTS.values())
