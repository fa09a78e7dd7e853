"""Which articles may answer what somebody asks."""

from dataclasses import dataclass
from datetime import date

from civicloop.apps.intake.models import Topic
from civicloop.apps.knowledge.index import KEPT
from civicloop.apps.knowledge.models import Article, Audience
from civicloop.apps.places.models import Area

SUGGESTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedArticle:
    """An article that may answer, and why it is named."""

    article: Article  # with its current version, unit and topic
    score: float  # to be compared within one question only
    words: tuple[str, ...]  # of the question, found in the article
    topic_levels: int  # levels of the topic that agree, 0 to 3


def suggest_articles(
    text: str,
    *,
    topic: Topic | None = None,
    area: Area | None = None,
    day: date,
    audience: str = Audience.INTERNAL,
    size: int = SUGGESTED,
) -> list[SuggestedArticle]:
    """The articles valid on the day that may answer, best first.

    An article of another place than ``area`` is left out; one of the whole city never is. The
    score is docs/methods/knowledge.md's: words first, agreement with ``topic`` as a factor.
    """
    index, shelf = KEPT.fresh()
    path = topic.path.split("/") if topic else ()
    matches = index.find(
        text,
        accepts=lambda number: shelf[number].serves(day=day, audience=audience, area=area),
        topic=path,
        size=size,
    )
    readable = Article.objects.readable_by(audience).select_related("current", "unit", "topic")
    articles = {
        article.current_id: article
        for article in readable.filter(current_id__in=[match.key for match in matches])
    }
    return [
        SuggestedArticle(
            article=articles[match.key],
            score=match.score,
            words=match.words,
            topic_levels=match.topic_levels,
        )
        for match in matches
        if match.key in articles
    ]
