"""The dispatch directory (派单目录): which rule is for a case, and why that one.

A rule names a topic with all that is under it, an area with all that is inside it, and the unit
that leads. Of the rules that match a case the most specific wins: first the deeper topic, then the
smaller area. Where two are equally specific, the higher level of government leads and the other
assists; two of one level are a conflict, and nothing is chosen. A rule may leave the unit to the
county concerned; which one that is, the case's area says.

Source: own rules, after Beijing's ordinance of 2021 on immediate response, Art. 11-14, Weifang's
hotline rules of 2021, Art. 24 (a matter of city and county is led by the city), and the State
Council's circular no. 66 of 2025 (a department's matter is not pushed to townships).
"""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Self

from civicloop.engines.routing.concerned import Locate, county_of, is_concerned, unit_there
from civicloop.engines.routing.levels import HEIGHT, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the directory."""

    number: int  # in its version
    topic: str  # path from the root, names joined by "/"; "" for every topic
    lead: str  # code of the unit, or a duty in the county concerned
    level: Level  # of the lead unit
    area: str = ""  # first digits of the code that every area inside it has; "" for every area
    assisting: tuple[str, ...] = ()  # likewise
    grassroots_allowed: bool = False  # a township or village may be made to act
    statute: str = ""
    valid_from: date | None = None
    valid_to: date | None = None  # last day

    def is_valid_on(self, day: date) -> bool:
        """Whether the rule holds on a day."""
        begins, ends = self.valid_from, self.valid_to
        return (begins is None or begins <= day) and (ends is None or day <= ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a rule can ask of an appeal."""

    topic: str  # path; "" where it is not known
    area: str  # first digits of its area's code; "" where it is not known
    day: date


class Finer(StrEnum):
    """What the case leaves open although it would make a difference."""

    AREA = "area"  # inside its area the directory names different units
    TOPIC = "topic"  # under its topic the directory names different units


class NoRuleReason(StrEnum):
    """Why no rule is for a case."""

    NO_TOPIC = "no_topic"  # the case has none
    NONE_MATCHES = "none_matches"
    TIED = "tied"  # two of one level are equally specific
    NO_COUNTY = "no_county"  # the county concerned leads, and the case does not say which it is


class ChosenBy(StrEnum):
    """Why one of the rules that match was preferred."""

    ONLY_ONE = "only_one"
    MOST_SPECIFIC = "most_specific"
    HIGHER_LEVEL = "higher_level"  # as specific as another, whose unit assists


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The rule for a case, with all that matched, most specific first; with units of its county."""

    rule: Rule
    written_lead: str  # as the directory names it
    matched: tuple[Rule, ...]
    chosen_by: ChosenBy
    assisting: tuple[str, ...]
    finer: frozenset[Finer]  # what a person should settle first


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRule:
    """No rule is for the case."""

    reason: NoRuleReason
    matched: tuple[Rule, ...] = ()  # the tied rules first


@dataclass(slots=True)
class _UnderTopic:
    """The rules of one topic by area."""

    by_area: dict[str, list[Rule]] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)  # of the areas, longest first


class RuleBook:
    """The rules of one version, found by topic and area without looking at all of them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._topics: dict[str, _UnderTopic] = {}
        for rule in self.rules:
            own = self._topics.setdefault(rule.topic, _UnderTopic())
            own.by_area.setdefault(rule.area, []).append(rule)
        for own in self._topics.values():
            own.lengths = sorted({len(area) for area in own.by_area}, reverse=True)
        self._written = {rule.number: rule.lead for rule in self.rules}
        self.locate: Locate | None = None
        self._leads_below: dict[str, set[str]] = {}
        for rule in self.rules:
            for above in topics_above(rule.topic):
                self._leads_below.setdefault(above, set()).add(rule.lead)

    def located(self, locate: Locate) -> Self:
        """Return the same rules, which know the units of every county."""
        book = copy(self)
        book.locate = locate
        return book

    def matching(self, case: Case) -> Iterator[Rule]:
        """Yield the rules that match, most specific first."""
        for topic in (case.topic, *topics_above(case.topic)):
            own = self._topics.get(topic)
            if own is None:
                continue
            for length in own.lengths:
                if length <= len(case.area):
                    for rule in own.by_area.get(case.area[:length], ()):
                        if rule.is_valid_on(case.day):
                            yield rule

    def choose(self, case: Case) -> Choice | NoRule:
        """Return the rule for a case, or why there is none."""
        matched = tuple(self._there(rule, case.area) for rule in self.matching(case))
        if not matched:
            is_unknown = not case.topic
            return NoRule(reason=NoRuleReason.NO_TOPIC if is_unknown else NoRuleReason.NONE_MATCHES)
        equals = [rule for rule in matched if is_as_specific(rule, matched[0])]
        highest = min(HEIGHT[rule.level] for rule in equals)
        leading = [rule for rule in equals if HEIGHT[rule.level] == highest]
        if len({rule.lead for rule in leading}) > 1:
            return NoRule(reason=NoRuleReason.TIED, matched=matched)
        if self._is_open(leading[0].lead, case.area):
            return NoRule(reason=NoRuleReason.NO_COUNTY, matched=matched)
        return self._choice(case, leading[0], matched, equals)

    def _choice(
        self, case: Case, chosen: Rule, matched: tuple[Rule, ...], equals: list[Rule]
    ) -> Choice:
        assisting = _assisting(chosen, equals)
        known = tuple(unit for unit in assisting if not self._is_open(unit, case.area))
        finer = self._finer(case, chosen)
        return Choice(
            rule=chosen,
            written_lead=self._written[chosen.number],
            matched=matched,
            chosen_by=_chosen_by(matched, equals),
            assisting=known,
            finer=finer if known == assisting else finer | {Finer.AREA},
        )

    def _there(self, rule: Rule, area: str) -> Rule:
        """The rule with the units that it means in an area."""
        if self.locate is None or not any(map(is_concerned, (rule.lead, *rule.assisting))):
            return rule
        lead, *assisting = (
            unit_there(unit, area, self.locate) for unit in (rule.lead, *rule.assisting)
        )
        return replace(rule, lead=lead, assisting=tuple(assisting))

    def _is_open(self, unit: str, area: str) -> bool:
        """Whether the county concerned is asked for and not known."""
        return self.locate is not None and is_concerned(unit) and not county_of(area)

    def _finer(self, case: Case, chosen: Rule) -> frozenset[Finer]:
        found = set()
        own = self._topics[chosen.topic]
        inside = (
            rule
            for area, rules in own.by_area.items()
            if len(area) > len(case.area) and area.startswith(case.area)
            for rule in rules
            if rule.is_valid_on(case.day)
        )
        if any(self._there(rule, rule.area).lead != chosen.lead for rule in inside):
            found.add(Finer.AREA)
        below = self._leads_below.get(case.topic, set())
        if self.locate:
            below = {unit_there(lead, case.area, self.locate) for lead in below}
        if below - {chosen.lead}:
            found.add(Finer.TOPIC)
        return frozenset(found)


def topics_above(path: str) -> Iterator[str]:
    """Yield the topics above one, nearest first, and at last the root ""."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def is_as_specific(rule: Rule, other: Rule) -> bool:
    """Whether two rules that match one case ask as much of it."""
    return rule.topic == other.topic and len(rule.area) == len(other.area)


def _chosen_by(matched: tuple[Rule, ...], equals: list[Rule]) -> ChosenBy:
    if len(matched) == 1:
        return ChosenBy.ONLY_ONE
    return ChosenBy.HIGHER_LEVEL if len(equals) > 1 else ChosenBy.MOST_SPECIFIC


def _assisting(chosen: Rule, equals: list[Rule]) -> tuple[str, ...]:
    """The rule's own assisting units, and those that would have led at a lower level."""
    others = [rule.lead for rule in equals if rule.lead != chosen.lead]
    return tuple(dict.fromkeys([*chosen.assisting, *others]))
