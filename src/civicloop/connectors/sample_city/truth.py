"""What is true of the generated appeals: events, near misses, bursts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime

from civicloop.connectors.sample_city.drafts import NO_EVENT, Draft
from civicloop.connectors.sample_city.events import Planting
from civicloop.connectors.sample_city.plan import CityPlan
from civicloop.connectors.sample_city.rows import WrittenRow

GUIDELINES = (
    "Unit: one appeal. Two appeals belong to the same event when a case officer would handle them "
    "as one matter: same place or party and same problem, whoever wrote, whenever, in whatever "
    "words. Same place with another problem, or same words about another place, is another event. "
    "Questions about general rules are not judged (ignore_messages)."
)


class Truth:
    """Collects what is known of each appeal while the appeals are written."""

    def __init__(self, planting: Planting) -> None:
        self._planting = planting
        self._ids = [""] * planting.number
        self._members: list[list[str]] = [[] for _ in planting.events]
        self._days: list[list[date]] = [[] for _ in planting.events]
        self._ignored: list[str] = []

    def note(self, number: str, draft: Draft, day: date) -> None:
        """Note one written appeal."""
        if draft.serial >= 0:
            self._ids[draft.serial] = number
        if draft.event != NO_EVENT:
            self._members[draft.event].append(number)
            self._days[draft.event].append(day)
        elif draft.problem.is_personal and draft.problem.tone == "enquire":
            self._ignored.append(number)

    def events_document(self, plan: CityPlan) -> dict[str, object]:
        """Return the events in the layout of the same-event gold files."""
        return {
            "name": "civicloop sample city: same-event truth",
            "source": f"generated, seed {plan.seed}, {plan.appeals} appeals to {plan.last_day}",
            "annotator": "the generator, which planted the events",
            "guidelines": GUIDELINES,
            "clusters": [
                {
                    "event": self._name(event),
                    "cause": self._planting.events[event].problem.topic,
                    "split": "dev",
                    "size": len(members),
                    "message_ids": members,
                }
                for event, members in enumerate(self._members)
            ],
            "ignore_pairs": [],
            "ignore_messages": self._ignored,
            "negative_pairs": [
                {"a": self._ids[miss.first], "b": self._ids[miss.second], "why": miss.why}
                for miss in self._planting.near_misses
            ],
        }

    def bursts(self) -> Iterator[tuple[str, ...]]:
        """Return event, first day, last day and number of appeals of each planted burst."""
        for event, planted in enumerate(self._planting.events):
            if planted.is_burst:
                days = self._days[event]
                first, last = min(days).isoformat(), max(days).isoformat()
                yield self._name(event), first, last, str(len(days))

    def _name(self, event: int) -> str:
        """Name the event; the number keeps two problems of one topic at one place apart."""
        planted = self._planting.events[event]
        topic = planted.problem.topic.rsplit("/", 1)[1]
        return f"{planted.thing.name}-{topic}-{event + 1}"


def reading_line(number: str, row: WrittenRow, received_at: datetime) -> str:
    """Word what is true of one text as a line of JSON: its kind, its problems and its spans."""
    spans = row.marked.spans
    truth = {
        "id": number,
        "received_at": received_at.isoformat(),
        "subject": row.title,
        "text": row.marked.text,
        "kind": row.kind,
        "requests": row.marked.problems,
        "places": spans["place"],
        "times": spans["time"],
        "respondents": spans["respondent"],
        "dangers": spans["danger"],
        "decoys": spans["decoy"],
    }
    return json.dumps(truth, ensure_ascii=False, separators=(",", ":")) + "\n"
