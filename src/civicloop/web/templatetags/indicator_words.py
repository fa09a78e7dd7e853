"""Periods, lights and areas of indicators in words."""

from decimal import Decimal

from django import template

from civicloop.apps.indicators.shown.words import word_period
from civicloop.apps.indicators.words import LIGHTS, word_unit

register = template.Library()


@register.filter
def light_word(light: str) -> str:
    return str(LIGHTS[light])


@register.filter
def period(text: str) -> str:
    """A period as people say it."""
    return word_period(text)


@register.filter
def unit(text: str) -> str:
    """A unit in the reader's language."""
    return word_unit(text)


@register.filter
def exact(value: Decimal | None) -> str:
    """A number with the digits that it has, never as 4E+2."""
    return "—" if value is None else f"{value.normalize():,f}"
