"""What a list of appeals is narrowed to, as SQL that both databases answer from an index."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from civicloop.apps.intake.models import ImportRun, OriginalRow
from civicloop.apps.intake.shown import shown_sql
from civicloop.apps.places.models import Area, AreaLevel

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2200, 1, 1)
ABOVE_COUNTIES = (AreaLevel.PROVINCE, AreaLevel.CITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFilters:
    """What a list of appeals is narrowed to; the defaults narrow nothing."""

    search: str = ""  # words, each of which occurs in subject, text, address or number
    topic_id: int | None = None  # of any level: it and everything below it
    area_id: int | None = None  # of any level: it and everything inside it
    kind: str = ""
    channel_id: int | None = None
    first_day: date | None = None  # local days, both included
    last_day: date | None = None
    waiting: bool = False  # without a reply
    no_topic: bool = False
    run_id: int | None = None  # came in by this import

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, field.name) == field.default for field in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A part of a WHERE clause over the table of appeals, under the name a."""

    sql: str
    params: tuple[Any, ...] = ()
    index: str = ""  # an index that begins with its column
    is_in_order: bool = False  # of one value only: that index gives its rows in the list's order
    is_broad: bool = False  # leaves nearly everything


def conditions_of(filters: AppealFilters) -> list[Condition]:
    """Every filter but the search as a condition, and what the reader may not meet; narrow ones name their index."""
    conditions = [
        *_topic_conditions(filters),
        *_area_conditions(filters.area_id),
        *_day_conditions(filters),
        *_run_conditions(filters.run_id),
    ]
    if filters.kind:
        conditions.append(Condition(sql="a.kind = %s", params=(filters.kind,)))
    if filters.channel_id is not None:
        conditions.append(Condition(sql="a.channel_id = %s", params=(filters.channel_id,)))
    if filters.waiting:
        index = "intake_appeal_waiting"
        conditions.append(Condition(sql="a.is_waiting", index=index, is_in_order=True))
    sql, params = shown_sql()
    if sql:
        conditions.append(Condition(sql=sql, params=params, is_broad=True))
    return conditions


def _topic_conditions(filters: AppealFilters) -> list[Condition]:
    if filters.no_topic:
        index = "intake_appeal_topic"
        return [Condition(sql="a.topic_id IS NULL", index=index, is_in_order=True)]
    if filters.topic_id is None:
        return []
    # by path, so that the same topic of an earlier tree counts too
    inside = (
        "SELECT t.id FROM intake_topic t, intake_topic x WHERE x.id = %s AND"
        " (t.path = x.path OR substr(t.path, 1, length(x.path) + 1) = x.path || '/')"
    )
    params: tuple[int, ...] = (filters.topic_id,)
    if connection.vendor == "postgresql":  # which counts a large topic rightly only by its numbers
        with connection.cursor() as cursor:
            cursor.execute(inside, params)
            params = tuple(topic_id for (topic_id,) in cursor.fetchall()) or (0,)
        inside = ", ".join(["%s"] * len(params))
    sql = f"a.topic_id IN ({inside})"
    return [Condition(sql=sql, params=params, index="intake_appeal_topic")]


def _area_conditions(area_id: int | None) -> list[Condition]:
    if area_id is None:
        return []
    area = Area.objects.filter(id=area_id).first()
    if area is None:
        return [Condition(sql="1 = 0")]
    if area.level == AreaLevel.COUNTY:
        index = "intake_appeal_in_county"
        sql = "a.county_id = %s"
        return [Condition(sql=sql, params=(area.id,), index=index, is_in_order=True)]
    inside = "SELECT p.id FROM places_area p WHERE substr(p.code, 1, %s) = %s"
    params = (len(area.prefix), area.prefix)
    if area.level in ABOVE_COUNTIES:
        large = f"{inside} AND p.level IN ('province', 'city', 'county')"
        sql = f"(a.county_id IN ({large}) OR a.area_id IN ({large}))"
        return [Condition(sql=sql, params=params * 2)]
    sql = f"a.area_id IN ({inside})"
    return [Condition(sql=sql, params=params, index="intake_appeal_in_area")]


def _day_conditions(filters: AppealFilters) -> list[Condition]:
    conditions = []
    if filters.first_day:
        since = stored_moment(_midnight(filters.first_day))
        conditions.append(Condition(sql="a.received_at >= %s", params=(since,)))
    if filters.last_day:
        until = stored_moment(_midnight(min(filters.last_day, LAST_DAY) + timedelta(days=1)))
        conditions.append(Condition(sql="a.received_at < %s", params=(until,)))
    return conditions


def _run_conditions(run_id: int | None) -> list[Condition]:
    if run_id is None:
        return []
    rows = OriginalRow.objects.filter(run=OuterRef("pk")).values("appeal_id")
    bounds = ImportRun.objects.filter(id=run_id).values_list(
        "new_count",
        Subquery(rows.order_by("appeal_id")[:1]),
        Subquery(rows.order_by("-appeal_id")[:1]),
    )
    count, first, last = bounds.first() or (0, None, None)
    if first is None or last is None:
        return [Condition(sql="1 = 0")]
    # an import's appeals have neighbouring numbers, mostly without another import's between them
    conditions = [Condition(sql="a.id BETWEEN %s AND %s", params=(first, last))]
    if last - first + 1 != count:
        # = and not EXISTS, so that PostgreSQL looks up the rows it meets and does not join all
        sql = "(SELECT o.run_id FROM intake_originalrow o WHERE o.appeal_id = a.id) = %s"
        conditions.append(Condition(sql=sql, params=(run_id,)))
    return conditions


def _midnight(day: date) -> datetime:
    day = min(max(day, FIRST_DAY), LAST_DAY)  # beyond these, time zones cannot be reckoned
    return timezone.make_aware(datetime.combine(day, time.min))


def stored_moment(moment: datetime) -> Any:  # noqa: ANN401  each driver has its own type
    """A moment as the database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(moment)
