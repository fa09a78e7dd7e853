"""Why an order goes where it goes: what the directory says, what was learned, who decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from civicloop.apps.audit.actions import Json
from civicloop.apps.dispatch.directory_facts import (
    CityUnits,
    case_of,
    directory_on,
    read_units,
    rule_book,
)
from civicloop.apps.dispatch.models import (
    DirectoryVersion,
    Objection,
    UnitModelVersion,
    Urgency,
    Verdict,
    WorkOrder,
)
from civicloop.apps.dispatch.unit_models import LearnedUnits, active_unit_model, suggest_units
from civicloop.apps.intake.models import Kind
from civicloop.engines.routing.accusations import accuses_office
from civicloop.engines.routing.deciding import (
    AskPerson,
    Automatic,
    BrokenRuleError,
    Circumstances,
    Policy,
    decide,
)
from civicloop.engines.routing.legal_routes import find_legal_route
from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import Case, Choice, NoRule, RuleBook
from civicloop.engines.routing.thresholds import NEVER
from civicloop.engines.text.topics import TopicModel, TopicText


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """What routing asks: read once, used for many orders."""

    directory: DirectoryVersion | None
    book: RuleBook
    model_version: UnitModelVersion | None
    model: TopicModel | None
    units: CityUnits

    @property
    def means(self) -> list[Json]:
        """What orders are looked at with: version of the directory and of the model, 0 for none."""
        directory, model = self.directory, self.model_version
        return [directory.number if directory else 0, model.version if model else 0]

    @property
    def policy(self) -> Policy:
        """The threshold that training found for the accuracy the city chose."""
        version = self.model_version
        return Policy(threshold=version.threshold if version else NEVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The decision about one order, and why in a form that the order keeps."""

    decision: Automatic | AskPerson
    why: dict[str, Json]


def read_router(day: date, *, units: CityUnits | None = None) -> Router:
    """The directory of a day, the unit model in use and the units, where they are not known yet."""
    directory = directory_on(day)
    learned = active_unit_model()
    units = units or read_units()
    return Router(
        directory=directory,
        book=rule_book(directory, units) if directory else RuleBook(()),
        model_version=learned[0] if learned else None,
        model=learned[1] if learned else None,
        units=units,
    )


def explain_routes(orders: Sequence[WorkOrder], router: Router, day: date) -> list[Route]:
    """What would become of each order; nothing is written.

    Raises:
        BrokenRuleError: the rule for one of them names a unit that is not there.
    """
    cases = [case_of(order, day) for order in orders]
    learned: Sequence[LearnedUnits | None] = [None] * len(orders)
    if router.model:
        texts = [TopicText(text=one.words, subject=_subject(one)) for one in orders]
        areas = [case.area for case in cases]
        learned = suggest_units(router.model, texts, areas, router.units)
    return [
        _route(order, case, suggested, router)
        for order, case, suggested in zip(orders, cases, learned, strict=True)
    ]


def broken_route(error: BrokenRuleError, router: Router) -> dict[str, Json]:
    """Why a person must choose: the rule names a unit that is not there."""
    directory, model = router.means
    return {
        "outcome": "broken",
        "directory": directory or None,
        "model": model or None,
        "rule": error.rule,
        "unit": error.unit,
        "reasons": ["broken_rule"],
        "choices": [],
    }


def circumstances_of(order: WorkOrder, units: CityUnits) -> Circumstances:
    """What forbids that an order goes by itself, or to a unit."""
    was_dispatched = order.dispatched_at is not None
    returned: list[int] = []
    if was_dispatched:
        upheld = Objection.objects.filter(order=order, verdict=Verdict.UPHELD)
        returned = list(upheld.values_list("unit_id", flat=True))
    respondent = order.respondent_unit_id
    words = f"{_subject(order)}\n{order.words}"
    return Circumstances(
        kind=Kind.REPORT if order.is_report else order.kind,
        is_emergency=order.urgency == Urgency.CRITICAL,
        is_sensitive=order.is_sensitive or order.is_confidential,
        has_legal_route=find_legal_route(words) is not None,
        accuses_office=accuses_office(words),
        respondent=units.codes[respondent] if respondent else "",
        was_dispatched=was_dispatched,
        escalated_from=Level(order.escalated_from) if order.escalated_from else None,
        returned_by=frozenset(units.codes[pk] for pk in returned),
    )


def _route(order: WorkOrder, case: Case, learned: LearnedUnits | None, router: Router) -> Route:
    choice = router.book.choose(case)
    decision = decide(
        choice,
        learned.suggestion if learned else None,
        circumstances=circumstances_of(order, router.units),
        policy=router.policy,
        units=router.units.facts,
    )
    version, model = router.directory, router.model_version
    why: dict[str, Json] = {
        "directory": version.number if version else None,
        "case": {"topic": case.topic, "area": case.area},
        **_of_choice(choice),
        "model": model.version if model else None,
        "threshold": model.threshold if model else None,
        "suggestions": [list(one) for one in learned.suggestion.ranked] if learned else [],
        "words": [list(word) for word in learned.words] if learned else [],
        **_of_decision(decision),
    }
    return Route(decision=decision, why=why)


def _subject(order: WorkOrder) -> str:
    """The appeal's subject is that of its first problem."""
    return order.appeal.subject if order.part == 1 else ""


def _of_choice(choice: Choice | NoRule) -> dict[str, Json]:
    if isinstance(choice, NoRule):
        return {
            "rule": None,
            "no_rule": str(choice.reason),
            "matched": [rule.number for rule in choice.matched],
        }
    rule = choice.rule
    return {
        "rule": rule.number,
        "chosen_by": str(choice.chosen_by),
        "matched": [each.number for each in choice.matched],
        "rule_topic": rule.topic,
        "rule_area": rule.area,
        "statute": rule.statute,
        "lead": rule.lead,
        "written_lead": choice.written_lead,
        "assisting": list(choice.assisting),
        "grassroots_allowed": rule.grassroots_allowed,
    }


def _of_decision(decision: Automatic | AskPerson) -> dict[str, Json]:
    if isinstance(decision, Automatic):
        return {"outcome": "automatic", "reasons": [], "choices": []}
    return {
        "outcome": "person",
        "reasons": [str(reason) for reason in decision.reasons],
        "choices": [[one.unit, str(one.basis), one.probability] for one in decision.choices],
        "choice_assisting": list(decision.assisting),
    }
