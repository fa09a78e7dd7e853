"""What one version of an article says, as it comes from a form or a row of a table."""

from dataclasses import dataclass, fields
from datetime import date

from civicloop.apps.intake.models import Topic
from civicloop.apps.knowledge.models import ArticleVersion, Audience
from civicloop.apps.places.models import Area, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContent:
    """The words of an article and what they hold for."""

    title: str
    answer: str
    source_name: str
    unit: Unit
    valid_from: date
    valid_to: date | None = None
    questions: str = ""  # one a line
    steps: str = ""  # one a line
    legal_basis: str = ""
    source_url: str = ""
    topic: Topic | None = None
    area: Area | None = None
    audience: str = Audience.INTERNAL.value

    @classmethod
    def of(cls, version: ArticleVersion) -> "ArticleContent":
        return cls(**{name: getattr(version, name) for name in CONTENT_FIELDS})

    def differs_from(self, version: ArticleVersion) -> bool:
        return self != ArticleContent.of(version)


CONTENT_FIELDS = tuple(field.name for field in fields(ArticleContent))
