"""What everybody may read over Open311: published cases, in words that a person wrote for the public."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from civicloop.api.open311.formats import Value
from civicloop.api.open311.services import UNKNOWN, topic_of
from civicloop.api.problems import Fault, Problem, ProblemError
from civicloop.api.writing import written_moment
from civicloop.apps.dispatch.models import PublicCase, PublicState
from civicloop.apps.dispatch.queries.public_cases import public_cases
from civicloop.apps.intake.models import Topic
from civicloop.apps.intake.models.clients import is_open_id

SPAN = timedelta(days=90)  # the specification's, and most of a page
MOST = 1_000
LONGEST_PAGE_NUMBER = 6
STATUS = {PublicState.HANDLED: "open", PublicState.SOLVED: "closed"}


def find_cases(asked: QueryDict, *, now: datetime) -> QuerySet[PublicCase]:
    """The page of published cases that was asked for, newest first.

    Raises:
        ProblemError: it was asked for in no way that is known.
    """
    cases = public_cases().select_related("area", "event__topic").order_by("-published_at", "-id")
    ids = _words(asked, "service_request_id")[:MOST]
    if ids:
        return cases.filter(open_id__in=filter(is_open_id, ids))
    first, last = _span(asked, now)
    cases = cases.filter(published_at__gte=first, published_at__lte=last)
    cases = cases.filter(_of_services(asked))
    states = [state for state, word in STATUS.items() if word in _statuses(asked)]
    size = _number(asked, "page_size", default=MOST, most=MOST)
    start = (_number(asked, "page", default=1, most=10**LONGEST_PAGE_NUMBER) - 1) * size
    return cases.filter(state__in=states)[start : start + size]


def request_of(case: PublicCase) -> Value:
    """A case as Open311 says it; no place nearer than its area, nobody's own words."""
    return written_request(
        open_id=case.open_id,
        status=STATUS[PublicState(case.state)],
        status_notes=str(PublicState(case.state).label),
        topic=case.event.topic if case.event else None,
        requested_at=case.published_at,
        description=case.title,
        address=case.area.name if case.area else "",
    )


def written_request(
    *,
    open_id: str,
    status: str,
    status_notes: str,
    topic: Topic | None,
    requested_at: datetime,
    expected_at: datetime | None = None,
    description: str = "",
    address: str = "",
) -> Value:
    """Every field of the specification; what is empty here is told to nobody."""
    return {
        "service_request_id": open_id,
        "status": status,
        "status_notes": status_notes,
        "service_name": topic.name if topic else _("The hotline finds the topic"),
        "service_code": topic.code if topic else UNKNOWN,
        "description": description,
        "agency_responsible": "",
        "service_notice": "",
        "requested_datetime": written_moment(requested_at),
        "updated_datetime": "",
        "expected_datetime": written_moment(expected_at) if expected_at else "",
        "address": address,
        "address_id": "",
        "zipcode": "",
        "lat": "",
        "long": "",
        "media_url": "",
    }


def _words(asked: QueryDict, name: str) -> Sequence[str]:
    return [word.strip() for word in asked.get(name, "").split(",") if word.strip()]


def _statuses(asked: QueryDict) -> Sequence[str]:
    words = _words(asked, "status") or list(STATUS.values())
    if not set(words) <= set(STATUS.values()):
        raise _refused("status", _("Ask for open, closed or both."))
    return words


def _of_services(asked: QueryDict) -> Q:
    codes = _words(asked, "service_code")[:MOST]
    try:
        topics = [topic_of(code) for code in codes]
    except LookupError:
        raise _refused("service_code", _("There is no such service.")) from None
    if not topics:
        return Q()
    found = Q(event__topic__in=[topic for topic in topics if topic])
    return found | Q(event__topic=None) if None in topics else found


def _span(asked: QueryDict, now: datetime) -> tuple[datetime, datetime]:
    first, last = _moment(asked, "start_date"), _moment(asked, "end_date")
    if first and last:
        return max(first, last - SPAN), last
    if first:
        return first, first + SPAN
    last = last or now
    return last - SPAN, last


def _moment(asked: QueryDict, name: str) -> datetime | None:
    written = asked.get(name, "").strip()
    if not written:
        return None
    try:
        moment = parse_datetime(written.replace(" ", "+"))  # a plus that was not escaped
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year <= 9000:
        raise _refused(name, _("Write it as 2026-01-31T08:00:00+08:00."))
    return moment


def _number(asked: QueryDict, name: str, *, default: int, most: int) -> int:
    written = asked.get(name, "").strip()
    if not written:
        return default
    is_number = written.isascii() and written.isdecimal() and len(written) <= LONGEST_PAGE_NUMBER
    if not is_number or not 1 <= int(written) <= most:
        raise _refused(name, _("Ask for a number from 1 to %(most)s.") % {"most": most})
    return int(written)


def _refused(name: str, words: str) -> ProblemError:
    return ProblemError(Problem.INVALID, faults=[Fault(pointer=name, words=words)])
