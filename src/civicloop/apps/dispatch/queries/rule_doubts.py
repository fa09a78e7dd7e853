"""Rules that what happened speaks against: their orders are solved by another unit.

Objections, returns and what dispatchers overruled all end in another unit's solving the order, so
that is what is counted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from civicloop.apps.dispatch.directory_facts import CityUnits, rule_book
from civicloop.apps.dispatch.handled import SOLVED
from civicloop.apps.dispatch.models import (
    DirectoryVersion,
    OrderState,
    PastHandling,
    Resolved,
    WorkOrder,
)
from civicloop.apps.places.models import CODE_PREFIX_LENGTH, AreaLevel
from civicloop.engines.routing.rules import Case, Choice, Rule
from civicloop.engines.routing.thresholds import wilson

FEWEST_CASES = 10  # of a rule; fewer prove nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDoubt:
    """A rule whose cases another unit solves more often than not, beyond chance."""

    rule: Rule
    cases: int
    solver: str  # code of the unit that solves most of them
    solved: int  # by that unit

    @property
    def share(self) -> float:
        """Share of the cases that the other unit solved."""
        return self.solved / self.cases


def rule_doubts(version: DirectoryVersion, units: CityUnits, *, since: datetime) -> list[RuleDoubt]:
    """The rules of a version to look at again, those with most cases first.

    A rule is doubted where another single unit solved more than half of its cases, also at the
    lower end of the 95 % interval. A township is no reason where the rule does not allow it.
    """
    book, solvers = rule_book(version, units), defaultdict[int, Counter[str]](Counter)
    for case, solver, count in _solved(version, units, since):
        choice = book.choose(case)
        if isinstance(choice, Choice) and not choice.finer:
            is_its_own = solver == choice.rule.lead
            solvers[choice.rule.number][choice.written_lead if is_its_own else solver] += count
    rules = {rule.number: rule for rule in book.rules}
    doubts = [_doubt(rules[number], counts) for number, counts in solvers.items()]
    found = [one for one in doubts if one and _may_lead(one, units)]
    return sorted(found, key=lambda one: (-one.solved, one.rule.number))


def _doubt(rule: Rule, counts: Counter[str]) -> RuleDoubt | None:
    cases = counts.total()
    solver, solved = counts.most_common(1)[0]
    is_sure = cases >= FEWEST_CASES and wilson(solved, cases).low > 0.5
    if solver == rule.lead or not is_sure:
        return None
    return RuleDoubt(rule=rule, cases=cases, solver=solver, solved=solved)


def _may_lead(doubt: RuleDoubt, units: CityUnits) -> bool:
    solver = units.facts[doubt.solver]
    return doubt.rule.grassroots_allowed or not solver.level.is_grassroots


def _solved(
    version: DirectoryVersion, units: CityUnits, since: datetime
) -> Iterator[tuple[Case, str, int]]:
    told = PastHandling.objects.filter(appeal__received_at__gte=since, appeal__orders=None)
    here = WorkOrder.objects.filter(
        opened_at__gte=since,
        state__in=[OrderState.CLOSED, OrderState.ARCHIVED],
        close_type__in=SOLVED,
        lead_unit__isnull=False,
    ).exclude(resolved=Resolved.NO)
    for rows, unit, place in [(told, "unit_id", "appeal__"), (here, "lead_unit_id", "")]:
        columns = (f"{place}topic__path", f"{place}area__code", f"{place}area__level", unit)
        counted = rows.order_by().values_list(*columns).annotate(Count("pk"))
        for topic, area, level, solver, count in counted:
            prefix = area[: CODE_PREFIX_LENGTH[AreaLevel(level)]] if area else ""
            case = Case(topic=topic or "", area=prefix, day=version.valid_from)
            yield case, units.codes[solver], count
