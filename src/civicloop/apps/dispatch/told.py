"""Turn what a citizen sent, on the site or through a channel's program, into what is registered."""

from civicloop.apps.intake.actions.registering import Told
from civicloop.apps.intake.emergencies import urgency_of
from civicloop.apps.intake.models import Channel, Element, Kind, Topic, TopicBasis
from civicloop.apps.issues.guessing import guess
from civicloop.apps.places.models import Area
from civicloop.apps.places.queries import unit_named


def told_by_citizen(
    *,
    text: str,
    channel: Channel,
    area: Area | None = None,
    address: str = "",
    topic: Topic | None = None,
    kind: Kind | None = None,
    occurred_words: str = "",
    respondent: str = "",
    is_confidential: bool = False,
) -> Told:
    """What a citizen wrote; kind and topic that they did not choose are guessed.

    Whom they complain of is a unit where the name is surely one's; a name that says more, or is none's, is kept.
    """
    guessed = guess(text)
    named = " ".join(respondent.replace("\0", "").split())
    unit = unit_named(named, area) if named else None
    found = topic or guessed.topic
    return Told(
        text=text,
        kind=kind or guessed.kind,
        channel=channel,
        area=area,
        address=address,
        topic=found,
        topic_basis=TopicBasis.SUGGESTED if found else TopicBasis.NONE,
        occurred_words=occurred_words,
        is_confidential=is_confidential,
        urgency=urgency_of(text),
        respondent_name="" if unit and unit.name.endswith(named) else named,
        respondent_unit=unit,
        missing=() if area or address else (Element.WHERE,),
    )
