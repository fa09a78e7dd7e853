from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone

from civicloop.apps.intake.models import Appeal, TopicBasis
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.models import (
    AppealReading,
    Event,
    EventDecision,
    HotIssue,
    HotIssueList,
    HotScope,
    MeaningComparison,
    SimilarAppeal,
)
from civicloop.apps.issues.shown import without_hidden_events

EVENTS_PER_PAGE = 50
SIMILAR_SHOWN = 5
BIGGEST_ID = 2**62
USUAL_WINDOW_DAYS = 28  # the ranking that is shown when no window is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetails:
    """An event with its appeals and what people decided about it."""

    event: Event
    members: list[Appeal]  # oldest first
    daily_counts: list[tuple[date, int]]  # every day from the first appeal to the last
    decisions: list[EventDecision]  # newest first

    def members_between(self, first: date, last: date) -> list[Appeal]:
        """Return the appeals of some days, the oldest first."""
        return [each for each in self.members if first <= _local_day(each) <= last]


def hot_lists() -> QuerySet[HotIssueList]:
    """Every ranking kept, newest day first, short windows first, the whole history last."""
    whole_history = Case(When(window_days=0, then=1), default=0)
    return HotIssueList.objects.order_by("-day", whole_history, "window_days")


def latest_hot_list(
    *, day: date | None = None, window_days: int | None = None
) -> HotIssueList | None:
    """The ranking of this day and window; without a window the usual one, if there is one."""
    lists = hot_lists()
    if day is not None:
        lists = lists.filter(day=day)
    if window_days is not None:
        return lists.filter(window_days=window_days).first()
    newest = lists.first()
    if newest is None:
        return None
    return lists.filter(day=newest.day, window_days=USUAL_WINDOW_DAYS).first() or newest


def hot_issues_of(
    hot_list: HotIssueList, scope: str = HotScope.EVENT, *, limit: int | None = None
) -> list[HotIssue]:
    """The issues of a ranking, hottest first."""
    issues = HotIssue.objects.filter(hot_list=hot_list, scope=scope).order_by("rank")
    return list(without_hidden_events(issues, "event").select_related("event", "topic")[:limit])


def rising_issues(hot_list: HotIssueList, *, limit: int) -> list[HotIssue]:
    """The hottest events that rise."""
    issues = HotIssue.objects.filter(hot_list=hot_list, scope=HotScope.EVENT, is_rising=True)
    shown = without_hidden_events(issues, "event")
    return list(shown.select_related("event").order_by("rank")[:limit])


def event_details(event_id: int) -> EventDetails:
    """An event with its members; raises Event.DoesNotExist."""
    events = without_hidden_events(Event.objects.select_related("area", "topic"))
    event = events.get(pk=event_id)
    members = list(
        Appeal.objects.filter(event_member__event=event)
        .select_related("area", "county", "topic", "channel")
        .order_by("received_at", "id")
    )
    decisions = EventDecision.objects.filter(
        Q(event=event) | Q(constraints__first__in=members) | Q(constraints__second__in=members)
    )
    return EventDetails(
        event=event,
        members=members,
        daily_counts=_daily_counts(members),
        decisions=list(decisions.distinct().select_related("actor").order_by("-id")),
    )


def _local_day(appeal: Appeal) -> date:
    return timezone.localtime(appeal.received_at).date()


def _daily_counts(members: list[Appeal]) -> list[tuple[date, int]]:
    per_day = Counter(map(_local_day, members))
    if not per_day:
        return []
    first, last = min(per_day), max(per_day)
    days = [first + timedelta(days=back) for back in range((last - first).days + 1)]
    return [(day, per_day[day]) for day in days]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """Some events, last active first, and where the pages beside them begin."""

    events: list[Event]
    count: int
    newer: str  # cursor, "" at the top
    older: str  # cursor, "" at the end


def events_page(*, search: str = "", after: str = "", before: str = "") -> EventsPage:
    """The events older than the cursor ``after``, or newer than ``before``, or the newest."""
    known = without_hidden_events(Event.objects.select_related("area", "topic"))
    search = search.replace("\0", "")  # PostgreSQL takes none
    if search:
        known = known.filter(Q(title__contains=search) | Q(place__contains=search))
    place = _place_in_events(after or before)
    goes_back = place is not None and not after
    beyond = known
    if place is not None:
        last_at, event_id = place
        side = "gt" if goes_back else "lt"
        level = Q(last_at=last_at) & Q(**{f"id__{side}": event_id})
        beyond = known.filter(Q(**{f"last_at__{side}": last_at}) | level)
    ways = ("last_at", "id") if goes_back else ("-last_at", "-id")
    found = list(beyond.order_by(*ways)[: EVENTS_PER_PAGE + 1])
    has_more = len(found) > EVENTS_PER_PAGE
    shown = found[:EVENTS_PER_PAGE]
    if goes_back:
        shown.reverse()
    return EventsPage(
        events=shown,
        count=known.count(),
        newer=_event_cursor(shown[0]) if shown and (has_more if goes_back else place) else "",
        older=_event_cursor(shown[-1]) if shown and (has_more or goes_back) else "",
    )


def _event_cursor(event: Event) -> str:
    return f"{event.last_at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{event.pk}"


def _place_in_events(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names; None when it is none of ours, so that the list starts over."""
    moment, _, number = cursor.partition("-")
    try:
        last_at = datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
        return last_at, min(int(number), BIGGEST_ID)
    except ValueError:
        return None


def similar_to(appeal: Appeal) -> list[SimilarAppeal]:
    """The appeals most like this one, with the engine's reasons.

    Those of other matters stand in the order of their meaning where the city's own model was asked.
    """
    similar = without_hidden(appeal.similar_appeals.all(), "other")
    similar = similar.select_related("other__area", "other__event_member")
    found = list(similar.order_by("-score", "other_id")[:SIMILAR_SHOWN])
    if all(each.meaning is None for each in found):
        return found
    return sorted(found, key=_by_meaning)


def _by_meaning(similar: SimilarAppeal) -> tuple[bool, float]:
    if similar.is_same_event:
        return False, -similar.score
    return True, 1.0 if similar.meaning is None else -similar.meaning


def last_meaning_comparison() -> MeaningComparison | None:
    """The last time the city's own model was asked; none where it never was."""
    return MeaningComparison.objects.first()


def event_of(appeal: Appeal) -> Event | None:
    """The event this appeal is about, if others are about it too."""
    return without_hidden_events(Event.objects.filter(members__appeal=appeal)).first()


def reading_of(appeal: Appeal) -> AppealReading | None:
    """What was read in this appeal; None where it changed since or was never read."""
    return AppealReading.objects.filter(appeal=appeal, content_hash=appeal.content_hash).first()


def urgent_waiting(*, limit: int) -> list[AppealReading]:
    """The newest appeals that name a present danger and wait for a reply."""
    urgent = AppealReading.objects.filter(urgency=3, appeal__is_waiting=True)
    urgent = without_hidden(urgent, "appeal")
    return list(urgent.select_related("appeal").order_by("-appeal_id")[:limit])


def waiting_for_topic_count() -> int:
    """Appeals that no one and no model has given a topic."""
    return without_hidden(Appeal.objects.filter(topic_basis=TopicBasis.NONE)).count()


def last_appeal_day() -> date | None:
    """The local day of the newest appeal."""
    appeals = without_hidden(Appeal.objects.all())
    newest = appeals.order_by("-received_at").values_list("received_at", flat=True).first()
    return timezone.localtime(newest).date() if newest else None


def event_numbers(*, source: str | None = None) -> Iterator[tuple[str, int]]:
    """Every appeal's number in its source with its cluster; alone: a cluster of its own."""
    newest = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    appeals = Appeal.objects.order_by("id")
    if source is not None:
        appeals = appeals.filter(source=source)
    rows = appeals.values_list("source_key", "event_member__event_id")
    for alone, (source_key, event_id) in enumerate(rows.iterator(chunk_size=5_000), newest + 1):
        yield source_key, event_id or alone


def known_sources() -> list[str]:
    """The sources that any appeal comes from."""
    return sorted(Appeal.objects.order_by().values_list("source", flat=True).distinct())


def shared_number_count() -> int:
    """How many numbers appeals of several sources share."""
    if len(known_sources()) < 2:
        return 0
    rows = Appeal.objects.order_by().values("source_key").annotate(appeals=Count("id"))
    return rows.filter(appeals__gt=1).count()
