"""The demo's knowledge base: the sample city's articles, their uses, what is said to be wrong."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.intake.models import OnError
from civicloop.apps.knowledge.actions.corrections import request_correction, settle_correction
from civicloop.apps.knowledge.actions.hits import Use, add_hits
from civicloop.apps.knowledge.actions.importing import import_articles
from civicloop.apps.knowledge.models import Article, CorrectionOutcome, HitKind
from civicloop.connectors.sample_city import CityPlan
from civicloop.connectors.sample_city.articles import write_sample_articles

AUTHOR, REVIEWER = "operator", "supervisor"


@transaction.atomic
def load_sample_articles(plan: CityPlan, folder: Path) -> int:
    """Write, review and use the articles as two of the demo's people would; gives their number."""
    files = write_sample_articles(plan, folder)
    author = User.objects.get(username=AUTHOR)
    reviewer = User.objects.get(username=REVIEWER)
    for file, day in ((files.old, files.old_day), (files.new, files.new_day)):
        import_articles(
            file=file, on_error=OnError.ABORT, author=author, reviewer=reviewer, now=_morning(day)
        )
    articles = {article.number: article for article in Article.objects.select_related("current")}
    uses: Counter[Use] = Counter()
    for number, day_text, kind, count in _rows(files.hits):
        use = Use(articles[number].pk, date.fromisoformat(day_text), HitKind(kind))
        uses[use] += int(count)
    add_hits(counts=uses)
    for number, day_text, text, answer in _rows(files.corrections):
        now = _morning(date.fromisoformat(day_text))
        asked = request_correction(article=articles[number], text=text, actor=author, now=now)
        if answer:
            settle_correction(
                request=asked,
                outcome=CorrectionOutcome.UNFOUNDED,
                answer=answer,
                actor=reviewer,
                now=now,
            )
    return len(articles)


def _rows(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        next(reader)
        yield from reader


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
