"""What an event is called and what is known about it, from its members."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.heat_facts import name_places, people_among
from civicloop.apps.issues.models import Event
from civicloop.engines.text.events import Background, event_terms

TERM_COUNT = 8
TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """What one member tells about its event."""

    id: int
    subject: str
    text: str
    caller_key: str
    received_at: datetime
    area_id: int | None
    area_name: str
    topic_id: int | None


def read_member_facts(appeal_ids: Sequence[int]) -> dict[int, MemberFacts]:
    """The facts of these appeals by id, in one statement."""
    rows = Appeal.objects.filter(id__in=appeal_ids).values_list(
        "id", "subject", "text", "caller_key", "received_at", "area_id", "area__name", "topic_id"
    )
    return {
        appeal_id: MemberFacts(
            id=appeal_id,
            subject=subject,
            text=text,
            caller_key=caller_key,
            received_at=received_at,
            area_id=area_id,
            area_name=area_name or "",
            topic_id=topic_id,
        )
        for appeal_id, subject, text, caller_key, received_at, area_id, area_name, topic_id in rows
    }


def telling_words(members: Sequence[MemberFacts], background: Background) -> list[str]:
    """The words that set these members apart from the other appeals."""
    texts = [f"{member.subject}\n{member.text}" for member in members]
    return list(event_terms(texts, background, count=TERM_COUNT))


def describe_event(members: Sequence[MemberFacts], terms: Sequence[str]) -> Event:
    """An event, not saved yet, with title, counts, time span and place of its members."""
    times = [member.received_at for member in members]
    return Event(
        title=_title(members, terms),
        terms=list(terms),
        appeal_count=len(members),
        people_count=people_among(Counter(member.caller_key for member in members)),
        first_at=min(times),
        last_at=max(times),
        place=name_places(Counter(member.area_name for member in members if member.area_name)),
        area_id=_commonest([member.area_id for member in members]),
        topic_id=_commonest([member.topic_id for member in members]),
    )


def _title(members: Sequence[MemberFacts], terms: Sequence[str]) -> str:
    """The subject, or first sentence, that holds most of the telling words; short ones first."""
    names = [member.subject or _first_sentence(member.text) for member in members]
    return max(names, key=lambda name: (sum(term in name for term in terms), -len(name), name))[
        :TITLE_LENGTH
    ]


def _first_sentence(text: str) -> str:
    for mark in "。！？\n":
        text = text.partition(mark)[0] or text
    return text.strip()


def _commonest(ids: Sequence[int | None]) -> int | None:
    counts = Counter(known for known in ids if known is not None)
    return min(counts, key=lambda key: (-counts[key], key)) if counts else None
