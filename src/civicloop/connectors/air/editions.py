"""Read the rules of presets/air into the engine's types."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from civicloop.engines.air.editions import AqiEdition, AreaClass, ClassLimits, LimitEdition
from civicloop.engines.air.exclusions import EventKind, Figure, Policy
from civicloop.engines.air.periods import PeriodRules
from civicloop.engines.air.pollutants import Measure, Pollutant
from civicloop.engines.air.scales import Banded, Interpolated, Scale, Segment, Segmented
from civicloop.engines.air.station_days import DayRules, HourStamp, Windows

CHINESE = ("cn_hj633_2012", "cn_hj633_2026")  # chosen by the day
FOREIGN = ("us_epa_2024", "eu_eaqi_2025")  # chosen by name


class UnknownRulesError(LookupError):
    """No rules of that name are shipped; the message lists those that are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Where an edition comes from and how sure it is."""

    code: str
    name: str
    name_en: str
    source: str
    unverified: tuple[str, ...]
    unverified_zh: tuple[str, ...]


@cache
def aqi_editions() -> tuple[AqiEdition, ...]:
    """Return China's editions, of which the day chooses one."""
    return tuple(aqi_edition(code) for code in CHINESE)


@cache
def aqi_edition(code: str) -> AqiEdition:
    """Return one edition by name.

    Raises:
        UnknownRulesError: there is none of that name.
    """
    if code not in CHINESE + FOREIGN:
        raise UnknownRulesError(", ".join(CHINESE + FOREIGN))
    rules = _preset(code)
    return AqiEdition(
        code=rules["code"],
        valid_from=rules.get("valid_from"),
        valid_to=rules.get("valid_to"),
        scales=_scales(rules),
        daily=tuple(map(Measure, rules["daily"])),
        realtime=tuple(map(Measure, rules["realtime"])),
        stand_ins={Measure(a): Measure(b) for a, b in rules.get("stand_ins", {}).items()},
        decimals={Pollutant(name): number for name, number in rules["decimals"].items()},
        lowest=rules["lowest"],
        level_bounds=tuple(rules["level_bounds"]),
        good_up_to=rules["good_up_to"],
        primary_above=rules["primary_above"],
        missing_needs_above=rules.get("missing_needs_above"),
        unverified=tuple(rules.get("unverified", ())),
    )


def credentials(code: str) -> Credentials:
    """Return where an edition of the index comes from."""
    rules = _preset(aqi_edition(code).code)
    return Credentials(
        code=code,
        name=rules["name"],
        name_en=rules["name_en"],
        source=rules["source"],
        unverified=tuple(rules.get("unverified", ())),
        unverified_zh=tuple(rules.get("unverified_zh", ())),
    )


@cache
def edition_units(code: str) -> Mapping[Measure, str]:
    """Return the units of an edition's tables, where they are not µg/m³ (CO: mg/m³) throughout.

    Raises:
        UnknownRulesError: there is none of that name.
    """
    units = _preset(aqi_edition(code).code).get("units", {})
    return {Measure(name): unit for name, unit in units.items()}


@cache
def limit_editions() -> tuple[LimitEdition, ...]:
    """Return the editions of the limits, of which the day chooses one."""
    return tuple(map(_limit_edition, _preset("gb3095")["editions"]))


@cache
def limit_edition(code: str) -> LimitEdition:
    """Return limits by name, the optional ones too.

    Raises:
        UnknownRulesError: there are none of that name.
    """
    rules = _preset("gb3095")
    known = {row["code"]: row for row in [*rules["editions"], *rules["optional"]]}
    if code not in known:
        raise UnknownRulesError(", ".join(known))
    return _limit_edition(known[code])


@cache
def day_rules(name: str) -> DayRules:
    """Return when hours make a day.

    Raises:
        UnknownRulesError: there are no rules of that name.
    """
    known = _preset("assessment")["days"]
    if name not in known:
        raise UnknownRulesError(", ".join(known))
    rules = known[name]
    above = rules.get("valid_above")
    return DayRules(
        stamp=HourStamp(rules["stamp"]),
        least_hours=rules["least_hours"],
        windows=Windows(rules["windows"]),
        least_of_window=rules["least_of_window"],
        least_windows=rules["least_windows"],
        valid_above=None if above is None else Decimal(above),
        decimals={Pollutant(word): number for word, number in rules.get("decimals", {}).items()},
    )


@cache
def period_rules() -> PeriodRules:
    """Return the percentiles and when days make a period."""
    rules = _preset("assessment")
    return PeriodRules(
        percentiles={
            Pollutant(name): Fraction(share, 100) for name, share in rules["percentiles"].items()
        },
        least_of_month=rules["periods"]["least_of_month"],
        least_of_february=rules["periods"]["least_of_february"],
        least_of_year=rules["periods"]["least_of_year"],
    )


def gas_state_changed_on() -> date:
    """Return the day from which gases are stated at 298 K instead of 273 K."""
    changed: date = _preset("assessment")["gas_state"]["changed_on"]
    return changed


@cache
def event_policies() -> dict[EventKind, dict[Figure, Policy]]:
    """Return which figure leaves out which kind of event."""
    return {
        EventKind(kind): {Figure(name): Policy(word) for name, word in policies.items()}
        for kind, policies in _preset("assessment")["events"].items()
    }


@cache
def _preset(name: str) -> dict[str, Any]:
    file = files("civicloop") / "presets" / "air" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _scales(rules: Mapping[str, Any]) -> dict[Measure, Scale]:
    makers = {"interpolated": _interpolated, "segmented": _segmented, "banded": _banded}
    return makers[rules["kind"]](rules)


def _interpolated(rules: Mapping[str, Any]) -> dict[Measure, Scale]:
    indices, above = tuple(rules["indices"]), rules.get("above", {})
    rows = dict(rules["breakpoints"])
    rows |= {name: rows[like] for name, like in rules["same_breakpoints"].items()}
    return {
        Measure(name): Interpolated(
            limits=tuple(map(Decimal, row)),
            indices=indices[: len(row)],
            above=indices[-1] if len(row) == len(indices) else above.get(name),
        )
        for name, row in rows.items()
    }


def _segmented(rules: Mapping[str, Any]) -> dict[Measure, Scale]:
    return {
        Measure(name): Segmented(
            segments=tuple(Segment(Decimal(a), Decimal(b), c, d) for a, b, c, d in rows),
            decimals=rules["truncated_to"].get(name, 0),
            above=rules["above"].get(name),
        )
        for name, rows in rules["segments"].items()
    }


def _banded(rules: Mapping[str, Any]) -> dict[Measure, Scale]:
    return {
        Measure(name): Banded(bounds=tuple(map(Decimal, row)))
        for name, row in rules["bounds"].items()
    }


def _limit_edition(row: Mapping[str, Any]) -> LimitEdition:
    limits: dict[str, str] = row["limits"]
    weights: dict[str, int] = row.get("weights", {})
    return LimitEdition(
        code=row["code"],
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        limits={Pollutant(name): Decimal(limit) for name, limit in limits.items()},
        weights={Pollutant(name): weights.get(name, 1) for name in limits},
        classes={AreaClass(name): _class_limits(own) for name, own in row.get("class", {}).items()},
        unverified=tuple(row.get("unverified", ())),
    )


def _class_limits(row: Mapping[str, Any]) -> ClassLimits:
    return ClassLimits(
        year={Pollutant(name): Decimal(limit) for name, limit in row["year"].items()},
        day={Pollutant(name): Decimal(limit) for name, limit in row["day"].items()},
        unverified=tuple(row.get("unverified", ())),
    )
