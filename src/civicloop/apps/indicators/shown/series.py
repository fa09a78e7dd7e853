"""A series as a page shows it: rows of its table, lines of its years, one sentence."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.goals import TargetChange
from civicloop.apps.indicators.queries.history import History
from civicloop.apps.indicators.queries.newest import year_before
from civicloop.apps.indicators.shown.cards import hidden_words
from civicloop.apps.indicators.shown.words import (
    ChangeWords,
    change_words,
    number,
    place_words,
    step_of,
    target_words,
    word_day,
    word_period,
)
from civicloop.apps.indicators.words import LIGHTS, title_of, word_basis, word_value
from civicloop.engines.indicators.definitions import Definition, Target
from civicloop.engines.indicators.guards import Break
from civicloop.engines.indicators.periods import Month, PeriodKind, read_period
from civicloop.engines.indicators.working import Status

TargetOn = Callable[[date], Target | None]

YEARS_DRAWN = 4
STEPS = {PeriodKind.MONTH: 12, PeriodKind.TO_DATE: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A period of the series."""

    figure: Figure
    value: str  # with unit, or why there is none, or why it is not shown
    is_shown: bool
    is_provisional: bool
    changes: Sequence[ChangeWords]
    place: str
    light: str
    before: Sequence[Figure]  # what was published before, the oldest first
    is_break: bool
    retargeted: Sequence[str]  # from this period on another target: which was in force before


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A year, a part of a year on one basis, or a target."""

    name: str
    values: Sequence[float | None]
    is_earlier: bool = False
    is_target: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class YearChart:
    """The same months of several years over each other."""

    labels: Sequence[str]
    lines: Sequence[Line]
    marks: Sequence[int]  # where the series means something else from then on
    retargeted: Sequence[tuple[int, str]]  # where a tree of goals sets another target, and which
    summary: str

    @property
    def plain(self) -> dict[str, object]:
        """As JSON for the script."""
        return {
            "days": list(self.labels),
            "isExact": True,
            "series": [
                {
                    "name": line.name,
                    "values": list(line.values),
                    "isEarlier": line.is_earlier,
                    "isTarget": line.is_target,
                }
                for line in self.lines
            ],
            "marks": list(self.marks),
            "targetMarks": [{"at": at, "words": words} for at, words in self.retargeted],
            "summary": self.summary,
        }


def rows_of(
    found: History,
    definition: Definition,
    hidden: Collection[str],
    changes: Sequence[TargetChange] = (),
) -> list[Row]:
    """The periods, the newest first; those of `hidden` without their value."""
    breaks = {str(each.period) for each in found.breaks}
    before = [None, *(figure.last_day for figure in found.figures)]
    rows = [
        _row(
            figure,
            definition,
            found,
            is_hidden=figure.period in hidden,
            is_change_hidden=year_before(figure) in hidden,
            breaks=breaks,
            retargeted=[
                retarget_words(each, definition)
                for each in changes
                if last is not None and last < each.tree.valid_from <= figure.last_day
            ],
        )
        for last, figure in zip(before, found.figures, strict=False)
    ]
    return rows[::-1]


def retarget_words(change: TargetChange, definition: Definition) -> str:
    """Since when another target is in force, by which tree, and what it was."""
    was, now = (target_words(each, definition) or "–" for each in (change.was, change.now))
    return f"{word_day(change.tree.valid_from)}, {change.tree.title} ({change.tree}): {was} → {now}"


def _row(
    figure: Figure,
    definition: Definition,
    found: History,
    *,
    is_hidden: bool,
    is_change_hidden: bool,
    breaks: Collection[str],
    retargeted: Sequence[str],
) -> Row:
    return Row(
        figure=figure,
        value=hidden_words(definition) if is_hidden else word_value(figure, definition),
        is_shown=not is_hidden,
        is_provisional=figure.status == Status.PROVISIONAL,
        changes=[] if is_hidden or is_change_hidden else change_words(figure, definition),
        place="" if is_hidden else place_words(figure, definition),
        light="" if is_hidden else figure.light,
        before=() if is_hidden else found.revisions.get(figure.period, ()),
        is_break=figure.period in breaks,
        retargeted=retargeted,
    )


def chart_of(
    rows: Sequence[Row],
    breaks: Sequence[Break],
    kind: PeriodKind,
    target_on: TargetOn,
    changes: Sequence[TargetChange],
    summary: str,
) -> YearChart | None:
    """Lines of the last years and the targets of their time; None where there is nothing to draw."""
    shown = {
        row.figure.period: row.figure
        for row in rows
        if row.is_shown and row.figure.value is not None
    }
    years = sorted({figure.last_day.year for figure in shown.values()})
    if not years:
        return None
    if kind is PeriodKind.YEAR:
        labels = [str(year) for year in range(years[0], years[-1] + 1)]
        lines = [_by_year(shown.values(), years, _("years"))]
        drawn = range(years[0], years[-1] + 1)
        marks = [each.period.last.year - years[0] for each in breaks]
    else:
        labels = _labels(STEPS[kind])
        drawn = range(max(years[0], years[-1] - YEARS_DRAWN + 1), years[-1] + 1)
        lines = list(_of_years(shown.values(), breaks, drawn, STEPS[kind]))
        marks = [step_of(each.period) for each in breaks if each.period.last.year in drawn]
    lines.extend(_targets(drawn, kind, target_on))
    return YearChart(
        labels=labels,
        lines=lines,
        marks=sorted(set(marks)),
        retargeted=_retargeted(changes, drawn, kind),
        summary=summary,
    )


def _targets(years: range, kind: PeriodKind, target_on: TargetOn) -> Iterator[Line]:
    """The targets of each year; one line if all years have the same, or where a step is a year."""
    by_year = {
        year: [_green(target_on(day)) for day in _last_days(year, kind)] for year in reversed(years)
    }
    if kind is PeriodKind.YEAR:
        by_year = {years[-1]: [value for year in years for value in by_year[year]]}
    told = {
        year: values
        for year, values in by_year.items()
        if any(value is not None for value in values)
    }
    is_one = len({tuple(values) for values in told.values()}) == 1
    for year, values in list(told.items())[: 1 if is_one else None]:
        name = _("target") if is_one else _("target of %(year)s") % {"year": year}
        yield Line(name=name, values=values, is_target=True)


def _last_days(year: int, kind: PeriodKind) -> list[date]:
    apart = 12 // STEPS[kind]
    return [Month(year, number).last_day for number in range(apart, 13, apart)]


def _green(target: Target | None) -> float | None:
    return None if target is None else float(target.green)


def _retargeted(
    changes: Sequence[TargetChange], years: range, kind: PeriodKind
) -> list[tuple[int, str]]:
    """Where in the drawing another target begins, with the version of the tree that sets it."""
    apart = 12 // STEPS[kind]
    found = []
    for each in changes:
        day = each.tree.valid_from
        if day.year in years:
            at = day.year - years[0] if kind is PeriodKind.YEAR else (day.month - 1) // apart
            found.append((at, f"{each.tree} · {word_day(day)}"))
    return found


def _labels(steps: int) -> list[str]:
    if steps == STEPS[PeriodKind.QUARTER]:
        return [_("Q%(number)s") % {"number": number} for number in range(1, 5)]
    # Translators: a month without its year in Django's format letters; in Chinese n月
    words = pgettext("month alone in format letters", "M")
    return [date_format(Month(2000, number).last_day, words) for number in range(1, 13)]


def _by_year(figures: Collection[Figure], years: Sequence[int], name: str) -> Line:
    values = {figure.last_day.year: figure.value for figure in figures}
    return Line(
        name=name, values=[_float(values.get(year)) for year in range(years[0], years[-1] + 1)]
    )


def _of_years(
    figures: Collection[Figure], breaks: Sequence[Break], years: range, steps: int
) -> Iterator[Line]:
    """A line for each year, the newest first; a break within a year cuts it in two."""
    for year in reversed(years):
        values: list[float | None] = [None] * steps
        for figure in figures:
            if figure.last_day.year == year:
                values[step_of(read_period(figure.period))] = _float(figure.value)
        cuts = sorted(step_of(each.period) for each in breaks if each.period.last.year == year)
        bounds = [0, *(cut for cut in cuts if cut), steps]
        for part, (start, end) in enumerate(pairwise(bounds)):
            piece = [value if start <= at < end else None for at, value in enumerate(values)]
            if any(value is not None for value in piece):
                name = str(year) if not part else _("%(year)s, from the break on") % {"year": year}
                yield Line(name=name, values=piece, is_earlier=year != years[-1])


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def sentence(
    row: Row,
    definition: Definition,
    area: str,
    target: Target | None,
    breaks: Sequence[Break],
    missing: Sequence[str] = (),
    changes: Sequence[TargetChange] = (),
) -> str:
    """The newest figure in one sentence: value, change, place and who is missing, target, breaks."""
    parts = [row.value, *(each.words for each in row.changes), row.place]
    if row.place and missing:
        parts.append(_("without %(names)s") % {"names": _(", ").join(missing)})
    words = target_words(target, definition)
    if words:
        parts.append(_("target %(target)s") % {"target": words})
    if row.light:
        parts.append(_("light: %(light)s") % {"light": LIGHTS[row.light]})
    if breaks:
        names = _(", ").join(word_period(str(each.period)) for each in breaks)
        parts.append(_("not to be compared across %(periods)s (marked)") % {"periods": names})
    begun = [each for each in changes if each.tree.valid_from <= row.figure.last_day]
    if begun:
        days = _(", ").join(word_day(each.tree.valid_from) for each in begun)
        parts.append(_("another target since %(days)s (marked)") % {"days": days})
    return _("%(title)s, %(area)s, %(period)s: %(parts)s.") % {
        "title": title_of(definition),
        "area": area,
        "period": word_period(row.figure.period),
        "parts": _("; ").join(part for part in parts if part),
    }


def break_words(found: History, definition: Definition) -> list[tuple[str, str, str]]:
    """Each break of the series: from which period, what the figures followed before, what since."""
    broken = {str(each.period) for each in found.breaks}
    known = [each for each in found.figures if each.value is not None]
    return [
        (word_period(now.period), _follows(was, definition), _follows(now, definition))
        for was, now in pairwise(known)
        if now.period in broken
    ]


def _follows(figure: Figure, definition: Definition) -> str:
    version = _("version %(number)s") % {"number": figure.definition.number}
    basis = word_basis(figure.basis, definition)
    return f"{version} · {basis}" if basis else version


def moved_words(found: History, definition: Definition) -> str:
    """Whether the newest month is unusual beside the same months before; "" if they are too few."""
    if found.moved is None:
        return ""
    movement = found.moved.movement
    values = {
        "value": _plain(movement.value, definition),
        "expected": _plain(movement.expected, definition),
        "low": _plain(movement.low, definition),
        "high": _plain(movement.high, definition),
        "naive": _plain(movement.naive, definition),
    }
    if movement.is_unusual:
        return (
            _(
                "Unusual: %(value)s lies outside %(low)s to %(high)s; %(expected)s was expected from the same months before, %(naive)s was a year before."
            )
            % values
        )
    return (
        _(
            "Not unusual: %(value)s lies within %(low)s to %(high)s; %(expected)s was expected from the same months before, %(naive)s was a year before."
        )
        % values
    )


def _plain(value: float, definition: Definition) -> str:
    return f"{value:,.{definition.decimals}f}"


def value_alone(figure: Figure, definition: Definition) -> str:
    """The number without its unit, a dash where there is none."""
    return "—" if figure.value is None else number(figure.value, definition)
