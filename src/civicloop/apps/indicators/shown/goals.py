"""Goals as a page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.goal_targets import versions_of_trees
from civicloop.apps.indicators.models import Figure, Goal, GoalTree
from civicloop.apps.indicators.queries.goals import GoalNow, MeasureNow, goals_now
from civicloop.apps.indicators.queries.series import is_hidden
from civicloop.apps.indicators.shown.asked import City
from civicloop.apps.indicators.shown.cards import hidden_words
from civicloop.apps.indicators.shown.words import target_words, word_period
from civicloop.apps.indicators.words import WHY_NONE, title_of, word_value
from civicloop.engines.indicators.definitions import Definition, Target
from civicloop.engines.indicators.guards import stale_since
from civicloop.engines.indicators.periods import read_period


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureWords:
    """An indicator of a goal."""

    indicator: str
    area_code: str
    title: str
    area: str
    target: str
    figure: Figure | None
    value: str
    period: str
    light: str
    stale_since: date | None  # newer data is late
    why_none: str  # where there is no figure
    without_value: Figure | None  # the computation that says so
    empty_period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalWords:
    """A goal with its measures."""

    goal: Goal
    measures: Sequence[MeasureWords]
    light: str
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeWords:
    """A tree in force and all its versions."""

    tree: GoalTree
    newest: GoalTree  # may be in force later only
    goals: Sequence[GoalWords]
    versions: Sequence[GoalTree]


def trees_on(day: date, city: City, *, hides_small: bool) -> list[TreeWords]:
    """The trees in force on a day, in words."""
    definitions = {each.code: each for each in current_definitions().values()}
    versions = versions_of_trees()
    return [
        TreeWords(
            tree=tree,
            newest=versions[tree.code][0],
            goals=[_goal(each, definitions, city, day, hides_small=hides_small) for each in goals],
            versions=versions[tree.code],
        )
        for tree, goals in goals_now(day).items()
    ]


def _goal(
    now: GoalNow,
    definitions: Mapping[str, Definition],
    city: City,
    day: date,
    *,
    hides_small: bool,
) -> GoalWords:
    measures = [
        _measure(each, definitions[each.measure.indicator], city, day, hides_small=hides_small)
        for each in now.measures
        if each.measure.indicator in definitions
    ]
    is_told = not any(each.figure and each.figure.light and not each.light for each in measures)
    return GoalWords(
        goal=now.goal,
        measures=measures,
        light=now.light if is_told else "",
        is_overdue=now.is_overdue and is_told,  # overdue is what is past its day and not green
    )


def _measure(
    now: MeasureNow, definition: Definition, city: City, day: date, *, hides_small: bool
) -> MeasureWords:
    measure, figure = now.measure, now.figure
    hidden = figure is not None and hides_small and is_hidden(figure, definition)
    target = None
    if measure.green is not None and measure.amber is not None:
        target = Target(green=measure.green, amber=measure.amber)
    value = "" if figure is None else word_value(figure, definition)
    last = None if figure is None else read_period(figure.period)
    return MeasureWords(
        indicator=measure.indicator,
        area_code=measure.area,
        title=title_of(definition),
        area=city.name(measure.area),
        target=target_words(target, definition),
        figure=figure,
        value=hidden_words(definition) if hidden else value,
        period="" if figure is None else word_period(figure.period),
        light="" if hidden or figure is None else figure.light,
        stale_since=stale_since(definition, last, day),
        why_none=_why_none(now.without_value),
        without_value=now.without_value,
        empty_period=word_period(now.without_value.period) if now.without_value else "",
    )


def _why_none(figure: Figure | None) -> str:
    if figure is None:
        return _("nothing of it has been counted or stated yet")
    return str(WHY_NONE[figure.why_none])
