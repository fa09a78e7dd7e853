"""What a citizen chose on the site, as records of the city."""

from datetime import datetime

from civicloop.apps.intake.actions.channels import ensure_channels
from civicloop.apps.intake.channel_preset import OTHER_CHANNEL
from civicloop.apps.intake.models import Channel, Topic
from civicloop.apps.intake.queries.choices import topic_choices

WEB = "web"


def topics_to_choose(guessed: Topic | None) -> list[Topic]:
    """The broad topics, for whom the guess is wrong."""
    return [topic for topic in topic_choices() if topic.level == 1 and topic != guessed]


def topic_chosen(path: str) -> Topic | None:
    return next((topic for topic in topic_choices() if path and topic.path == path), None)


def web_channel(now: datetime) -> Channel:
    ensure_channels(now=now)
    web = Channel.objects.filter(code=WEB).first()
    return web or Channel.objects.get(code=OTHER_CHANNEL)
