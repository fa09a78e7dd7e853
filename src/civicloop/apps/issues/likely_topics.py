"""What a text is likely to be about, while its writer still writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.actions.topics import NoTopicModelError, active_model
from civicloop.engines.text.topics import TopicModel, TopicText

SHOWN = 3
LEAST = 0.02  # a likelihood that is not worth showing


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyTopics:
    """Topics with their likelihood, likeliest first, and the words that led to the first."""

    topics: Sequence[tuple[Topic, float]] = ()
    words: Sequence[str] = ()
    answer: Topic | None = None  # the deepest that the model is sure enough of
    has_model: bool = False


def topic_model_in_use() -> TopicModel | None:
    """The model that suggests topics; None before one was learned."""
    try:
        return active_model()[1]
    except NoTopicModelError:
        return None


def likely_topics(text: str, topics: Mapping[str, Topic], model: TopicModel | None) -> LikelyTopics:
    """Up to three topics of a text; `topics` are the tree's by path."""
    if model is None:
        return LikelyTopics()
    if not text.strip():
        return LikelyTopics(has_model=True)
    [suggestion] = model.predict([TopicText(text=text)], further=False)
    found = ((_named(label, topics), share) for label, share in suggestion.ranked[:SHOWN])
    return LikelyTopics(
        topics=[(topic, share) for topic, share in found if topic and share >= LEAST],
        words=[word.word for word in suggestion.words],
        answer=_named(suggestion.answer, topics),
        has_model=True,
    )


def surest_topic(text: str, topics: Mapping[str, Topic], model: TopicModel | None) -> Topic | None:
    """The deepest topic that the model is sure enough of, without the rest of `likely_topics`."""
    if model is None or not text.strip():
        return None
    [suggestion] = model.predict([TopicText(text=text)], explain=False)
    return _named(suggestion.answer, topics)


def _named(label: str, topics: Mapping[str, Topic]) -> Topic | None:
    """The topic of a label: its whole path, or a topic's own name, the last where several have it."""
    if not label or label in topics:
        return topics.get(label)
    return {topic.name: topic for topic in topics.values()}.get(label)
