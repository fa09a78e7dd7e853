"""How the knowledge base serves: what is stale, what nobody ever used, what was most corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, IntegerField, Q, QuerySet, Sum, Value

from civicloop.apps.knowledge.models import (
    Article,
    ArticleHit,
    CorrectionOutcome,
    CorrectionRequest,
    HitKind,
)

WINDOW_DAYS = 90
SERVING = (HitKind.ANSWERED, HitKind.READ)  # being suggested is no use yet
COUNTED: Mapping[tuple[str, str], HitKind] = {
    ("used", "part"): HitKind.ANSWERED,
    ("used", "whole"): HitKind.SHOWN,
    ("helped", "part"): HitKind.HELPED,
    ("helped", "whole"): HitKind.READ,
}  # the uses that a number is made of
ARTICLES = {*COUNTED, ("hit", "part"), ("hit", "whole"), ("stale", "part"), ("stale", "whole")}
CORRECTIONS = {("corrections", "asked"), ("corrections", "overdue")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A part and its whole, both shown: a share alone hides how little it is of."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedArticle:
    """An article that people asked to have corrected."""

    article: Article
    asked_count: int
    corrected_count: int  # of those asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeFigures:
    """The figures of docs/methods/knowledge.md for the days up to ``day``."""

    day: date
    first_day: date
    stale: Shares  # of the published articles
    hit: Shares  # of the published articles: used at least once in the window
    used: Shares  # answers on the spot, of the times an article was suggested
    helped: Shares  # said that it helped, of the times read in self-service
    correction_count: int  # requested in the window
    overdue_correction_count: int


def published() -> QuerySet[Article]:
    return Article.objects.filter(current__isnull=False).select_related("current", "unit", "topic")


def stale_articles(day: date) -> QuerySet[Article]:
    """Published articles past their last valid day, or not looked at in time; longest first."""
    is_stale = Q(current__valid_to__lt=day) | Q(review_due_day__lt=day)
    return published().filter(is_stale).order_by("review_due_day", "current__valid_to", "id")


def never_hit_articles(day: date) -> QuerySet[Article]:
    """Published articles that were never used in an answer or read by a citizen; oldest first."""
    used = ArticleHit.objects.filter(kind__in=SERVING, day__lte=day, count__gt=0)
    unused = published().exclude(pk__in=used.values("article_id"))
    return unused.order_by("current__valid_from", "id")


def most_corrected_articles(first_day: date, day: date) -> list[CorrectedArticle]:
    """Articles with requests for corrections between two days, most first."""
    asked = Q(corrections__requested_at__date__range=(first_day, day))
    corrected = asked & Q(corrections__outcome=CorrectionOutcome.CORRECTED)
    counted = published().annotate(
        asked=Count("corrections", filter=asked), corrected=Count("corrections", filter=corrected)
    )
    ordered = counted.filter(asked__gt=0).order_by("-asked", "id")
    counts = ordered.values_list("pk", "asked", "corrected")
    articles = published().in_bulk([number for number, _, _ in counts])
    return [
        CorrectedArticle(article=articles[number], asked_count=count, corrected_count=mended)
        for number, count, mended in counts
    ]


def articles_behind(figure: str, part: str, day: date) -> QuerySet[Article]:
    """The articles of a number of ARTICLES, each with its `uses`, which add up to it; most first."""
    if kind := COUNTED.get((figure, part)):
        within = Q(hits__kind=kind, hits__day__range=(_first_day(day), day))
        counted = Article.objects.annotate(uses=Sum("hits__count", filter=within))
        return counted.filter(uses__gt=0).order_by("-uses", "id")
    behind = published() if part == "whole" else _part_of(figure, day)
    return behind.annotate(uses=Value(1, IntegerField())).order_by("id")


def uses_of(article: Article) -> int:
    """What an article of `articles_behind` adds to its number."""
    return int(vars(article)["uses"])


def _part_of(figure: str, day: date) -> QuerySet[Article]:
    return stale_articles(day) if figure == "stale" else _used(day)


def _used(day: date) -> QuerySet[Article]:
    hits = ArticleHit.objects.filter(day__range=(_first_day(day), day), count__gt=0)
    return published().filter(pk__in=hits.filter(kind__in=SERVING).values("article_id"))


def corrections_behind(part: str, day: date) -> QuerySet[CorrectionRequest]:
    """The requests that were made in the window, or those that are overdue."""
    asked = CorrectionRequest.objects.select_related("article__unit", "version", "requested_by")
    if part == "overdue":
        asked = asked.filter(outcome=CorrectionOutcome.OPEN, due_day__lt=day)
    else:
        asked = asked.filter(requested_at__date__range=(_first_day(day), day))
    return asked.order_by("-requested_at", "-id")


def _first_day(day: date) -> date:
    return day - timedelta(days=WINDOW_DAYS - 1)


def knowledge_figures(day: date) -> KnowledgeFigures:
    """The figures of the window that ends on a day."""
    first_day = _first_day(day)
    hits = ArticleHit.objects.filter(day__range=(first_day, day))
    counts = dict(hits.values_list("kind").annotate(total=Sum("count")).order_by())
    whole = published().count()
    return KnowledgeFigures(
        day=day,
        first_day=first_day,
        stale=Shares(part=stale_articles(day).count(), whole=whole),
        hit=Shares(part=_used(day).count(), whole=whole),
        used=Shares(part=counts.get(HitKind.ANSWERED, 0), whole=counts.get(HitKind.SHOWN, 0)),
        helped=Shares(part=counts.get(HitKind.HELPED, 0), whole=counts.get(HitKind.READ, 0)),
        correction_count=corrections_behind("asked", day).count(),
        overdue_correction_count=corrections_behind("overdue", day).count(),
    )
