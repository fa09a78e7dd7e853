"""How many orders routing would send by itself, and how many of them rightly; never one alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from civicloop.apps.dispatch.directory_facts import CityUnits
from civicloop.apps.dispatch.directory_files import COLUMNS, read_names
from civicloop.apps.dispatch.routing_facts import Router
from civicloop.apps.dispatch.unit_models import suggest_units
from civicloop.apps.issues.evaluation import Figures
from civicloop.apps.places.reference_files import (
    ReferenceCode,
    ReferenceProblem,
    ReferenceRow,
    read_reference_file,
    refuse,
)
from civicloop.engines.routing.deciding import Automatic, Circumstances, Suggestion, decide
from civicloop.engines.routing.legal_routes import find_legal_route
from civicloop.engines.routing.rules import Case, Choice, NoRule
from civicloop.engines.routing.thresholds import CoverageAndAccuracy
from civicloop.engines.text.topics import TopicText

JUDGED_COLUMNS = {
    "text": ("内容", "诉求内容", "text"),
    "subject": ("标题", "subject"),
    "topic": COLUMNS["topic"],
    "area": ("区划", "属地", "area"),
    "unit": ("承办单位", "主办单位", "unit"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCase:
    """An appeal whose right unit is known."""

    text: str
    subject: str
    topic: str  # path
    area: str  # first digits of the code
    unit: str  # code
    kind: str = ""


def read_judged_cases(path: Path, *, units: CityUnits, day: date) -> list[JudgedCase]:
    """Anyone's table of text, topic, area and unit.

    Raises:
        ReferenceFileError: a column is missing, or a unit is not known here.
        UnreadableFileError: the file is no table.
    """
    rows = read_reference_file(path, columns=JUDGED_COLUMNS, required=("text", "unit"), day=day)
    names = read_names(units)
    refuse(_unknown(rows, names.units))
    return [
        JudgedCase(
            text=row.values["text"],
            subject=row.values["subject"],
            topic=names.topic(row.values["topic"]),
            area=names.area(row.values["area"]),
            unit=names.units[row.values["unit"]],
        )
        for row in rows
    ]


def _unknown(rows: Sequence[ReferenceRow], units: Mapping[str, str]) -> Iterator[ReferenceProblem]:
    for row in rows:
        if row.values["unit"] not in units:
            yield row.problem(ReferenceCode.UNKNOWN_UNIT, "unit")


def routing_figures(cases: Sequence[JudgedCase], router: Router, day: date) -> dict[str, Figures]:
    """Coverage and accuracy of both together, beside each alone; and what a person is offered."""
    suggestions = _suggestions(cases, router)
    choices = [router.book.choose(Case(topic=one.topic, area=one.area, day=day)) for one in cases]
    decided = [
        decide(
            choice,
            suggestion,
            circumstances=Circumstances(
                kind=one.kind,
                has_legal_route=find_legal_route(f"{one.subject}\n{one.text}") is not None,
            ),
            policy=router.policy,
            units=router.units.facts,
        )
        for one, choice, suggestion in zip(cases, choices, suggestions, strict=True)
    ]
    asked = [
        (one, decision)
        for one, decision in zip(cases, decided, strict=True)
        if not isinstance(decision, Automatic)
    ]
    offered = sum(one.unit in [each.unit for each in ask.choices] for one, ask in asked)
    leads = [one.lead if isinstance(one, Automatic) else "" for one in decided]
    return {
        "routing": {
            **_figures(leads, cases),
            "threshold": router.policy.threshold,
            "offered": offered / len(asked) if asked else None,
        },
        "routing: directory alone": _figures([_lead(choice) for choice in choices], cases),
        "routing: experience alone": _figures(
            [_first(suggestion, router.policy.threshold) for suggestion in suggestions], cases
        ),
    }


def _suggestions(cases: Sequence[JudgedCase], router: Router) -> Sequence[Suggestion | None]:
    if router.model is None:
        return [None] * len(cases)
    texts = [TopicText(text=one.text, subject=one.subject) for one in cases]
    areas = [one.area for one in cases]
    learned = suggest_units(router.model, texts, areas, router.units)
    return [one.suggestion for one in learned]


def _lead(choice: Choice | NoRule) -> str:
    is_clear = isinstance(choice, Choice) and not choice.finer
    return choice.rule.lead if isinstance(choice, Choice) and is_clear else ""


def _first(suggestion: Suggestion | None, threshold: float) -> str:
    if suggestion is None or not suggestion.ranked:
        return ""
    unit, probability = suggestion.ranked[0]
    return unit if probability >= threshold else ""


def _figures(leads: Sequence[str], cases: Sequence[JudgedCase]) -> Figures:
    answered = [(lead, one.unit) for lead, one in zip(leads, cases, strict=True) if lead]
    right = sum(lead == unit for lead, unit in answered)
    measured = CoverageAndAccuracy(rows=len(cases), answered=len(answered), right=right)
    return {
        "rows": measured.rows,
        "coverage": measured.coverage,
        "answered_accuracy": measured.accuracy,
        "accuracy_low": measured.interval.low,
        "accuracy_high": measured.interval.high,
    }
