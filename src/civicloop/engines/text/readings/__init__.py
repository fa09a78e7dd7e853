"""Read a message: its urgency, its separate problems, and the places, times and respondents in it.

Every span points into the text as it was given. A text is read up to ``MAX_CHARACTERS``.

Source: own work; see ``urgency``, ``requests``, ``places``, ``times`` and ``respondents``.
"""

from dataclasses import dataclass
from datetime import datetime

from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.places import Place, find_places, tag_words
from civicloop.engines.text.readings.problems import ProblemPart, split_problems
from civicloop.engines.text.readings.respondents import Respondent, find_respondents
from civicloop.engines.text.readings.urgency import Urgency, judge_urgency
from civicloop.engines.text.times import TimePhrase, find_times

ENGINE_VERSION = 1  # a higher number has every appeal read again
MAX_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in a message, in the order of its text."""

    urgency: Urgency
    requests: tuple[ProblemPart, ...]
    places: tuple[Place, ...]
    times: tuple[TimePhrase, ...]
    respondents: tuple[Respondent, ...]


def read_message(text: str, *, received_at: datetime, gazetteer: Gazetteer) -> Reading:
    """Read one message.

    Args:
        text: the message as it was received.
        received_at: local moment of receipt, from which relative times are counted.
        gazetteer: the city's areas; may be empty.
    """
    text = text[:MAX_CHARACTERS]
    places = find_places(text, tag_words(text), gazetteer)
    return Reading(
        urgency=judge_urgency(text),
        requests=tuple(split_problems(text)),
        places=tuple(places),
        times=tuple(find_times(text, received_at)),
        respondents=tuple(find_respondents(text, places)),
    )
