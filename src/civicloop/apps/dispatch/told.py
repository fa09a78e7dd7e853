"""Turn what a citizen sent, on the site or through a channel's program, into what is registered."""

from civicloop.apps.intake.actions.registering import Told
from civicloop.apps.intake.emergencies import urgency_of
from civicloop.apps.intake.models import Channel, Element, Kind, Topic, TopicBasis
from civicloop.apps.issues.guessing import guess
from civicloop.apps.places.models import Area


def told_by_citizen(
    *,
    text: str,
    channel: Channel,
    area: Area | None = None,
    address: str = "",
    topic: Topic | None = None,
    kind: Kind | None = None,
    occurred_words: str = "",
    is_confidential: bool = False,
) -> Told:
    """What a citizen wrote; kind and topic that they did not choose are guessed."""
    guessed = guess(text)
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
        missing=() if area or address else (Element.WHERE,),
    )
