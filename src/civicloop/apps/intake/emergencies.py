"""Which emergency line a text calls for, before anything else is asked."""

from enum import StrEnum

from civicloop.apps.intake.models import Urgency
from civicloop.engines.text.readings.urgency import NEAR, PRESENT, judge_urgency

CALL_AT_ONCE = 3
SAME_DAY = 2


class EmergencyLine(StrEnum):
    POLICE = "110"
    FIRE = "119"
    AMBULANCE = "120"
    TRAFFIC = "122"


LINES: dict[str, tuple[EmergencyLine, ...]] = {
    "self_harm": (EmergencyLine.POLICE, EmergencyLine.AMBULANCE),
    "gas": (EmergencyLine.FIRE,),
    "fire": (EmergencyLine.FIRE,),
    "collapse": (EmergencyLine.FIRE,),
    "electric": (EmergencyLine.FIRE, EmergencyLine.AMBULANCE),
    "water": (EmergencyLine.FIRE, EmergencyLine.AMBULANCE),
    "life": (EmergencyLine.AMBULANCE,),
    "violence": (EmergencyLine.POLICE,),
    "child": (EmergencyLine.POLICE,),
}


def emergency_lines(text: str) -> list[EmergencyLine]:
    """The lines to call now, or none where nobody is in danger at this moment."""
    urgency = judge_urgency(text)
    if urgency.level < CALL_AT_ONCE:
        return []
    present = {hit.code for hit in urgency.hits if hit.state in (PRESENT, NEAR)}
    called = {line for code in present for line in LINES.get(code, ())}
    return sorted(called) or [EmergencyLine.POLICE, EmergencyLine.FIRE, EmergencyLine.AMBULANCE]


def urgency_of(text: str) -> Urgency:
    """How urgent a text is, in the word that a work order carries."""
    level = judge_urgency(text).level
    if level >= CALL_AT_ONCE:
        return Urgency.CRITICAL
    return Urgency.URGENT if level == SAME_DAY else Urgency.GENERAL
