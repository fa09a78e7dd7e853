"""Turn what a citizen sent into what the hotline registers."""

from datetime import datetime

from civicloop.apps.intake.actions.channels import ensure_channels
from civicloop.apps.intake.actions.registering import Told
from civicloop.apps.intake.channel_preset import OTHER_CHANNEL
from civicloop.apps.intake.emergencies import urgency_of
from civicloop.apps.intake.models import Channel, Element, Topic, TopicBasis
from civicloop.apps.intake.queries.choices import topic_choices
from civicloop.apps.issues.guessing import guess
from civicloop.apps.places.models import Area

WEB = "web"


def topics_to_choose(guessed: Topic | None) -> list[Topic]:
    """The broad topics, for whom the guess is wrong."""
    return [topic for topic in topic_choices() if topic.level == 1 and topic != guessed]


def told_by_citizen(
    *,
    text: str,
    area: Area | None,
    address: str,
    topic_path: str,
    is_confidential: bool,
    now: datetime,
) -> Told:
    guessed = guess(text)
    chosen = next((t for t in topic_choices() if topic_path and t.path == topic_path), None)
    topic = chosen or guessed.topic
    return Told(
        text=text,
        kind=guessed.kind,
        channel=_web_channel(now),
        area=area,
        address=address,
        topic=topic,
        topic_basis=TopicBasis.SUGGESTED if topic else TopicBasis.NONE,
        is_confidential=is_confidential,
        urgency=urgency_of(text),
        missing=() if area or address else (Element.WHERE,),
    )


def _web_channel(now: datetime) -> Channel:
    ensure_channels(now=now)
    web = Channel.objects.filter(code=WEB).first()
    return web or Channel.objects.get(code=OTHER_CHANNEL)
