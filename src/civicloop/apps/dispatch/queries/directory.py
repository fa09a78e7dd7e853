"""Questions about the directory: its versions and rules, and what a draft would change."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from civicloop.apps.dispatch.directory_facts import read_units, rule_book
from civicloop.apps.dispatch.models import (
    DirectoryRule,
    DirectoryState,
    DirectoryVersion,
    WorkOrder,
)
from civicloop.apps.dispatch.visibility import without_own
from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.places.models import CODE_PREFIX_LENGTH, AreaLevel
from civicloop.apps.places.queries import area_choices
from civicloop.engines.routing.backtest import Backtest, Moved, backtest
from civicloop.engines.routing.rules import Case

ORDER, APPEAL = "order", "appeal"


def directory_versions() -> QuerySet[DirectoryVersion]:
    """Every version with the number of its rules, newest first."""
    versions = DirectoryVersion.objects.select_related("written_by", "approved_by", "based_on")
    return versions.annotate(rule_count=Count("rules")).order_by("-number")


def last_draft() -> DirectoryVersion | None:
    """The newest draft."""
    return DirectoryVersion.objects.filter(state=DirectoryState.DRAFT).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFilter:
    """What of a version is looked at; everything where nothing is said."""

    topic: str = ""  # a part of the path
    unit: str = ""  # code
    area: str = ""  # first digits
    grassroots: bool = False  # only rules that allow a township


def filtered_rules(version: DirectoryVersion, asked: RuleFilter) -> QuerySet[DirectoryRule]:
    """The rules of a version that a filter lets through."""
    rules = version.rules.order_by("number")
    if asked.topic:
        rules = rules.filter(topic__contains=asked.topic)
    if asked.unit:
        rules = rules.filter(lead=asked.unit)
    if asked.area:
        rules = rules.filter(Q(area="") | Q(area__startswith=asked.area))
    if asked.grassroots:
        rules = rules.filter(grassroots_allowed=True)
    return rules


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """What one version would do otherwise than another with the orders of a window."""

    before: DirectoryVersion
    after: DirectoryVersion
    result: Backtest

    @property
    def by_move(self) -> list[tuple[str, str, int]]:
        """Unit before, unit after, orders; most first."""
        counts = Counter((one.move.before, one.move.after) for one in self.result.moved)
        return [(*move, count) for move, count in counts.most_common()]

    @property
    def by_assisting(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...], int]]:
        """Lead, units that no longer assist, units that would, orders; most first."""
        counts = Counter(
            (one.move.before, one.assists_no_more, one.assists_then)
            for one in self.result.otherwise_assisted
        )
        return [(*change, count) for change, count in counts.most_common()]

    @property
    def by_topic(self) -> list[tuple[str, int]]:
        """Topic and orders that other units would get; most first."""
        return Counter(one.case.topic for one in self.changed()).most_common()

    def changed(self, *, before: str | None = None, after: str | None = None) -> Sequence[Moved]:
        """The orders that other units would get, of one move where it is named.

        Those of a move from a unit to itself are the orders that others would assist it with.
        """
        return [
            one
            for one in [*self.result.moved, *self.result.otherwise_assisted]
            if before in (None, one.move.before) and after in (None, one.move.after)
        ]


def backtest_versions(
    before: DirectoryVersion, after: DirectoryVersion, *, first_day: date, last_day: date
) -> BacktestReport:
    """Ask both versions about every order of the window, and every appeal that has none.

    Both are asked as they stand on the first day of the changed version: the question is what the
    rules would do, not on which day they began.
    """
    units = read_units()
    result = backtest(
        rule_book(before, units),
        rule_book(after, units),
        past_cases(first_day, last_day, day=after.valid_from),
    )
    return BacktestReport(before=before, after=after, result=result)


def past_cases(first_day: date, last_day: date, *, day: date) -> Iterator[tuple[str, Case]]:
    """The orders opened in a window, then the appeals received in it that have no order.

    Their keys are "order" or "appeal", a space and the primary key.
    """
    start, end = _moment(first_day), _moment(last_day + timedelta(days=1))
    orders = without_own(WorkOrder.objects.filter(opened_at__gte=start, opened_at__lt=end))
    yield from _cases(orders.order_by("opened_at", "pk"), ORDER, day)
    without = Appeal.objects.filter(received_at__gte=start, received_at__lt=end, orders=None)
    yield from _cases(without_hidden(without).order_by("received_at", "pk"), APPEAL, day)


def count_past_cases(first_day: date, last_day: date) -> int:
    """At most how many orders and appeals a back-test of a window would look at."""
    start, end = _moment(first_day), _moment(last_day + timedelta(days=1))
    orders = without_own(WorkOrder.objects.filter(opened_at__gte=start, opened_at__lt=end))
    appeals = without_hidden(Appeal.objects.filter(received_at__gte=start, received_at__lt=end))
    return orders.count() + appeals.count()


def known_topics() -> list[str]:
    """The paths of the newest tree."""
    newest = Topic.objects.order_by("-tree__valid_from").values_list("tree_id", flat=True).first()
    return list(
        Topic.objects.filter(tree_id=newest).order_by("path").values_list("path", flat=True)
    )


def known_areas() -> list[tuple[str, str]]:
    """First digits and names of the areas that rules are usually for: counties and townships."""
    return [(area.prefix, area.name) for area in area_choices()]


def _cases(
    rows: "QuerySet[WorkOrder] | QuerySet[Appeal]", kind: str, day: date
) -> Iterator[tuple[str, Case]]:
    columns = ("pk", "topic__path", "area__code", "area__level")
    for pk, topic, area, level in rows.values_list(*columns).iterator(chunk_size=2_000):
        prefix = area[: CODE_PREFIX_LENGTH[AreaLevel(level)]] if area else ""
        yield f"{kind} {pk}", Case(topic=topic or "", area=prefix, day=day)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanges:
    """What a version says otherwise than another, by topic and area."""

    added: Sequence[DirectoryRule]
    removed: Sequence[DirectoryRule]
    changed: Sequence[tuple[DirectoryRule, DirectoryRule]]  # before, after

    @property
    def count(self) -> int:
        """How many rules differ."""
        return len(self.added) + len(self.removed) + len(self.changed)


def rule_changes(before: DirectoryVersion, after: DirectoryVersion) -> RuleChanges:
    """The rules that differ between two versions."""
    old = {_place(rule): rule for rule in before.rules.order_by("number")}
    new = {_place(rule): rule for rule in after.rules.order_by("number")}
    return RuleChanges(
        added=[rule for place, rule in new.items() if place not in old],
        removed=[rule for place, rule in old.items() if place not in new],
        changed=[
            (old[place], rule)
            for place, rule in new.items()
            if place in old and _says(rule) != _says(old[place])
        ],
    )


def _place(rule: DirectoryRule) -> tuple[str, str, str, date | None]:
    return rule.topic, rule.area, rule.level, rule.valid_from


def _says(rule: DirectoryRule) -> tuple[object, ...]:
    return rule.lead, rule.assisting, rule.grassroots_allowed, rule.statute, rule.valid_to
