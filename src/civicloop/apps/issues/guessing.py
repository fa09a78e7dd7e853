"""Guess what a text is about while its writer still looks at it."""

from dataclasses import dataclass

from civicloop.apps.intake.models import Kind, Topic
from civicloop.apps.issues.actions.readings import kinds_in_use
from civicloop.apps.issues.actions.topics import NoTopicModelError, active_model
from civicloop.apps.places.models import Unit
from civicloop.engines.text.readings.kinds import KindText
from civicloop.engines.text.topics import TopicText


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a text seems to be; no topic where the model would not say, or there is none."""

    kind: Kind
    topic: Topic | None
    unit: Unit | None  # that usually answers for the topic


def guess(text: str) -> Guess:
    """Kind, topic and usual unit of a text."""
    kind = Kind(kinds_in_use().suggest([KindText(text=text, subject="")])[0].kind)
    topic = _topic(text)
    return Guess(kind=kind, topic=topic, unit=usual_unit(topic) if topic else None)


def _topic(text: str) -> Topic | None:
    try:
        _version, model = active_model()
    except NoTopicModelError:
        return None
    answer = model.predict([TopicText(text=text, subject="")])[0].answer
    if not answer:
        return None
    newest = Topic.objects.order_by("-tree__valid_from", "-level")
    return newest.filter(path=answer).first() or newest.filter(name=answer).first()


def usual_unit(topic: Topic) -> Unit | None:
    """The unit of a topic, or of the nearest topic above it that has one."""
    names = topic.path.split("/")
    paths = ["/".join(names[:end]) for end in range(1, len(names) + 1)]
    with_unit = Topic.objects.filter(tree_id=topic.tree_id, path__in=paths, unit__isnull=False)
    nearest = with_unit.select_related("unit").order_by("-level").first()
    return nearest.unit if nearest else None
