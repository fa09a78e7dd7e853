from urllib.parse import urlencode

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.air.behind import behind_period
from civicloop.apps.air.comparing import compare, days_rated
from civicloop.apps.air.index_items import items_of
from civicloop.apps.air.queries import (
    AirYear,
    KnownCity,
    air_year,
    day_with_revisions,
    known_cities,
    stations_of,
)
from civicloop.apps.air.tables import day_table
from civicloop.apps.air.wording import word_state_of_gases
from civicloop.web.air.calendar import level_counts, months_of
from civicloop.web.air.comparison import (
    choices_of,
    chosen_editions,
    columns_of,
    months_apart,
    word_basis,
    word_comparison,
    word_rated,
)
from civicloop.web.air.limits import limits_of
from civicloop.web.air.station_map import station_map
from civicloop.web.air.sums import sums_of
from civicloop.web.air.words import (
    composites_of,
    concentrations_of,
    events_of,
    loads_of,
    profiles_of,
    rated_by,
    shares_of,
    word_changes,
    word_shares,
    word_year,
)
from civicloop.web.downloads import csv_download
from civicloop.web.requests import HtmxRequest, is_number


@require_safe
def air(request: HtmxRequest) -> HttpResponse:
    """A year of a city's air."""
    require(request.user, Action.VIEW_AIR)
    cities = known_cities()
    if not cities:
        return render(request, "air/empty.html")
    city, year = _city_and_year(request, cities)
    found = air_year(city.pk, year)
    context = {
        "cities": cities,
        "city": city,
        "year": year,
        "air": found,
        "months": months_of(year, found.days),
        "summary": word_year(found),
        "map": station_map(stations_of(city.pk)),
    }
    return render(request, "air/air.html", context | _of_whole(found))


def _city_and_year(request: HtmxRequest, cities: list[KnownCity]) -> tuple[KnownCity, int]:
    named, asked = request.GET.get("city", ""), request.GET.get("year", "")
    city = next((each for each in cities if str(each.pk) == named), cities[0])
    is_known = is_number(asked) and int(asked) in city.years
    return city, int(asked) if is_known else city.years[0]


def _of_whole(found: AirYear) -> dict[str, object]:
    """What is said of the year as a whole; nothing where no day of it is kept."""
    whole = found.whole
    if whole is None:
        return {"whole": None}
    shares = shares_of(whole)
    return {
        "whole": whole,
        "figures": whole.figures,
        "levels": level_counts(whole.figures["levels"]),
        "rate_changes": word_changes(whole.figures["good_rate_changes"]),
        "index_changes": word_changes(whole.figures["composite_index"]["changes"]),
        "gas_state": word_state_of_gases(whole),
        "shares": shares,
        "shares_summary": word_shares(whole, shares),
        "profiles": profiles_of(whole, {each.edition for each in found.days}),
        "composites": composites_of(whole),
        "loads": loads_of(whole),
        "verdicts": limits_of(whole),
        "events": events_of(whole),
        "without_events": whole.figures.get("without_events"),
    }


@require_safe
def compare_editions(request: HtmxRequest) -> HttpResponse:
    """The same days of a city by two or three editions."""
    require(request.user, Action.VIEW_AIR)
    cities = known_cities()
    if not cities:
        return render(request, "air/empty.html")
    city, year = _city_and_year(request, cities)
    chosen = chosen_editions(request.GET.getlist("by"))
    of, rated = request.GET.get("of", ""), request.GET.get("rated", "")
    context = {
        "city": city,
        "year": year,
        "choices": choices_of(chosen),
        "rated_title": word_rated(of, rated),
        "rated": days_rated(city.pk, year, of, rated),
        "asked": urlencode({"city": city.pk, "year": year, "by": chosen}, doseq=True),
    }
    found = compare(city.pk, year, chosen)
    if found is None:
        return render(request, "air/compare.html", context | {"columns": None})
    context |= {
        "span": found.span,
        "span_before": found.span_before,
        "columns": columns_of(found),
        "months": months_apart(found),
        "summary": word_comparison(found),
        "basis": word_basis(found),
    }
    return render(request, "air/compare.html", context)


@require_safe
def air_day(request: HtmxRequest, day_id: int) -> HttpResponse:
    """A day of a city back to the rows of its file, with what was said of it before."""
    require(request.user, Action.VIEW_AIR)
    kept = day_with_revisions(day_id)
    if not kept:
        raise Http404
    shown = next(each for each in kept if each.pk == day_id)
    context = {
        "shown": shown,
        "newest": kept[0],
        "kept": kept,
        "concentrations": concentrations_of(shown),
        "rated": rated_by(shown),
    }
    return render(request, "air/day.html", context)


@require_safe
def air_period(request: HtmxRequest, period_id: int) -> HttpResponse:
    """A period of a city back to its days, with the arithmetic of its figures."""
    require(request.user, Action.VIEW_AIR)
    behind = behind_period(period_id)
    if behind is None:
        raise Http404
    context = {
        "shown": behind.period,
        "newest": behind.kept[0],
        "kept": behind.kept,
        "before": behind.year_before,
        "items": items_of(behind.period),
        "sums": list(sums_of(behind.period)),
        "gas_state": word_state_of_gases(behind.period),
        "days": behind.days,
        "events": events_of(behind.period),
    }
    return render(request, "air/period.html", context)


@require_safe
def download(request: HtmxRequest, city_id: int, year: int) -> StreamingHttpResponse:
    """A year's days as CSV, with definition, editions and sources."""
    require(request.user, Action.VIEW_AIR)
    city = next((each for each in known_cities() if each.pk == city_id), None)
    if city is None or year not in city.years:
        raise Http404
    table = day_table(city.name, year, air_year(city_id, year))
    return csv_download(f"air-{city_id}-{year}", table)
