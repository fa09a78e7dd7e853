"""How fast articles are suggested while somebody types.

`python -m benchmarks articles [--articles 5000] [--database sqlite|postgresql]`

Fills a throw-away database with invented articles and asks questions of 10 to 120 characters, each
made of words of one article and words of none. The baseline beside it is what a site without an
index does: one LIKE per word over title and answer, no ranking. Printed: p50 and p95 in ms, how
often the article asked about is the first and among the five, and the cost of the first question.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from benchmarks.databases import prepare, run_inside, throw_away_environments
from benchmarks.lists import Wording

NOW = datetime(2024, 1, 1, tzinfo=UTC)
DAY = date(2024, 6, 1)
QUESTIONS = 200


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks articles")
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            run_inside("benchmarks.articles", [name, str(options.articles)], environment)


def fill(count: int) -> list[list[str]]:
    """Write the articles; gives the words that each title is made of."""
    from civicloop.apps.accounts.models import Role, User
    from civicloop.apps.knowledge.actions.reviewing import approve_article, submit_article
    from civicloop.apps.knowledge.actions.writing import write_article
    from civicloop.apps.knowledge.contents import ArticleContent
    from civicloop.apps.places.models import Area, Unit

    area = Area.objects.create(code="990000000000", name="城", level="city")
    unit = Unit.objects.create(code="U1", name="单位", level="city", area=area)
    author = User.objects.create(username="author", role=Role.OPERATOR)
    reviewer = User.objects.create(username="reviewer", role=Role.SUPERVISOR)
    wording, stream = Wording(), random.Random(3)
    titles = [stream.choices(wording.words, k=5) for _ in range(count)]
    for title in titles:
        content = ArticleContent(
            title="".join(title),
            questions="\n".join(wording.text(6) for _ in range(3)),
            answer=wording.text(120),
            source_name="来源",
            unit=unit,
            valid_from=date(2024, 1, 1),
        )
        article = write_article(content=content, author=author, now=NOW)
        submit_article(article=article, actor=author, now=NOW)
        approve_article(article=article, actor=reviewer, now=NOW)
    return titles


def measure(name: str, count: int) -> None:
    prepare()
    from django.db import transaction

    from civicloop.apps.knowledge.queries.suggesting import suggest_articles

    with transaction.atomic():
        titles = fill(count)
    asked = questions(titles)
    began = time.perf_counter()
    suggest_articles(asked[0][1], day=DAY)
    print(f"{name}, {count:,} articles; first question {time.perf_counter() - began:.2f} s")
    ranks: list[int] = []

    def suggest(place: int) -> None:
        wanted, question = asked[place]
        found = [each.article.current.title for each in suggest_articles(question, day=DAY)]
        ranks.append(found.index(wanted) if wanted in found else 99)

    report("suggested", suggest)
    first, five = (sum(rank < most for rank in ranks) / len(ranks) for most in (1, 5))
    print(f"  the article asked about is first {first:.1%}, among the five {five:.1%}")
    report("bare LIKE", lambda place: like(asked[place][1]))


def questions(titles: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Questions of three of a title's words among others that any article may hold."""
    stream, common = random.Random(5), Wording().words[:300]
    asked = []
    for number in range(QUESTIONS):
        title = stream.choice(titles)
        noise = "".join(stream.choices(common, k=2 + number % 50))
        asked.append(("".join(title), f"{noise}，{''.join(title[:3])}。"))
    return asked


def like(question: str) -> list[object]:
    from django.db.models import Q

    from civicloop.apps.knowledge.models import Article
    from civicloop.engines.text.words import cut_words

    either = Q()
    for word in {word for word in cut_words(question) if len(word) > 1}:
        either |= Q(current__title__contains=word) | Q(current__answer__contains=word)
    return list(Article.objects.filter(either).select_related("current")[:5])


def report(label: str, ask: Callable[[int], object]) -> None:
    times = []
    for place in range(QUESTIONS):
        began = time.perf_counter()
        ask(place)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"  {label:12} p50 {p50:6.1f}  p95 {p95:6.1f} ms", flush=True)


if __name__ == "__main__":
    import sys

    measure(sys.argv[2], int(sys.argv[3]))
