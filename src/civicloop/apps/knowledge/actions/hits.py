"""Count how articles serve: numbers by day only, so there is no audit event and no citizen in them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from civicloop.apps.knowledge.models import Article, ArticleHit, HitKind

BATCH = 500


class Use(NamedTuple):
    """One way in which one article served on one day."""

    article_id: int
    day: date
    kind: HitKind


def count_hits(*, articles: Iterable[Article], kind: HitKind, day: date) -> None:
    """Count one use of each article."""
    add_hits(counts=Counter({Use(article.pk, day, kind): 1 for article in articles}))


@transaction.atomic
def add_hits(*, counts: Mapping[Use, int]) -> None:
    """Add uses to what was counted before."""
    ArticleHit.objects.bulk_create(
        [
            ArticleHit(article_id=use.article_id, day=use.day, kind=use.kind)
            for use in sorted(counts)  # in one order, so that two who count do not wait in a ring
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    for use, count in sorted(counts.items()):
        same = ArticleHit.objects.filter(article_id=use.article_id, day=use.day, kind=use.kind)
        same.update(count=F("count") + count)
