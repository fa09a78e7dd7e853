"""What is wrong with a version of the directory, found before it is in force.

An error keeps a version from being approved; a warning is shown to whoever approves it.

Source: own checks, one for each way in which a directory of rules was seen to fail silently.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from civicloop.engines.routing.concerned import (
    Locate,
    county_of,
    is_concerned,
    no_unit,
    unit_there,
)
from civicloop.engines.routing.levels import HEIGHT, Level
from civicloop.engines.routing.rules import Rule, topics_above


class Problem(StrEnum):
    """What can be wrong."""

    UNKNOWN_TOPIC = "unknown_topic"  # not in the tree
    UNKNOWN_AREA = "unknown_area"
    UNKNOWN_UNIT = "unknown_unit"  # lead or assisting
    TIED = "tied"  # equally specific for one case, other unit, same level
    WRONG_LEVEL = "wrong_level"  # the lead unit is of another level
    NOT_FOR_GRASSROOTS = "not_for_grassroots"  # led by a township although that is not allowed
    EMPTY_PERIOD = "empty_period"  # ends before it begins
    OVERLAP = "overlap"  # equally specific, of two levels: the higher one leads
    UNREACHABLE = "unreachable"  # another rule comes first in every case
    OUTSIDE_UNIT = "outside_unit"  # the lead unit's own area lies elsewhere
    COUNTY_LACKS = "county_lacks"  # counties without the unit that the county concerned should have
    GAP = "gap"  # a topic without a rule


WARNINGS = frozenset(
    {
        Problem.OVERLAP,
        Problem.UNREACHABLE,
        Problem.OUTSIDE_UNIT,
        Problem.COUNTY_LACKS,
        Problem.GAP,
    }
)
BETWEEN = " "  # several areas in one conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFact:
    """A unit that rules can name."""

    code: str
    level: Level
    area: str  # first digits of its area's code


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What rules may name."""

    topics: Collection[str]  # every path of the tree, parents too
    areas: Collection[str]  # prefix of each area
    units: Mapping[str, UnitFact]
    locate: Locate = no_unit  # in a county, by duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One thing wrong with one rule, or with a topic that has none."""

    problem: Problem
    rule: int | None = None
    other: int | None = None  # the rule that it meets
    value: str = ""  # the name that is not known, the topic without a rule, areas

    @property
    def is_error(self) -> bool:
        """Whether the version cannot come into force with it."""
        return self.problem not in WARNINGS


def conflicts(rules: Sequence[Rule], frame: Frame) -> list[Conflict]:
    """Return what is wrong, errors first, each in the order of the rules.

    Args:
        rules: The rules of one version; their numbers are unique.
        frame: What they may name.
    """
    found = [conflict for rule in rules for conflict in _of_rule(rule, frame)]
    found += _meetings([_there(rule, frame) for rule in rules])
    found += _gaps(rules, frame)
    return sorted(found, key=lambda conflict: not conflict.is_error)


def _of_rule(rule: Rule, frame: Frame) -> Iterator[Conflict]:
    unknown = [
        (Problem.UNKNOWN_TOPIC, rule.topic, not rule.topic or rule.topic in frame.topics),
        (Problem.UNKNOWN_AREA, rule.area, not rule.area or rule.area in frame.areas),
        *(
            (Problem.UNKNOWN_UNIT, code, _is_there(code, rule, frame))
            for code in (rule.lead, *rule.assisting)
        ),
    ]
    for problem, value, is_known in unknown:
        if not is_known:
            yield Conflict(problem=problem, rule=rule.number, value=value)
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        yield Conflict(problem=Problem.EMPTY_PERIOD, rule=rule.number)
    if rule.level.is_grassroots and not rule.grassroots_allowed:
        yield Conflict(problem=Problem.NOT_FOR_GRASSROOTS, rule=rule.number, value=rule.lead)
    if lead := frame.units.get(rule.lead):
        yield from _of_lead(rule, lead)
    yield from _of_concerned(rule, frame)


def _of_concerned(rule: Rule, frame: Frame) -> Iterator[Conflict]:
    if is_concerned(rule.lead) and rule.level != Level.COUNTY:
        yield Conflict(problem=Problem.WRONG_LEVEL, rule=rule.number, value=Level.COUNTY)
    for unit in filter(is_concerned, (rule.lead, *rule.assisting)):
        lacking = _lacking(unit, rule, frame)
        if lacking and _is_there(unit, rule, frame):
            value = BETWEEN.join(lacking)
            yield Conflict(problem=Problem.COUNTY_LACKS, rule=rule.number, value=value)


def _counties(rule: Rule, frame: Frame) -> list[str]:
    """The counties that a rule's area has in it, or lies in."""
    if county := county_of(rule.area):
        return [county]
    inside = {county_of(area) for area in frame.areas if area.startswith(rule.area)}
    return sorted(inside - {""})


def _lacking(unit: str, rule: Rule, frame: Frame) -> list[str]:
    counties = _counties(rule, frame)
    return [one for one in counties if is_concerned(unit_there(unit, one, frame.locate))]


def _is_there(unit: str, rule: Rule, frame: Frame) -> bool:
    """Whether a unit exists; one of the county concerned, whether any of its counties has it."""
    if is_concerned(unit):
        return len(_lacking(unit, rule, frame)) < len(_counties(rule, frame))
    return unit in frame.units


def _there(rule: Rule, frame: Frame) -> Rule:
    return replace(rule, lead=unit_there(rule.lead, rule.area, frame.locate))


def _of_lead(rule: Rule, lead: UnitFact) -> Iterator[Conflict]:
    if lead.level != rule.level:
        yield Conflict(problem=Problem.WRONG_LEVEL, rule=rule.number, value=lead.level)
    if not (rule.area.startswith(lead.area) or lead.area.startswith(rule.area)):
        yield Conflict(problem=Problem.OUTSIDE_UNIT, rule=rule.number, value=rule.lead)


def _meetings(rules: Sequence[Rule]) -> Iterator[Conflict]:
    """Pairs of rules for the very same topic and area whose days overlap."""
    alike: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        for earlier in alike[rule.topic, rule.area]:
            if not _share_a_day(rule, earlier):
                continue
            yield Conflict(problem=_meeting(rule, earlier), rule=rule.number, other=earlier.number)
        alike[rule.topic, rule.area].append(rule)


def _meeting(rule: Rule, earlier: Rule) -> Problem:
    if rule.lead == earlier.lead:
        return Problem.UNREACHABLE
    return Problem.OVERLAP if HEIGHT[rule.level] != HEIGHT[earlier.level] else Problem.TIED


def _share_a_day(rule: Rule, other: Rule) -> bool:
    ends = [one.valid_to for one in (rule, other) if one.valid_to]
    begins = [one.valid_from for one in (rule, other) if one.valid_from]
    return not ends or not begins or max(begins) <= min(ends)


def _gaps(rules: Sequence[Rule], frame: Frame) -> Iterator[Conflict]:
    """Topics at the end of a branch for which no rule holds in every area."""
    everywhere = {rule.topic for rule in rules if not rule.area}
    children = Counter(next(topics_above(topic)) for topic in frame.topics)
    for topic in sorted(frame.topics):
        is_leaf = not children[topic]
        if is_leaf and everywhere.isdisjoint((topic, *topics_above(topic))):
            yield Conflict(problem=Problem.GAP, value=topic)
