"""A report in lines of text, for the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from civicloop.apps.air.anchors import Compared
from civicloop.apps.air.assessing import PeriodAir, Verdict
from civicloop.apps.air.facts import CityAir
from civicloop.apps.air.nowcasting import EDITION, StationHour
from civicloop.apps.air.plain import day_row
from civicloop.apps.air.reports import CityReport, Report
from civicloop.apps.air.wording import (
    POLLUTANTS,
    profile_levels,
    short_edition,
    word_edition,
    word_gas_state,
    word_level,
    word_number,
    word_period,
)
from civicloop.connectors.air.columns import Shape
from civicloop.engines.air.attainment import is_attained
from civicloop.engines.air.changes import OnBasis
from civicloop.engines.air.pollutants import DAY_FIGURES, Pollutant

_DIFFERENCES = 20


def tell(report: Report, *, days: int) -> Iterator[str]:
    """Tell a report; of each city the last days, so many as asked for."""
    yield f"{report.file}: {_shapes()[report.shape]}"
    for code in report.editions:
        yield "  " + word_edition(code)
    for city in report.cities:
        yield from _city(city, days)
    yield from _bulletins(report)
    yield from _ranks(report)
    yield from _agreement(report.compared)
    if report.years:
        header = [_("year"), _("compared"), _("equal"), "%"]
        rows = [
            [str(year), str(each.compared), str(each.equal), word_number(each.percent)]
            for year, each in report.years.items()
        ]
        yield _("AQI by year")
        yield from _table([header, *rows])


def tell_hours(hours: Iterable[StationHour]) -> Iterator[str]:
    """Tell the NowCast of stations' hours, and what it leaves out."""
    yield word_edition(EDITION)
    yield _("NowCast of particles; that of ozone is another method and is not computed.")
    levels = profile_levels(EDITION)
    rows = [[_("city"), _("station"), _("hour"), "PM2.5", "PM10", "AQI", _("level")]]
    for each in hours:
        values = [word_number(value) for value in (each.pm25, each.pm10, each.index)]
        level = levels[each.level - 1] if each.level else "NA"
        rows.append([each.city, each.station, f"{each.at:%Y-%m-%d %H:%M}", *values, level])
    yield from _table(rows)


def _shapes() -> dict[Shape, str]:
    return {
        Shape.HOURS: _("hours of stations"),
        Shape.SNAPSHOT: _("a release of stations with published index"),
        Shape.CITY_DAYS: _("days of cities"),
        Shape.BULLETINS: _("bulletins of composite indices"),
    }


def _city(city: CityReport, days: int) -> Iterator[str]:
    air = city.air
    words = _("%(city)s: %(days)s days, %(first)s to %(last)s")
    told = {
        "days": len(air.days),
        "first": air.days.day(0),
        "last": air.days.day(len(air.days) - 1),
    }
    yield ""
    yield words % {"city": air.city, **told}
    if air.stations:
        counted = [name for name in air.stations if name not in air.control_sites]
        yield _("Stations: %(names)s") % {"names": ", ".join(counted)}
    if air.control_sites:
        yield _("Control sites, left out: %(names)s") % {"names": ", ".join(air.control_sites)}
    yield from _days(air, days)
    yield from _periods(city.periods)
    yield from _agreement(city.compared)


def _days(air: CityAir, days: int) -> Iterator[str]:
    names = [POLLUTANTS[each] for each in DAY_FIGURES]
    rows = [[_("day"), *names, "AQI", _("level"), _("primary pollutant")]]
    for position in range(max(len(air.days) - days, 0), len(air.days)):
        row = day_row(air, position)
        values = [word_number(row[each.value]) for each in DAY_FIGURES]
        level = word_level(row["level"])
        primary = ", ".join(POLLUTANTS[Pollutant(name)] for name in row["primary"]) or "–"
        rows.append([row["day"], *values, word_number(row["aqi"]), level, primary])
    if len(rows) > 1:
        yield from _table(rows)


def _periods(periods: Sequence[PeriodAir]) -> Iterator[str]:
    names = [POLLUTANTS[each] for each in DAY_FIGURES]
    header = [
        _("period"),
        *names,
        _("composite index"),
        _("good days"),
        "%",
        _("against last year"),
    ]
    rows = [header]
    for each in periods:
        mark = "" if each.is_valid else "*"
        values = [word_number(each.concentrations[pollutant]) for pollutant in DAY_FIGURES]
        good = f"{each.counts.good}/{each.counts.valid}"
        doubt = "" if each.is_year_before_valid else "*"
        changes = "; ".join(
            _change(change) + doubt for change in [*each.index_changes, *each.rate_changes]
        )
        index = word_number(each.index.value)
        rate = word_number(each.counts.good_rate)
        rows.append([word_period(each.period) + mark, *values, index, good, rate, changes])
    yield from _table(rows)
    if any(not each.is_valid for each in periods):
        yield _("* too few days to be valid")
    across = [each.period for each in periods if each.index_changes or each.rate_changes]
    yield from dict.fromkeys(filter(None, map(word_gas_state, across)))
    for each in periods:
        for verdict in each.verdicts:
            yield _verdict(each, verdict)
    events = sorted({event for each in periods for event in each.dust_events})
    if events:
        yield _("Events left out of concentrations and index: %(events)s") % {
            "events": ", ".join(events)
        }


def _verdict(each: PeriodAir, verdict: Verdict) -> str:
    """Say which pollutants of a year are above the limits of a class."""
    told = {
        "year": each.period.first_day.year,
        "class": verdict.area_class,
        "limits": short_edition(verdict.edition),
        "names": ", ".join(
            POLLUTANTS[name] for name, own in verdict.judged.items() if own.is_within is False
        ),
        "doubt": f" [{_('unverified')}]" if verdict.unverified else "",
    }
    words = {
        True: _("%(year)s is within the limits of class %(class)s (%(limits)s)%(doubt)s"),
        False: _("%(year)s is above the limits of class %(class)s (%(limits)s): %(names)s%(doubt)s"),
        None: _("%(year)s has too few days to be held against class %(class)s (%(limits)s)%(doubt)s"),
    }  # fmt: skip
    return words[is_attained(verdict.judged)] % told


def _change(change: OnBasis) -> str:
    if change.change.value is None:
        return f"{change.basis}: NA"
    return f"{change.basis}: {change.change.value:+} {change.change.unit}"


def _bulletins(report: Report) -> Iterator[str]:
    if report.indexed:
        place = _("place in the ranking")
        rows = [[_("city"), _("period"), _("published"), _("computed"), place, _("limits")]]
        for each in report.indexed:
            published, computed = word_number(each.row.index), word_number(each.index.value)
            number = str(each.place.from_top) if each.place else "–"
            words = [
                each.row.city,
                each.row.period,
                published,
                computed,
                number,
                each.index.edition,
            ]
            rows.append(words)
        yield from _table(rows)


def _ranks(report: Report) -> Iterator[str]:
    if not report.ranks:
        return
    header = [
        _("period"),
        _("city"),
        _("composite index"),
        _("place in the ranking"),
        _("from the bottom"),
        _("good days, %"),
        _("place in the ranking"),
        _("from the bottom"),
    ]
    rows = [header]
    for each in report.ranks:
        ends = []
        for place in (each.index_place, each.rate_place):
            from_ends = (place.from_top, place.from_bottom) if place else (None, None)
            ends.append([word_number(number) for number in from_ends])
        index, rate = word_number(each.index), word_number(each.rate)
        rows.append([word_period(each.period), each.city, index, *ends[0], rate, *ends[1]])
    yield ""
    yield from _table(rows)


def _agreement(compared: Compared) -> Iterator[str]:
    if not compared:
        return
    rows = [[_("agreement with what was published"), _("compared"), _("equal"), "%"]]
    for code, each in compared.items():
        rows.append([_figure(code), str(each.compared), str(each.equal), word_number(each.percent)])
    yield ""
    yield from _table(rows)
    for code, each in compared.items():
        if code.endswith("_near"):
            continue
        for difference in each.differences[:_DIFFERENCES]:
            words = _("%(where)s: %(figure)s published %(published)s, computed %(computed)s")
            yield "  " + words % {
                "where": difference.where,
                "figure": _figure(code),
                "published": difference.published,
                "computed": difference.computed,
            }
        if len(each.differences) > _DIFFERENCES:
            more = len(each.differences) - _DIFFERENCES
            yield "  " + _("and %(count)s more") % {"count": more}


def _figure(code: str) -> str:
    name, _sep, near = code.partition("_near")
    names = {
        "aqi": "AQI",
        "level": _("level"),
        "primary": _("primary pollutant"),
        "composite_index": _("composite index"),
        **{each.value: name for each, name in POLLUTANTS.items()},
    }
    if not near and code == name:
        return names[name]
    return f"{names[name]} ±3" if name == "aqi" else f"{names[name]} ±1"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Line up columns; Chinese characters are two wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
        yield "  " + "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)
