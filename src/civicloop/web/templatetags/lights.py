"""The light of a supervision level: a word, a shape and a colour, so that no one of them alone must tell."""

from collections.abc import Mapping
from typing import TypedDict

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

LIGHT_WORDS: Mapping[int, Promise] = {
    0: _("L0 reminder"),
    1: _("L1 blue sheet"),
    2: _("L2 yellow sheet"),
    3: _("L3 red sheet"),
    4: _("L4 joint meeting"),
}


class Light(TypedDict):
    """What _light.html needs."""

    level: int
    words: str


def light_words(level: int) -> str:
    """The level and its word."""
    return str(LIGHT_WORDS[level])


@register.inclusion_tag("_light.html")
def light(level: int) -> Light:
    """A ring, a disc, a triangle, a square or a star, in the level's colour, with its word."""
    return {"level": level, "words": light_words(level)}
