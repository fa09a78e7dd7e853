"""Words of the indicator pages: groups, periods, changes, places, targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from civicloop.apps.indicators.goal_targets import GoalTargets
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.words import (
    is_better,
    number_with_unit,
    word_basis,
    word_change,
    word_place,
)
from civicloop.engines.indicators.definitions import Definition, Direction, Kind, Scope, Target
from civicloop.engines.indicators.periods import Period, PeriodKind, read_period

GROUPS: Mapping[str, Promise] = {
    "hotline": gettext_lazy("Hotline"),
    "air": gettext_lazy("Air"),
    "economy": gettext_lazy("Economy"),
    "digital": gettext_lazy("Digital economy"),
    "works": gettext_lazy("Public works"),
    "projects": gettext_lazy("Livelihood projects"),
    "petitions": gettext_lazy("Petitions"),
    "mediation": gettext_lazy("Mediation"),
}
PERIOD_KINDS: Mapping[str, Promise] = {
    PeriodKind.MONTH: gettext_lazy("months"),
    PeriodKind.TO_DATE: gettext_lazy("years to date"),
    PeriodKind.QUARTER: gettext_lazy("quarters"),
    PeriodKind.YEAR: gettext_lazy("years"),
}
KINDS: Mapping[Kind, Promise] = {
    Kind.COUNT: gettext_lazy("a count"),
    Kind.FLOW: gettext_lazy("an amount that adds up over time"),
    Kind.STOCK: gettext_lazy("the state at the end of the period"),
    Kind.LEVEL: gettext_lazy("a mean or a percentile"),
    Kind.RATE: gettext_lazy("a share of a whole"),
    Kind.GROWTH: gettext_lazy("a rate of growth as a source states it"),
    Kind.INDEX: gettext_lazy("an index"),
}
DIRECTIONS: Mapping[Direction, Promise] = {
    Direction.UP: gettext_lazy("higher is better"),
    Direction.DOWN: gettext_lazy("lower is better"),
    Direction.NONE: gettext_lazy("neither way is better"),
}
SCOPES: Mapping[Scope, Promise] = {
    Scope.PROVINCE: gettext_lazy("cities of the province"),
    Scope.CITY: gettext_lazy("counties of the city"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWords:
    """A change beside the year before; the mark says whether it is for the better."""

    words: str
    mark: str  # better, worse, "" for neither
    basis: str


def word_group(code: str) -> str:
    """The name of a group; a city's own group is called what its code says."""
    return str(GROUPS.get(code, code))


def word_period(text: str) -> str:
    """A period as people say it."""
    period = read_period(text)
    words = {
        # Translators: a month in Django's format letters: October 2026; in Chinese Y年n月
        PeriodKind.MONTH: pgettext("month in format letters", "F Y"),
        # Translators: a year up to a month in format letters; in Chinese Y年1—n月
        PeriodKind.TO_DATE: pgettext("year to date in format letters", r"\J\a\n\u\a\r\y \t\o F Y"),
        # Translators: a year in format letters; in Chinese Y年
        PeriodKind.YEAR: pgettext("year in format letters", "Y"),
    }
    if period.kind is PeriodKind.QUARTER:
        return _("quarter %(quarter)s of %(year)s") % {
            "quarter": period.last.month // 3,
            "year": period.last.year,
        }
    kind = PeriodKind.MONTH if period.last.month == 1 else period.kind
    return date_format(period.last_day, words[kind])


def word_day(value: date | datetime) -> str:
    """A day as it is written on the pages."""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(local, _("j M Y"))


def step_of(period: Period) -> int:
    """The place of a period within its year: month 0 to 11, quarter 0 to 3, year 0."""
    if period.kind is PeriodKind.YEAR:
        return 0
    return (
        period.last.month // 3 - 1 if period.kind is PeriodKind.QUARTER else period.last.month - 1
    )


def change_words(figure: Figure, definition: Definition) -> list[ChangeWords]:
    """Each change on its basis, in the unit of the indicator's kind."""
    return [
        ChangeWords(
            words=word_change(each),
            mark={True: "better", False: "worse", None: ""}[is_better(each, definition)],
            basis=word_basis(each["basis"], definition) if len(figure.comparisons) > 1 else "",
        )
        for each in figure.comparisons
        if each["change"] is not None or each["why_none"] != "not_asked"
    ]


def place_words(figure: Figure, definition: Definition) -> str:
    """The place with its direction and among whom; "" where it is not ranked."""
    place = word_place(figure)
    if not place or definition.scope is None:
        return ""
    return _("%(place)s (%(scope)s, %(direction)s)") % {
        "place": place,
        "scope": SCOPES[definition.scope],
        "direction": DIRECTIONS[definition.direction],
    }


def target_of(figure: Figure, definition: Definition, goals: GoalTargets) -> Target | None:
    """The target of a figure: of a tree of goals in force on its last day, else of the definition."""
    return target_on(figure.last_day, definition, figure.area, goals)


def target_on(day: date, definition: Definition, area: str, goals: GoalTargets) -> Target | None:
    """The target of an area on a day."""
    return goals.on(day).get((definition.code, area)) or definition.targets.get(day.year)


def target_words(target: Target | None, definition: Definition) -> str:
    """From where on the light is green."""
    if target is None or definition.direction is Direction.NONE:
        return ""
    sign = "≥" if definition.direction is Direction.UP else "≤"
    return f"{sign} {with_unit(target.green, definition)}"


def with_unit(value: Decimal, definition: Definition) -> str:
    """A number as it is written on the pages, with its unit."""
    return number_with_unit(number(value, definition), definition)


def number(value: Decimal, definition: Definition) -> str:
    """A number as it is written on the pages."""
    return f"{value:,.{definition.decimals}f}"
