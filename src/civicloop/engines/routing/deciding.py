"""Whether an order goes to its unit by itself, or a person chooses among three.

An order goes by itself only when the directory and what was learned from earlier orders name the
same unit, the learned confidence passes the threshold that the city chose, and nothing about the
case asks for a person: an emergency, a legal route, a report of a wrong, words that accuse somebody
in office, a sensitive matter, a unit that it is about, an order that came back.

Source: own rules; the order of the checks is the city's: emergency, legal route, conflict of
interest, directory, grassroots, agreement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from civicloop.engines.routing.conflicts import UnitFact
from civicloop.engines.routing.levels import HEIGHT, Level
from civicloop.engines.routing.rules import Choice, Finer, NoRule, NoRuleReason

MOST_CHOICES = 3


class BrokenRuleError(ValueError):
    """A rule that is in force cannot be carried out; it names a unit that is not there."""

    def __init__(self, rule: int, unit: str) -> None:
        self.rule = rule
        self.unit = unit
        super().__init__(f"rule {rule} names unit {unit!r}, which is not there")


class Reason(StrEnum):
    """Why a person chooses."""

    EMERGENCY = "emergency"
    LEGAL_ROUTE = "legal_route"
    KIND = "kind"  # a report of a wrong
    ACCUSES = "accuses"  # reads like one about somebody in office, whatever its kind
    SENSITIVE = "sensitive"
    RETURNED = "returned"  # the order has been with a unit before
    ESCALATED = "escalated"  # a unit of a higher level must lead
    ABOUT_UNIT = "about_unit"  # the case is about the unit that would lead
    NO_TOPIC = "no_topic"
    NO_RULE = "no_rule"
    TIED_RULES = "tied_rules"
    NO_COUNTY = "no_county"  # the county concerned leads, and the case does not say which it is
    FINER_AREA = "finer_area"
    FINER_TOPIC = "finer_topic"
    GRASSROOTS = "grassroots"  # experience names a township, the directory does not allow it
    NO_MODEL = "no_model"
    DISAGREE = "disagree"
    UNSURE = "unsure"


class Basis(StrEnum):
    """Who names a choice."""

    DIRECTORY = "directory"
    ABOVE = "above"  # the directory's unit of a higher level, for the one that it is about
    LEARNED = "learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What forbids that an order goes by itself, or to a unit."""

    kind: str = ""
    is_emergency: bool = False
    is_sensitive: bool = False
    has_legal_route: bool = False
    accuses_office: bool = False  # words of gain from an office
    respondent: str = ""  # code of the unit that the case is about
    was_dispatched: bool = False  # before: it came back, or was opened again
    escalated_from: Level | None = None  # the level whose unit had it
    returned_by: frozenset[str] = frozenset()  # codes of units that have given it back


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What was learned from earlier orders: units, likeliest first, with probabilities 0 to 1."""

    ranked: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the city chose."""

    threshold: float  # least probability of the first suggestion
    kinds_for_people: frozenset[str] = frozenset({"report"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit that could lead."""

    unit: str
    basis: Basis
    probability: float | None  # as learned; None where nothing was


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """The order goes to this unit by itself."""

    lead: str
    assisting: tuple[str, ...]
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPerson:
    """A person chooses; never empty-handed unless nothing is known at all."""

    choices: tuple[Candidate, ...]  # at most three, best first
    assisting: tuple[str, ...]  # for the directory's choice
    reasons: tuple[Reason, ...]  # at least one, gravest first


def decide(
    choice: Choice | NoRule,
    suggestion: Suggestion | None,
    *,
    circumstances: Circumstances,
    policy: Policy,
    units: Mapping[str, UnitFact],
) -> Automatic | AskPerson:
    """Decide whether an order goes by itself.

    Args:
        choice: What the directory says.
        suggestion: What was learned; None where there is no model.
        circumstances: Of the order.
        policy: Of the city.
        units: Every unit, by code.

    Raises:
        BrokenRuleError: The chosen rule names a unit that is not there.
    """
    if isinstance(choice, Choice):
        _refuse_broken(choice, units)
    reasons = (
        *_of_case(circumstances, policy),
        *_of_directory(choice, circumstances),
        *_of_suggestion(choice, suggestion, policy, units),
    )
    forbidden = {circumstances.respondent, *circumstances.returned_by}
    assisting = choice.assisting if isinstance(choice, Choice) else ()
    allowed = tuple(unit for unit in assisting if unit not in forbidden)
    if not reasons and isinstance(choice, Choice) and suggestion:
        probability = suggestion.ranked[0][1]
        return Automatic(lead=choice.rule.lead, assisting=allowed, probability=probability)
    kept: dict[str, Candidate] = {}
    for one in _candidates(choice, suggestion, circumstances, units):
        if one.unit not in forbidden and _is_high_enough(units[one.unit], circumstances):
            kept.setdefault(one.unit, one)
    return AskPerson(
        choices=tuple(kept.values())[:MOST_CHOICES],
        assisting=allowed,
        reasons=tuple(sorted(reasons, key=list(Reason).index)),
    )


def may_lead(unit: UnitFact, choice: Choice | NoRule) -> bool:
    """Whether the directory lets a unit lead: a township only where the rule allows it."""
    if not unit.level.is_grassroots or isinstance(choice, NoRule):
        return True
    return choice.rule.grassroots_allowed


def _refuse_broken(choice: Choice, units: Mapping[str, UnitFact]) -> None:
    for unit in (choice.rule.lead, *choice.assisting):
        if unit not in units:
            raise BrokenRuleError(choice.rule.number, unit)


def _of_case(case: Circumstances, policy: Policy) -> Iterator[Reason]:
    if case.is_emergency:
        yield Reason.EMERGENCY
    if case.has_legal_route:
        yield Reason.LEGAL_ROUTE
    if case.kind in policy.kinds_for_people:
        yield Reason.KIND
    elif case.accuses_office:
        yield Reason.ACCUSES
    if case.is_sensitive:
        yield Reason.SENSITIVE
    if case.was_dispatched or case.returned_by:
        yield Reason.RETURNED
    if case.escalated_from:
        yield Reason.ESCALATED


def _of_directory(choice: Choice | NoRule, case: Circumstances) -> Iterator[Reason]:
    if isinstance(choice, NoRule):
        yield {
            NoRuleReason.NO_TOPIC: Reason.NO_TOPIC,
            NoRuleReason.NONE_MATCHES: Reason.NO_RULE,
            NoRuleReason.TIED: Reason.TIED_RULES,
            NoRuleReason.NO_COUNTY: Reason.NO_COUNTY,
        }[choice.reason]
        return
    if choice.rule.lead == case.respondent:
        yield Reason.ABOUT_UNIT
    if Finer.AREA in choice.finer:
        yield Reason.FINER_AREA
    if Finer.TOPIC in choice.finer:
        yield Reason.FINER_TOPIC


def _of_suggestion(
    choice: Choice | NoRule,
    suggestion: Suggestion | None,
    policy: Policy,
    units: Mapping[str, UnitFact],
) -> Iterator[Reason]:
    if suggestion is None or not suggestion.ranked:
        yield Reason.NO_MODEL
        return
    first, probability = suggestion.ranked[0]
    if first in units and not may_lead(units[first], choice):
        yield Reason.GRASSROOTS
    if isinstance(choice, Choice) and choice.rule.lead != first:
        yield Reason.DISAGREE
    if probability < policy.threshold:
        yield Reason.UNSURE


def _candidates(
    choice: Choice | NoRule,
    suggestion: Suggestion | None,
    case: Circumstances,
    units: Mapping[str, UnitFact],
) -> Sequence[Candidate]:
    """Whom a person is offered: the directory's, then what was learned, as far as it may lead."""
    ranked = suggestion.ranked if suggestion else ()
    learned = dict(ranked)
    named: list[tuple[str, Basis]] = []
    if isinstance(choice, Choice):
        named = [(choice.rule.lead, Basis.DIRECTORY)]
        above = [(unit, Basis.ABOVE) for unit in _above(choice)]
        if choice.rule.lead == case.respondent:
            named = above
        elif case.escalated_from:
            named += above
    elif choice.reason == NoRuleReason.TIED:
        named = [(rule.lead, Basis.DIRECTORY) for rule in choice.matched]
    named += [(unit, Basis.LEARNED) for unit, _probability in ranked]
    return [
        Candidate(unit=unit, basis=basis, probability=learned.get(unit))
        for unit, basis in named
        if unit in units and may_lead(units[unit], choice)
    ]


def _is_high_enough(unit: UnitFact, case: Circumstances) -> bool:
    before = case.escalated_from
    return before is None or HEIGHT[unit.level] < HEIGHT[before]


def _above(choice: Choice) -> Iterator[str]:
    """Units of a higher level that the less specific rules name."""
    height = HEIGHT[choice.rule.level]
    return (rule.lead for rule in choice.matched if HEIGHT[rule.level] < height)
