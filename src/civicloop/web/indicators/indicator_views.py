"""The page of an indicator, its figures as a file, its line as a drawing."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.goals import TargetChange, target_changes
from civicloop.apps.indicators.queries.history import History, peers
from civicloop.apps.indicators.queries.series import is_hidden
from civicloop.apps.indicators.queries.vintages import tells_of_few, vintages
from civicloop.apps.indicators.shown.asked import AskedSeries, NoIndicatorError, series_asked
from civicloop.apps.indicators.shown.cards import missing_names, notes_of
from civicloop.apps.indicators.shown.citing import citation
from civicloop.apps.indicators.shown.defining import facts_of, formula_of
from civicloop.apps.indicators.shown.drawing import svg_of
from civicloop.apps.indicators.shown.series import (
    Row,
    TargetOn,
    break_words,
    chart_of,
    moved_words,
    retarget_words,
    rows_of,
    sentence,
    value_alone,
)
from civicloop.apps.indicators.shown.words import (
    PERIOD_KINDS,
    place_words,
    target_on,
)
from civicloop.apps.indicators.tables import figure_table
from civicloop.apps.indicators.words import title_of
from civicloop.web.downloads import csv_download
from civicloop.web.requests import HtmxRequest

EVERYBODY = 10_000  # names of those that are missing are all told on the own page


class PeerRow(NamedTuple):
    """An area of the same level."""

    name: str
    value: str
    place: str
    figure: Figure
    is_own: bool


@require_safe
def indicator(request: HtmxRequest, indicator: str) -> HttpResponse:
    """One indicator over time: years over each other, revisions, peers, definition."""
    require(request.user, Action.VIEW_INDICATORS)
    asked = _asked(request, indicator)
    found = asked.history()
    hides = not may(request.user, Action.SEE_SMALL_COUNTS)
    hidden = asked.hidden() if hides else frozenset()
    changes = target_changes(indicator, asked.area, known_at=asked.known_at)
    rows = rows_of(found, asked.definition, hidden, changes)
    context = {
        "asked": asked,
        "title": title_of(asked.definition),
        "area_name": asked.city.name(asked.area),
        "areas": [(code, asked.city.name(code)) for code in asked.series],
        "kinds": [(kind, PERIOD_KINDS[kind]) for kind in asked.series[asked.area]],
        "rows": rows,
        "facts": facts_of(asked.version, asked.definition),
        "formula": formula_of(asked.version, asked.definition, asked.titles),
        "versions": list(reversed(found.versions)),
        "retargeted": [retarget_words(each, asked.definition) for each in changes],
        "breaks": break_words(found, asked.definition),
    }
    if rows:
        context |= _of_newest(
            request, asked, found, rows, changes, hides_small=hides, hidden=hidden
        )
    return render(request, "indicators/indicator.html", context)


def _of_newest(
    request: HtmxRequest,
    asked: AskedSeries,
    found: History,
    rows: list[Row],
    changes: Sequence[TargetChange],
    *,
    hides_small: bool,
    hidden: Collection[str],
) -> dict[str, object]:
    """What is said of the newest period that has a value, and drawn of those before."""
    newest = next((row for row in rows if row.figure.value is not None), rows[0])
    target_at = _target_on(asked)
    name = asked.city.name(asked.area)
    missing = missing_names(newest.figure, asked.city)
    target = target_at(newest.figure.last_day)
    words = sentence(newest, asked.definition, name, target, found.breaks, missing, changes)
    stated = vintages(asked.definition, area=asked.area, known_at=asked.known_at)
    return {
        "newest": newest,
        "chart": chart_of(rows, found.breaks, asked.kind, target_at, changes, words),
        "notes": notes_of(newest.figure, asked.city, named=EVERYBODY),
        "moved": "" if hidden else moved_words(found, asked.definition),
        "vintages": [
            each
            for each in stated
            if each.period not in hidden and not (hides_small and tells_of_few(each, asked.definition))
        ],
        "revised": _revised(asked, rows, hides_small=hides_small),
        "missing": missing,
        "peers": _peers(asked, newest.figure, hides_small=hides_small),
        "citation": citation(newest, asked.definition, name, request.build_absolute_uri(
            reverse("indicators:indicator_figure", args=[newest.figure.pk])
        )),
    }  # fmt: skip


@require_safe
def download(request: HtmxRequest, indicator: str) -> StreamingHttpResponse:
    """The figures of a series as CSV, with definition, editions and inputs."""
    require(request.user, Action.VIEW_INDICATORS)
    asked = _asked(request, indicator)
    found = asked.history()
    hidden = frozenset() if may(request.user, Action.SEE_SMALL_COUNTS) else asked.hidden()
    table = figure_table(
        asked.version, asked.definition, asked.city.name(asked.area), found.figures, hidden
    )
    return csv_download(f"{indicator}-{asked.area or 'all'}-{asked.kind}", table)


@require_safe
def drawing(request: HtmxRequest, indicator: str) -> HttpResponse:
    """The series as one SVG file without a script: to be put on other sites, which cannot frame ours.

    It shows to everybody what the public may see, whoever takes it.
    """
    require(request.user, Action.VIEW_INDICATORS)
    asked = _asked(request, indicator)
    found = asked.history()
    rows = rows_of(found, asked.definition, asked.hidden())
    shown = [row for row in rows if row.is_shown and row.figure.value is not None]
    if not shown:
        raise Http404
    name = asked.city.name(asked.area)
    target_at, figures = _target_on(asked), [row.figure for row in reversed(shown)]
    missing = missing_names(shown[0].figure, asked.city)
    changes = target_changes(indicator, asked.area, known_at=asked.known_at)
    target = target_at(figures[-1].last_day)
    words = sentence(shown[0], asked.definition, name, target, found.breaks, missing, changes)
    drawn = svg_of(
        figures,
        asked.definition,
        words,
        found.breaks,
        targets=[target_at(each.last_day) for each in figures],
        changes=changes,
    )
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{indicator}.svg"'
    return response


def _revised(asked: AskedSeries, rows: Sequence[Row], *, hides_small: bool) -> list[Row]:
    """The periods of which something else was published before, without what the reader may not see."""
    revised = [row for row in rows if row.before]
    if not hides_small:
        return revised
    shown = [
        replace(row, before=[each for each in row.before if not is_hidden(each, asked.definition)])
        for row in revised
    ]
    return [row for row in shown if row.before]


def _target_on(asked: AskedSeries) -> TargetOn:
    goals = asked.goals()
    return lambda day: target_on(day, asked.definition, asked.area, goals)


def _asked(request: HtmxRequest, code: str) -> AskedSeries:
    try:
        return series_asked(
            code,
            area=request.GET.get("area"),
            kind=request.GET.get("kind", ""),
            known=request.GET.get("known", ""),
        )
    except NoIndicatorError:
        raise Http404 from None


def _peers(asked: AskedSeries, newest: Figure, *, hides_small: bool) -> list[PeerRow]:
    """The areas of the same level in the same period, the first place first."""
    beside = peers(
        asked.definition.code, newest.period, beside=newest.area, known_at=asked.known_at
    )
    hidden = asked.hidden_areas(newest) if hides_small else frozenset()
    return [
        PeerRow(
            name=asked.city.name(each.area),
            value="—" if each.area in hidden else value_alone(each, asked.definition),
            place="" if each.area in hidden else place_words(each, asked.definition),
            figure=each,
            is_own=each.area == newest.area,
        )
        for each in beside
    ]
