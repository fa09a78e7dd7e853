"""What the operator's screen suggests while a citizen is still talking; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from civicloop.apps.dispatch.at_hand import AtHand, at_hand
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.routing_facts import broken_route, explain_routes
from civicloop.apps.dispatch.routing_words import WhyHere, why_here
from civicloop.apps.intake.emergencies import EmergencyLine, emergency_lines, urgency_of
from civicloop.apps.intake.models import Appeal, Element, Kind, NuisanceMark, Topic, Urgency
from civicloop.apps.intake.queries.nuisance import mark_in_force
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.actions.readings import kinds_in_use
from civicloop.apps.issues.likely_topics import LikelyTopics, likely_topics
from civicloop.apps.issues.likeness import LikeAppeal, appeals_like
from civicloop.apps.knowledge.queries.suggesting import SuggestedArticle, suggest_articles
from civicloop.apps.places.models import Area, Unit
from civicloop.engines.routing.deciding import BrokenRuleError
from civicloop.engines.text.readings import read_message
from civicloop.engines.text.readings.kinds import KindModel, KindText

EARLIER_SHOWN = 5
ARTICLES_SHOWN = 3
FEWEST_OF_CAUSE, FEWEST_OF_COURSE = 8, 20  # characters: shorter words leave it open


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What has been written down so far; "" and None where nothing is known yet."""

    text: str
    address: str = ""
    occurred_words: str = ""
    caller_key: str = ""
    is_who_known: bool = False  # a contact was given, or the citizen stays anonymous
    area: Area | None = None
    topic: Topic | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    respondent_unit: Unit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What the screen shows beside the form."""

    topics: LikelyTopics
    kind: Kind
    urgency: Urgency
    why: WhyHere | None  # the unit, and why it
    alike: Sequence[LikeAppeal]
    articles: Sequence[SuggestedArticle]
    known: Sequence[Element]
    missing: Sequence[Element]
    lines: Sequence[EmergencyLine]
    mark: NuisanceMark | None  # of the caller; never beside an emergency or a report of a wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What the same caller told before."""

    appeals: Sequence[Appeal]  # newest first, some of them
    count: int


def suggest_at_desk(heard: Heard, *, now: datetime) -> Suggested:
    """Topics, unit, appeals alike, articles, what is still to be asked, and who helps at once."""
    lists = at_hand(now=now)
    topics = likely_topics(heard.text, lists.topics, lists.topic_model)
    kind = heard.kind or kind_of(heard.text, lists.kinds)
    topic = heard.topic or topics.answer or next((one for one, _ in topics.topics), None)
    known = elements_known(heard, kind, lists, now=now)
    lines, urgency = emergency_lines(heard.text), heard.urgency or urgency_of(heard.text)
    return Suggested(
        topics=topics,
        kind=kind,
        urgency=urgency,
        why=_why(heard, kind, topic, lists, now) if heard.text.strip() else None,
        alike=appeals_like(
            heard.text,
            area=heard.area,
            caller_key=heard.caller_key,
            places=lists.places,
            now=now,
        ),
        articles=suggest_articles(
            heard.text,
            topic=topic,
            area=heard.area,
            day=timezone.localdate(now),
            size=ARTICLES_SHOWN,
        ),
        known=known,
        missing=[element for element in Element if element not in known],
        lines=lines,
        mark=_mark(heard, kind, is_urgent=bool(lines) or urgency == Urgency.CRITICAL, now=now),
    )


def _mark(heard: Heard, kind: Kind, *, is_urgent: bool, now: datetime) -> NuisanceMark | None:
    if is_urgent or kind == Kind.REPORT:
        return None
    return mark_in_force(heard.caller_key, now=now)


def kind_of(text: str, kinds: KindModel | None = None) -> Kind:
    """The kind that a text seems to be of, by the model at hand or that in use now."""
    kinds = kinds or kinds_in_use()
    return Kind(kinds.suggest([KindText(text=text, subject="")])[0].kind)


def elements_known(heard: Heard, kind: Kind, lists: AtHand, *, now: datetime) -> list[Element]:
    """Which of the five elements are there: in a box, or read in the text. An enquiry needs none."""
    if kind == Kind.ENQUIRY and heard.text.strip():
        return list(Element)
    local = timezone.localtime(now).replace(tzinfo=None)
    reading = read_message(heard.text, received_at=local, gazetteer=lists.gazetteer)
    length = len(heard.text.strip())
    is_known = {
        Element.WHO: heard.is_who_known,
        Element.WHEN: bool(heard.occurred_words or reading.times),
        Element.WHERE: bool(heard.area or heard.address or reading.places),
        Element.CAUSE: length >= FEWEST_OF_CAUSE,
        Element.COURSE: length >= FEWEST_OF_COURSE,
    }
    return [element for element in Element if is_known[element]]


def earlier_of(caller_key: str) -> Earlier:
    """What a caller told before, by the blind key alone."""
    if not caller_key:
        return Earlier(appeals=[], count=0)
    told = without_hidden(Appeal.objects.filter(caller_key=caller_key))
    appeals = told.select_related("area", "channel")
    newest = list(appeals.order_by("-received_at", "-id")[: EARLIER_SHOWN + 1])
    count = appeals.count() if len(newest) > EARLIER_SHOWN else len(newest)
    return Earlier(appeals=newest[:EARLIER_SHOWN], count=count)


def _why(
    heard: Heard, kind: Kind, topic: Topic | None, lists: AtHand, now: datetime
) -> WhyHere | None:
    """What would become of the order if it were passed on now."""
    order = WorkOrder(
        appeal=Appeal(text=heard.text, kind=kind, topic=topic, area=heard.area),
        kind=kind,
        topic=topic,
        area=heard.area,
        respondent_unit=heard.respondent_unit,
        urgency=heard.urgency or urgency_of(heard.text),
        is_sensitive=kind == Kind.REPORT,
    )
    router = lists.router(now)
    try:
        [route] = explain_routes([order], router, timezone.localdate(now))
    except BrokenRuleError as error:
        order.routing = broken_route(error, router)
    else:
        order.routing = route.why
    return why_here(order, lists.city_units.names)
