"""The page of an indicator, its figures as a file, its line as a drawing."""

from typing import NamedTuple

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.goals import target_changes
from civicloop.apps.indicators.queries.history import History, peers
from civicloop.apps.indicators.queries.vintages import vintages
from civicloop.apps.indicators.shown.asked import AskedSeries, NoIndicatorError, series_asked
from civicloop.apps.indicators.shown.cards import missing_names, notes_of
from civicloop.apps.indicators.shown.citing import citation
from civicloop.apps.indicators.shown.defining import facts_of, formula_of
from civicloop.apps.indicators.shown.drawing import svg_of
from civicloop.apps.indicators.shown.series import (
    Row,
    chart_of,
    moved_words,
    rows_of,
    sentence,
    value_alone,
)
from civicloop.apps.indicators.shown.words import (
    PERIOD_KINDS,
    place_words,
    target_words,
    word_period,
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
    rows = rows_of(found, asked.definition, hidden)
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
        "retargeted": [
            (each.tree, *(target_words(one, asked.definition) for one in (each.was, each.now)))
            for each in target_changes(indicator, asked.area)
        ],
        "breaks": [(word_period(str(each.period)), each.was, each.now) for each in found.breaks],
    }
    if rows:
        context |= _of_newest(request, asked, found, rows, hides_small=hides)
    return render(request, "indicators/indicator.html", context)


def _of_newest(
    request: HtmxRequest, asked: AskedSeries, found: History, rows: list[Row], *, hides_small: bool
) -> dict[str, object]:
    """What is said of the newest period that has a value, and drawn of those before."""
    newest = next((row for row in rows if row.figure.value is not None), rows[0])
    target = asked.target(newest.figure)
    name = asked.city.name(asked.area)
    missing = missing_names(newest.figure, asked.city)
    words = sentence(newest, asked.definition, name, target, found.breaks, missing)
    stated = vintages(asked.definition, area=asked.area, known_at=asked.known_at)
    return {
        "newest": newest,
        "chart": chart_of(rows, found.breaks, asked.kind, target, words),
        "notes": notes_of(newest.figure, asked.city, named=EVERYBODY),
        "moved": moved_words(found, asked.definition) if newest.is_shown else "",
        "vintages": [each for each in stated if not hides_small or newest.is_shown],
        "revised": [row for row in rows if row.before],
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
    target = asked.target(shown[0].figure)
    missing = missing_names(shown[0].figure, asked.city)
    words = sentence(shown[0], asked.definition, name, target, found.breaks, missing)
    response = HttpResponse(
        svg_of([row.figure for row in reversed(shown)], asked.definition, words, found.breaks),
        content_type="image/svg+xml",
    )
    response["Content-Disposition"] = f'attachment; filename="{indicator}.svg"'
    return response


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
