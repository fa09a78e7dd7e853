"""Classes of events held against the causes that were planted in the sample city."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from civicloop.apps.issues.evaluation import DIGITS, Figures
from civicloop.engines.evaluation.events import EventGold, score_events
from civicloop.engines.text.classes import EventTexts, find_classes
from civicloop.engines.text.events import Message


def evaluate_classes(
    messages: Sequence[Message],
    event_of: Mapping[int, int],
    keys: Mapping[int, str],
    truth_events: Path,
) -> Figures:
    """How well classes of the events found agree with the planted causes.

    An event counts as of the cause of the planted event that most of its appeals are of; events
    of which no half is planted are in the classes, but are not measured.

    Args:
        messages: the appeals.
        event_of: the events found, by message id.
        keys: the appeals' own numbers, by message id.
        truth_events: the file of planted events with their causes.
    """
    members: defaultdict[int, list[Message]] = defaultdict(list)
    for message in messages:
        members[event_of[message.id]].append(message)
    shared = {event: found for event, found in members.items() if len(found) > 1}
    kinships = find_classes(
        [
            EventTexts(
                id=event,
                subjects=tuple(message.subject for message in found),
                bodies=tuple(message.text for message in found),
            )
            for event, found in shared.items()
        ]
    )
    cause_of = _planted_causes(truth_events)
    causes: defaultdict[str, set[str]] = defaultdict(set)
    for event, found in shared.items():
        told = Counter(cause_of.get(keys[message.id], "") for message in found)
        cause, count = max(told.items(), key=lambda item: (item[1], item[0]))
        if cause and 2 * count > len(found):
            causes[cause].add(str(event))
    score = score_events(
        {str(kin.event): str(kin.cause or "") for kin in kinships},
        EventGold(events=[frozenset(events) for events in causes.values()]),
    )
    return {
        "b3_p": round(score.b_cubed.precision, DIGITS),
        "b3_r": round(score.b_cubed.recall, DIGITS),
        "b3_f1": round(score.b_cubed.f1, DIGITS),
        "classes": len({kin.cause for kin in kinships} - {None}),
        "causes": score.events,
        "events_measured": score.appeals,
    }


def _planted_causes(file: Path) -> dict[str, str]:
    planted = json.loads(file.read_text(encoding="utf-8"))["clusters"]
    return {key: event["cause"] for event in planted for key in event["message_ids"]}
