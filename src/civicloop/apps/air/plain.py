"""A report as plain numbers and texts, for JSON; exact decimals are written as text."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from civicloop.apps.air.anchors import Compared
from civicloop.apps.air.assessing import PeriodAir, Ranked, Verdict
from civicloop.apps.air.facts import CityAir
from civicloop.apps.air.kept_events import plain_event
from civicloop.apps.air.nowcasting import StationHour
from civicloop.apps.air.reports import CityReport, Report
from civicloop.apps.air.wording import word_period
from civicloop.engines.air.agreement import Agreement
from civicloop.engines.air.attainment import is_attained
from civicloop.engines.air.changes import OnBasis, Place
from civicloop.engines.air.pollutants import DAY_FIGURES, Measure, Pollutant

Plain = dict[str, Any]


def plain_report(report: Report) -> Plain:
    """Return all of a report: every day, period, place, comparison and difference."""
    return {
        "file": report.file.name,
        "shape": report.shape.value,
        "editions": list(report.editions),
        "cities": [_city(each) for each in report.cities],
        "ranks": [_rank(each) for each in report.ranks],
        "rows": [
            {
                "row": each.row.row,
                "place": each.row.place,
                "aqi": each.index.value,
                "level": each.index.level,
                "primary": _names(each.index.primary),
                "published_aqi": each.row.aqi,
            }
            for each in report.rated
        ],
        "bulletins": [
            {
                "row": each.row.row,
                "city": each.row.city,
                "period": each.row.period,
                "limits": each.index.edition,
                "index": _text(each.index.value),
                "shares": {name.value: str(share) for name, share in each.index.shares.items()},
                "published": _text(each.row.index),
                "place": _place(each.place),
            }
            for each in report.indexed
        ],
        "agreement": _compared(report.compared),
        "agreement_by_year": {str(year): _agreement(each) for year, each in report.years.items()},
    }


def day_row(air: CityAir, position: int) -> Plain:
    """Return one day of a city: published concentrations, index, level, primary pollutants."""
    row: Plain = {"day": str(air.days.day(position))}
    for pollutant, measure in DAY_FIGURES.items():
        decimals = 1 if pollutant is Pollutant.CO else 0
        value = air.days.columns[measure].rounded_at(position, decimals)
        exact = None if value < 0 else Decimal(value).scaleb(-decimals)
        row[pollutant.value] = _text(exact)
    aqi, level = int(air.indices.value[position]), int(air.indices.level[position])
    row["aqi"] = None if aqi < 0 else aqi
    row["level"] = None if level < 0 else level
    row["primary"] = _names(air.indices.primary_on(position))
    return row


def plain_hour(each: StationHour) -> Plain:
    """Return the NowCast of a station's hour."""
    return {
        "city": each.city,
        "station": each.station,
        "at": each.at.isoformat(timespec="minutes"),
        "pm25": _text(each.pm25),
        "pm10": _text(each.pm10),
        "aqi": each.index,
        "level": each.level,
    }


def _city(city: CityReport) -> Plain:
    air = city.air
    return {
        "city": air.city,
        "stations": list(air.stations),
        "control_sites": list(air.control_sites),
        "days": [day_row(air, position) for position in range(len(air.days))],
        "periods": [plain_period(each) for each in city.periods],
        "agreement": _compared(city.compared),
    }


def plain_period(each: PeriodAir) -> Plain:
    """Return all figures of a period."""
    return {
        "period": word_period(each.period),
        "kind": each.period.kind.value,
        "is_valid": each.is_valid,
        "pollutants": {
            pollutant.value: {
                "days": figures.days,
                "set_aside": figures.set_aside,
                "mean": None if figures.mean is None else float(figures.mean),
                "percentile": None if figures.percentile is None else float(figures.percentile),
                "is_valid": figures.is_valid,
                "in_index": _text(each.concentrations[pollutant]),
            }
            for pollutant, figures in each.figures.items()
        },
        "composite_index": {
            "limits": each.index.edition,
            "value": _text(each.index.value),
            "items": {name.value: str(item) for name, item in each.index.items.items()},
            "shares": {name.value: str(share) for name, share in each.index.shares.items()},
            "changes": [_change(change) for change in each.index_changes],
        },
        "good_days": each.counts.good,
        "valid_days": each.counts.valid,
        "levels": list(each.counts.levels),
        "good_rate": _text(each.counts.good_rate),
        "good_rate_changes": [_change(change) for change in each.rate_changes],
        "is_year_before_valid": each.is_year_before_valid,
        "dust_events": list(each.dust_events),
        "events": [plain_event(event) for event in each.events],
        "without_events": each.without_events
        and {
            "good": each.without_events.good,
            "valid": each.without_events.valid,
            "good_rate": _text(each.without_events.good_rate),
        },
        "verdicts": [_verdict(verdict) for verdict in each.verdicts],
    }


def _verdict(verdict: Verdict) -> Plain:
    return {
        "limits": verdict.edition,
        "class": verdict.area_class.value,
        "is_attained": is_attained(verdict.judged),
        "unverified": list(verdict.unverified),
        "pollutants": {
            pollutant.value: {
                "mean": _text(each.mean),
                "year_limit": _text(each.year_limit),
                "percentile": _text(each.percentile),
                "day_limit": str(each.day_limit),
                "is_within": each.is_within,
                "days_within": verdict.days[pollutant].within,
                "days_measured": verdict.days[pollutant].measured,
            }
            for pollutant, each in verdict.judged.items()
        },
    }


def _change(change: OnBasis) -> Plain:
    return {
        "basis": change.basis,
        "now": _text(change.now),
        "before": _text(change.before),
        "change": _text(change.change.value),
        "unit": change.change.unit.value,
        "why_none": change.change.why_none and change.change.why_none.value,
    }


def _rank(each: Ranked) -> Plain:
    return {
        "period": word_period(each.period),
        "city": each.city,
        "composite_index": _text(each.index),
        "index_place": _place(each.index_place),
        "good_rate": _text(each.rate),
        "rate_place": _place(each.rate_place),
    }


def _place(place: Place | None) -> Plain | None:
    if place is None:
        return None
    return {"from_top": place.from_top, "from_bottom": place.from_bottom}


def _compared(compared: Compared) -> Mapping[str, Plain]:
    return {code: _agreement(each) for code, each in compared.items()}


def _agreement(each: Agreement) -> Plain:
    return {
        "compared": each.compared,
        "equal": each.equal,
        "percent": _text(each.percent),
        "differences": [
            {"where": row.where, "published": row.published, "computed": row.computed}
            for row in each.differences
        ],
    }


def _names(measures: Sequence[Measure]) -> list[str]:
    return list(dict.fromkeys(each.pollutant.value for each in measures))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
