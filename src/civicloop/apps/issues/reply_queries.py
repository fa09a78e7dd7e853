"""Questions about the checks of replies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from civicloop.apps.accounts.words import words_now
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.models import (
    MOSTLY_TEMPLATE,
    ReplyCheck,
    ReplyPromise,
    ReplyTemplate,
    ReplyVerdict,
)
from civicloop.apps.issues.reply_parts import (
    check_of,
    fingerprint_of,
    promises_in,
    shipped_scorer,
)
from civicloop.engines.text.replies import read_reply
from civicloop.engines.text.replies.promises import PromiseState, promise_state

CHECKS_PER_PAGE = 50
TEMPLATES_SHOWN = 100
BIGGEST_ID = 2**62


class Look(StrEnum):
    """Why a reply is worth another look."""

    SURE = "sure"  # what is mostly right
    EMPTY = "empty"
    UNANSWERED = "unanswered"  # many of these are answered in other words
    OVERDUE = "overdue"
    TEMPLATE = "template"
    ALL = "all"


class Order(StrEnum):
    """Which replies come first."""

    SUREST = "surest"  # those that most likely tell nothing
    NEWEST = "newest"


SORT_FIELDS = {Order.SUREST: "probability", Order.NEWEST: "replied_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFilters:
    """What the list of replies is asked for."""

    look: Look = Look.SURE
    order: Order = Order.SUREST
    county_id: int | None = None
    template_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepliesPage:
    """Some checks in their order, and where the pages beside them begin."""

    checks: list[ReplyCheck]
    before: str  # cursor of the page before, "" at the top
    after: str  # cursor of the page after, "" at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFound:
    """A promise and how it stands on a day."""

    promise: ReplyPromise
    state: PromiseState


def reply_check_of(appeal: Appeal) -> ReplyCheck | None:
    """The check of an appeal's reply, if it was made of the words that stand there now."""
    if not appeal.reply_text:
        return None
    check = ReplyCheck.objects.select_related("template").filter(appeal=appeal).first()
    return check if check and check.fingerprint == fingerprint_of(appeal) else None


def check_words(
    appeal: Appeal, reply_text: str, *, replied_at: datetime, problem: str = ""
) -> tuple[ReplyCheck, list[PromiseFound]]:
    """Check words that nobody has been sent yet, for the whole or one problem; nothing is kept."""
    today = timezone.localdate(replied_at)
    reading = read_reply(
        message=problem or appeal.text,
        subject="" if problem else appeal.subject,
        reply=reply_text,
        replied_on=today,
        scorer=shipped_scorer(),
    )
    check = check_of(appeal.pk, reading, replied_at=replied_at, fingerprint="")
    return check, [
        PromiseFound(promise=promise, state=promise_state(promise.due_day, today=today))
        for promise in promises_in(appeal.pk, reading)
    ]


def promises_of(appeal: Appeal, *, today: date) -> list[PromiseFound]:
    """What the reply promises, in the order of its words."""
    return [
        PromiseFound(promise=promise, state=promise_state(promise.due_day, today=today))
        for promise in ReplyPromise.objects.filter(appeal=appeal).order_by("start")
    ]


def checks_worth_a_look(filters: ReplyFilters, *, today: date) -> QuerySet[ReplyCheck]:
    """The checks that a list or a file shows, in no order."""
    is_unanswered = Q(verdict__in=[ReplyVerdict.BESIDE, ReplyVerdict.UNCLEAR, ReplyVerdict.PARTIAL])
    is_overdue = Q(first_due_day__lt=today)
    is_template = Q(template__isnull=False, template_share__gte=MOSTLY_TEMPLATE)
    is_empty = Q(verdict=ReplyVerdict.EMPTY)
    is_beside = Q(verdict=ReplyVerdict.BESIDE)
    wanted = {
        Look.SURE: is_empty | is_beside | is_overdue | is_template,
        Look.ALL: is_empty | is_unanswered | is_overdue | is_template,
        Look.EMPTY: is_empty,
        Look.UNANSWERED: is_unanswered,
        Look.OVERDUE: is_overdue,
        Look.TEMPLATE: is_template,
    }[filters.look]
    checks = without_hidden(ReplyCheck.objects.filter(wanted), "appeal")
    if filters.county_id is not None:
        checks = checks.filter(appeal__county_id=filters.county_id)
    if filters.template_id is not None:
        checks = checks.filter(template_id=filters.template_id)
    return checks


def replies_page(
    filters: ReplyFilters, *, today: date, after: str = "", before: str = ""
) -> RepliesPage:
    """The replies behind the cursor ``after``, or ahead of ``before``, or the first."""
    checks = checks_worth_a_look(filters, today=today)
    key = SORT_FIELDS[filters.order]
    place = _place(after or before, filters.order)
    goes_back = place is not None and not after
    is_rising = (filters.order is Order.SUREST) != goes_back
    if place is not None:
        value, appeal_id = place
        side = "gt" if is_rising else "lt"
        level = Q(**{key: value, f"appeal_id__{side}": appeal_id})
        checks = checks.filter(Q(**{f"{key}__{side}": value}) | level)
    ways = (key, "appeal_id") if is_rising else (f"-{key}", "-appeal_id")
    shown = checks.select_related("appeal__county", "template").defer("appeal__text")
    found = list(shown.order_by(*ways)[: CHECKS_PER_PAGE + 1])
    has_more, found = len(found) > CHECKS_PER_PAGE, found[:CHECKS_PER_PAGE]
    if goes_back:
        found.reverse()
    return RepliesPage(
        checks=found,
        before=_cursor(found[0], filters.order)
        if found and (has_more if goes_back else place)
        else "",
        after=_cursor(found[-1], filters.order) if found and (has_more or goes_back) else "",
    )


def _cursor(check: ReplyCheck, order: Order) -> str:
    if order is Order.SUREST:
        return f"{check.probability!r}-{check.pk}"
    return f"{check.replied_at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{check.pk}"


def _place(cursor: str, order: Order) -> tuple[datetime | float, int] | None:
    """The place a cursor names; None when it is none of ours, so that the list starts over."""
    words, _, number = cursor.rpartition("-")
    if not number.isdecimal():
        return None
    try:
        value = _probability(words) if order is Order.SUREST else _moment(words)
    except ValueError:
        return None
    return value, min(int(number), BIGGEST_ID)


def _probability(words: str) -> float:
    value = float(words)
    if not 0 <= value <= 1:
        raise ValueError(words)
    return value


def _moment(words: str) -> datetime:
    return datetime.strptime(words, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)


def look_counts(*, today: date) -> dict[Look, int]:
    """How many replies there are for each reason to look."""
    return {
        look: checks_worth_a_look(ReplyFilters(look=look), today=today).count() for look in Look
    }


def templates_by_size() -> list[ReplyTemplate]:
    """The words sent about most matters, most replies first."""
    return list(ReplyTemplate.objects.order_by("-reply_count", "id")[:TEMPLATES_SHOWN])


class ReplyLine(NamedTuple):
    """A reply as a line of a file."""

    number: str
    subject: str
    county: str | None
    replied_at: datetime
    verdict: str
    probability: float
    request_count: int
    open_count: int
    first_due_day: date | None
    template_replies: int | None
    template_share: float


def lines_for_file(filters: ReplyFilters, *, today: date) -> Iterator[ReplyLine]:
    """Every reply of a list in its order, read as the file is written."""
    key = SORT_FIELDS[filters.order]
    ways = (key, "pk") if filters.order is Order.SUREST else (f"-{key}", "-pk")
    rows = checks_worth_a_look(filters, today=today).order_by(*ways).values_list(
        "appeal__source_key", "appeal__subject", "appeal__county__name", "replied_at", "verdict",
        "probability", "request_count", "open_count", "first_due_day", "template__reply_count",
        "template_share",
    )  # fmt: skip
    for row in rows.iterator(chunk_size=2_000):
        line = ReplyLine(*row)
        yield line._replace(subject=words_now(line.subject))
