"""Cards of the board, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civicloop.apps.indicators.goal_targets import GoalTargets, goal_targets
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.board import Card, board
from civicloop.apps.indicators.shown.asked import City, the_city
from civicloop.apps.indicators.shown.words import (
    ChangeWords,
    change_words,
    number,
    place_words,
    target_of,
    target_words,
    word_group,
    word_period,
)
from civicloop.apps.indicators.words import WHY_NONE, title_of, word_unit, word_value
from civicloop.engines.indicators.definitions import Definition, Formula
from civicloop.engines.indicators.figures import Light
from civicloop.engines.indicators.guards import Doubt
from civicloop.engines.indicators.working import Status

_WORST = (Light.RED, Light.AMBER, Light.GREEN)
NAMED = 5  # of those that are missing; the page of the indicator names them all


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """A card as it is shown."""

    code: str
    figure: Figure
    title: str
    value: str  # "" where there is none, or none for this reader
    unit: str
    why_none: str
    is_provisional: bool
    period: str
    changes: Sequence[ChangeWords]
    place: str
    parts: Sequence[str]  # of a share that is made of shares
    target: str
    light: str
    notes: Sequence[str]  # what is missing in it
    known_at: datetime
    stale_since: date | None
    line: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cards that belong together."""

    code: str
    title: str
    cards: Sequence[CardWords]


def groups_of(cards: Sequence[Card], goals: GoalTargets, city: City) -> list[Group]:
    """The cards by group, each group by its name."""
    found: dict[str, list[CardWords]] = {}
    for card in cards:
        group = card.definition.code.split(".")[0]
        found.setdefault(group, []).append(_card(card, goals, city))
    return [Group(code=code, title=word_group(code), cards=each) for code, each in found.items()]


def worst_cards(day: date, *, limit: int, hides_small: bool) -> list[CardWords]:
    """The city's cards that have a light, red before amber before green."""
    city = the_city()
    cards = board(day, area=city.code, hides_small=hides_small)
    lit = [each for each in cards if each.figure.light and not each.is_hidden]
    lit.sort(key=lambda each: _WORST.index(Light(each.figure.light)))
    goals = goal_targets()
    return [_card(each, goals, city) for each in lit[:limit]]


def _card(card: Card, goals: GoalTargets, city: City) -> CardWords:
    figure, definition = card.figure, card.definition
    is_shown = figure.value is not None and not card.is_hidden
    return CardWords(
        code=definition.code,
        figure=figure,
        title=title_of(definition),
        value=number(figure.value, definition) if figure.value is not None and is_shown else "",
        unit=word_unit(definition.unit),
        why_none=_why_none(card),
        is_provisional=figure.status == Status.PROVISIONAL,
        period=word_period(figure.period),
        changes=change_words(figure, definition) if is_shown and not card.is_change_hidden else [],
        place=_place(card) if is_shown else "",
        parts=[f"{title_of(of)} {word_value(part, of)}" for of, part in card.parts]
        if is_shown
        else [],
        target=target_words(target_of(figure, definition, goals), definition),
        light=figure.light if is_shown else "",
        notes=notes_of(figure, city),
        known_at=figure.run.as_of,
        stale_since=card.stale_since,
        line=[] if card.is_hidden else [_float(each.value) for each in card.line],
    )


def _place(card: Card) -> str:
    """The place; of which time, where it is no longer that of today."""
    words = place_words(card.figure, card.definition)
    if not words or card.stale_since is None:
        return words
    period = word_period(card.figure.period)
    return _("%(place)s; it was so in %(period)s") % {"place": words, "period": period}


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _why_none(card: Card) -> str:
    if card.is_hidden:
        return hidden_words(card.definition)
    return "" if card.figure.value is not None else str(WHY_NONE[card.figure.why_none])


def hidden_words(definition: Definition) -> str:
    """Why a figure is not shown to everybody."""
    if isinstance(definition.calculation, Formula):
        return _("not shown: it would give away a figure that is not shown")
    return _("not shown: it would tell of fewer than %(count)s, or give such a figure away") % {
        "count": definition.smallest_published
    }


def notes_of(figure: Figure, city: City, *, named: int = NAMED) -> list[str]:
    """Which areas are missing among its peers, and who did not report."""
    notes = []
    names = missing_names(figure, city)
    if names:
        words = ngettext(
            "%(count)s area is missing: %(names)s", "%(count)s areas are missing: %(names)s", len(names)
        )  # fmt: skip
        notes.append(words % {"count": len(names), "names": _listed(names, named)})
    if figure.silent:
        words = ngettext(
            "%(count)s did not report: %(names)s", "%(count)s did not report: %(names)s", len(figure.silent)
        )  # fmt: skip
        notes.append(words % {"count": len(figure.silent), "names": _listed(figure.silent, named)})
    return notes


def missing_names(figure: Figure, city: City) -> list[str]:
    """Name the peers that have no figure of the period."""
    return [
        city.name(code)
        for doubt in figure.doubts
        if doubt["code"] == Doubt.AREAS_MISSING
        for code in doubt["areas"]
    ]


def _listed(names: Sequence[str], named: int) -> str:
    listed = _(", ").join(names[:named])
    return f"{listed} …" if len(names) > named else listed
