"""What a text is likely to be about, while its writer still writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.actions.topics import NoTopicModelError, active_model
from civicloop.engines.text.topics import TopicText

SHOWN = 3
LEAST = 0.02  # a likelihood that is not worth showing


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyTopics:
    """Topics with their likelihood, likeliest first, and the words that led to the first."""

    topics: Sequence[tuple[Topic, float]] = ()
    words: Sequence[str] = ()
    answer: Topic | None = None  # the deepest that the model is sure enough of
    has_model: bool = False


def likely_topics(text: str, topics: Mapping[str, Topic]) -> LikelyTopics:
    """Up to three topics of a text; `topics` are the tree's by path."""
    try:
        _version, model = active_model()
    except NoTopicModelError:
        return LikelyTopics()
    if not text.strip():
        return LikelyTopics(has_model=True)
    asked = [TopicText(text=text)]
    [suggestion], shares = model.predict(asked), model.probabilities(asked)[0]
    by_name = {topic.name: topic for topic in topics.values()}
    ranked = np.argsort(-shares, kind="stable")[:SHOWN].tolist()
    labelled = ((model.labels[place], float(shares[place])) for place in ranked)
    found = ((topics.get(label) or by_name.get(label), share) for label, share in labelled)
    return LikelyTopics(
        topics=[(topic, share) for topic, share in found if topic and share >= LEAST],
        words=[word.word for word in suggestion.words],
        answer=topics.get(suggestion.answer) or by_name.get(suggestion.answer),
        has_model=True,
    )
