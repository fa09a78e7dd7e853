"""The directory and the city's units as the routing engine wants them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from civicloop.apps.dispatch.models import (
    DirectoryRule,
    DirectoryState,
    DirectoryVersion,
    WorkOrder,
)
from civicloop.apps.intake.models import Topic
from civicloop.apps.places.models import CODE_PREFIX_LENGTH, Area, AreaLevel, Unit
from civicloop.engines.routing.conflicts import Frame, UnitFact
from civicloop.engines.routing.duties import Duties, NamedUnit
from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import Case, Rule, RuleBook

UNIT_COLUMNS = (
    "id", "code", "name", "level", "area_id", "area__code", "area__level", "area__name", "area__parent__name",
    "area__parent__parent__name", "area__parent__parent__parent__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CityUnits:
    """Every unit by its code, and their duties."""

    facts: Mapping[str, UnitFact]
    names: Mapping[str, str]
    codes: Mapping[int, str]  # by primary key
    duties: Duties
    rows: Mapping[str, Unit] = field(default_factory=dict)  # as the database has them


def read_units() -> CityUnits:
    """The units of the city, by one question to the database."""
    named: list[NamedUnit] = []
    codes: dict[int, str] = {}
    rows: dict[str, Unit] = {}
    for pk, code, name, level, area_id, area, area_level, *area_names in Unit.objects.values_list(
        *UNIT_COLUMNS
    ):
        prefix = area[: CODE_PREFIX_LENGTH[AreaLevel(area_level)]]
        fact = UnitFact(code=code, level=Level(level), area=prefix)
        around = tuple(around for around in area_names if around)
        named.append(NamedUnit(fact=fact, name=name, area_names=around))
        codes[pk] = code
        rows[code] = Unit(pk=pk, code=code, name=name, level=level, area_id=area_id)
    return CityUnits(
        facts={unit.fact.code: unit.fact for unit in named},
        names={unit.fact.code: unit.name for unit in named},
        codes=codes,
        duties=Duties(named),
        rows=rows,
    )


def read_frame(units: CityUnits) -> Frame:
    """What the rules of a directory may name today."""
    newest = Topic.objects.order_by("-tree__valid_from").values_list("tree_id", flat=True).first()
    topics = Topic.objects.filter(tree_id=newest).values_list("path", flat=True)
    return Frame(
        topics=frozenset(topics),
        areas=frozenset(area.prefix for area in Area.objects.only("code", "level")),
        units=units.facts,
        locate=units.duties.unit_of,
    )


def engine_rule(rule: DirectoryRule) -> Rule:
    """A rule as the engine has it."""
    return Rule(
        number=rule.number,
        topic=rule.topic,
        area=rule.area,
        level=Level(rule.level),
        lead=rule.lead,
        assisting=tuple(rule.assisting),
        grassroots_allowed=rule.grassroots_allowed,
        statute=rule.statute,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
    )


def engine_rules(rules: Iterable[DirectoryRule]) -> list[Rule]:
    """Rules as the engine has them."""
    return [engine_rule(rule) for rule in rules]


def directory_on(day: date) -> DirectoryVersion | None:
    """The version that is used on a day: the newest in force that has begun."""
    begun = DirectoryVersion.objects.filter(state=DirectoryState.IN_FORCE, valid_from__lte=day)
    return begun.order_by("-valid_from").first()


def rule_book(version: DirectoryVersion, units: CityUnits | None = None) -> RuleBook:
    """The rules of a version, kept by this process until the version changes.

    Without the city's units a rule for the county concerned keeps the duty as its lead.
    """
    book = _rule_book(version.pk, version.changed_at)
    return book.located(units.duties.unit_of) if units else book


@lru_cache(maxsize=4)
def _rule_book(version_id: int, _changed_at: datetime) -> RuleBook:
    rules = DirectoryRule.objects.filter(version_id=version_id).order_by("number")
    return RuleBook(engine_rules(rules))


def case_of(order: WorkOrder, day: date) -> Case:
    """What the directory is asked about an order."""
    topic, area = order.topic or order.appeal.topic, order.area or order.appeal.area
    return Case(topic=topic.path if topic else "", area=area.prefix if area else "", day=day)
