"""Limits with the place they are taken from, and how limits and steps are kept in the tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from civicloop.apps.audit.actions import Json
from civicloop.apps.clocks.models import ClockBasis
from civicloop.engines.clocks import (
    DayEnd,
    ExtensionRule,
    Limit,
    RollRule,
    StartRule,
    Step,
    StepKind,
    TimeUnit,
)

USUAL, LONG_CYCLE = "usual", "long_cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedLimit:
    """A limit, on whose word it binds, where that is written, and which extensions it allows."""

    limit: Limit
    basis: ClockBasis
    source: str
    extension_rules: Mapping[str, ExtensionRule] = field(default_factory=dict)


def limit_as_json(limit: Limit) -> dict[str, Json]:
    return {
        "n": str(limit.n),
        "unit": limit.unit.value,
        "start": limit.start.value,
        "roll": limit.roll.value,
        "day_end": limit.day_end.value,
    }


def limit_from_json(kept: Mapping[str, str]) -> Limit:
    return Limit(
        n=Decimal(kept["n"]),
        unit=TimeUnit(kept["unit"]),
        start=StartRule(kept["start"]),
        roll=RollRule(kept["roll"]),
        day_end=DayEnd(kept["day_end"]),
    )


def rules_as_json(rules: Mapping[str, ExtensionRule]) -> dict[str, Json]:
    return {
        name: {
            "count": rule.count,
            "n": str(rule.n),
            "unit": rule.unit.value,
            "longest_days": rule.longest_days,
        }
        for name, rule in rules.items()
    }


def rule_from_json(kept: Mapping[str, Any]) -> ExtensionRule:
    return ExtensionRule(
        count=kept["count"],
        n=Decimal(kept["n"]),
        unit=TimeUnit(kept["unit"]),
        longest_days=kept["longest_days"],
    )


def steps_as_json(steps: Iterable[Step]) -> list[Json]:
    """Each step with the fields that it has; numbers as text, days and moments in ISO 8601."""
    return [
        {
            each.name: _as_json(getattr(step, each.name))
            for each in fields(step)
            if getattr(step, each.name) not in {None, ""}
        }
        for step in steps
    ]


def _as_json(value: date | Decimal | StrEnum | str | int) -> Json:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def steps_from_json(kept: Iterable[Mapping[str, Any]]) -> list[Step]:
    return [
        Step(
            kind=StepKind(step["kind"]),
            n=Decimal(step["n"]) if "n" in step else None,
            unit=TimeUnit(step["unit"]) if "unit" in step else None,
            from_day=date.fromisoformat(step["from_day"]) if "from_day" in step else None,
            to_day=date.fromisoformat(step["to_day"]) if "to_day" in step else None,
            at=datetime.fromisoformat(step["at"]) if "at" in step else None,
            name=step.get("name", ""),
            seconds=step.get("seconds"),
        )
        for step in kept
    ]
