"""A figure in words: value with unit, change in the unit of its kind, place, light."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from civicloop.apps.air.wording import short_edition
from civicloop.apps.indicators.models import Figure
from civicloop.connectors.indicators.units import unit_in_english
from civicloop.engines.indicators.definitions import Definition, Direction, PriceBasis, Words
from civicloop.engines.indicators.figures import Light
from civicloop.engines.indicators.working import Status, WhyNone
from civicloop.values.changes import ChangeUnit, NoChange

WHY_NONE: Mapping[str, Promise] = {
    WhyNone.NOT_COVERED: gettext_lazy("the facts do not reach over the period"),
    WhyNone.NOT_REPORTED: gettext_lazy("a month was not reported"),
    WhyNone.NOTHING_COUNTED: gettext_lazy("there was nothing to divide by"),
    WhyNone.NOT_STATED: gettext_lazy("no source states it"),
    WhyNone.PART_MISSING: gettext_lazy("a figure that it is calculated from is missing"),
    WhyNone.DIVIDED_BY_ZERO: gettext_lazy("the formula divides by zero"),
    WhyNone.NO_EDITION: gettext_lazy("no edition of its parameters is in force"),
}
NO_CHANGE: Mapping[str, Promise] = {
    NoChange.NO_VALUE: gettext_lazy("no figure of the year before"),
    NoChange.ZERO_BASE: gettext_lazy("the year before it was zero"),
    NoChange.OTHER_BASIS: gettext_lazy("not comparable: another basis the year before"),
    NoChange.NOT_ASKED: gettext_lazy("no change is stated"),
}
LIGHTS: Mapping[str, Promise] = {
    Light.GREEN: pgettext_lazy("light of a figure", "green"),
    Light.AMBER: pgettext_lazy("light of a figure", "amber"),
    Light.RED: pgettext_lazy("light of a figure", "red"),
}
PRICES: Mapping[PriceBasis, Promise] = {
    PriceBasis.COMPARABLE: gettext_lazy("comparable prices"),
    PriceBasis.CURRENT: gettext_lazy("current prices"),
}


EDITIONS: Mapping[str, Promise] = {  # of shipped formulas
    "equal_weights": gettext_lazy("equal weights"),
    "standard_rack_2500w": gettext_lazy("2.5 kW a standard rack"),
}


def title_of(definition: Definition) -> str:
    """The title in the reader's language."""
    return in_language(definition.title)


def in_language(words: Words) -> str:
    """Words of a definition in the reader's language."""
    language = (get_language() or "zh").split("-")[0]
    return words.get(language, words["en"])


def word_unit(unit: str) -> str:
    """A unit in the reader's language, "" where there is none to say."""
    if unit == "1":
        return ""
    is_chinese = (get_language() or "zh").startswith("zh")
    return unit if is_chinese else unit_in_english(unit)


def number_with_unit(number: str, definition: Definition) -> str:
    """A number that is written already, with its unit."""
    return f"{number} {word_unit(definition.unit)}".rstrip()


def word_basis(basis: str, definition: Definition) -> str:
    """What a figure follows: an edition, a version of a list, prices; "" where there is nothing."""
    if definition.roster and basis.isdecimal():
        return _("list no. %(number)s") % {"number": basis}
    if basis in {*PriceBasis}:
        return str(PRICES[PriceBasis(basis)])
    return str(EDITIONS[basis]) if basis in EDITIONS else short_edition(basis)


def word_value(figure: Figure, definition: Definition) -> str:
    """The value with its unit, or why there is none."""
    if figure.value is None:
        return _("none: %(why)s") % {"why": WHY_NONE[figure.why_none]}
    words = number_with_unit(f"{figure.value:,.{definition.decimals}f}", definition)
    if figure.status == Status.PROVISIONAL:
        words = _("%(value)s (provisional)") % {"value": words}
    return words


def word_change(comparison: Mapping[str, str | None]) -> str:
    """Against the year before: percentage points of a rate, % of everything else, or why nothing."""
    if comparison["change"] is None:
        return str(NO_CHANGE[str(comparison["why_none"])])
    change = Decimal(comparison["change"])
    words = {"size": f"{abs(change)}"}
    if not change:
        return _("as the year before")
    if comparison["unit"] == ChangeUnit.POINTS:
        up, down = _("up by %(size)s percentage points"), _("down by %(size)s percentage points")
    else:
        up, down = _("up by %(size)s %%"), _("down by %(size)s %%")
    return (up if change > 0 else down) % words


def is_better(comparison: Mapping[str, str | None], definition: Definition) -> bool | None:
    """Whether the change is for the better: by the direction, never by the sign. None: neither."""
    change = Decimal(comparison["change"] or 0)
    if not change or definition.direction is Direction.NONE:
        return None
    return (change > 0) is (definition.direction is Direction.UP)


def word_place(figure: Figure) -> str:
    """The place among so many peers, "" where it is not ranked or alone."""
    if figure.rank is None or figure.rank_of == 1:
        return ""  # first of one says nothing
    words = _("place %(rank)s of %(of)s") % {"rank": figure.rank, "of": figure.rank_of}
    return _("%(place)s, shared") % {"place": words} if figure.is_rank_shared else words
