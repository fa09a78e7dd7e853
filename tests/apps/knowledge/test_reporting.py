from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories import article_content, published_article, writer_and_reviewer

from civicloop.apps.knowledge.actions.corrections import request_correction, settle_correction
from civicloop.apps.knowledge.actions.hits import Use, add_hits, count_hits
from civicloop.apps.knowledge.actions.reviewing import approve_article, submit_article
from civicloop.apps.knowledge.actions.writing import newest_version, rewrite_article
from civicloop.apps.knowledge.models import ArticleHit, CorrectionOutcome, HitKind
from civicloop.apps.knowledge.queries.reporting import (
    articles_behind,
    corrections_behind,
    knowledge_figures,
    most_corrected_articles,
    never_hit_articles,
    stale_articles,
    uses_of,
)
from civicloop.apps.knowledge.refusals import ArticleRefusedError
from civicloop.apps.knowledge.tables import REPORTS

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = date(2023, 11, 14)
APPROVED = datetime(2023, 6, 1, 1, tzinfo=UTC)


def test_stale_is_what_has_expired_or_was_not_looked_at_in_time():
    expired = published_article(now=APPROVED, title="甲", valid_to=DAY - timedelta(days=1))
    unseen = published_article(now=APPROVED - timedelta(days=365), title="乙")
    published_article(now=APPROVED, title="丙", valid_to=DAY)

    assert set(stale_articles(DAY)) == {expired, unseen}


def test_suggested_only_is_never_hit():
    shown, used, read = (published_article(title=title) for title in "甲乙丙")
    count_hits(articles=[shown, used, read], kind=HitKind.SHOWN, day=DAY)
    count_hits(articles=[used], kind=HitKind.ANSWERED, day=DAY)
    count_hits(articles=[read], kind=HitKind.READ, day=DAY)

    assert list(never_hit_articles(DAY)) == [shown]


def test_uses_of_a_day_add_up_in_one_row():
    article = published_article()

    count_hits(articles=[article], kind=HitKind.SHOWN, day=DAY)
    count_hits(articles=[article], kind=HitKind.SHOWN, day=DAY)
    add_hits(counts={Use(article.pk, DAY, HitKind.SHOWN): 3})

    assert ArticleHit.objects.get().count == 5


def test_figures_are_shares_of_their_wholes_in_the_window():
    used, unused = published_article(now=APPROVED, title="甲"), published_article(now=APPROVED)
    add_hits(
        counts={
            Use(used.pk, DAY, HitKind.SHOWN): 6,
            Use(unused.pk, DAY, HitKind.SHOWN): 2,
            Use(used.pk, DAY, HitKind.ANSWERED): 2,
            Use(used.pk, DAY, HitKind.READ): 4,
            Use(used.pk, DAY, HitKind.HELPED): 3,
            Use(unused.pk, DAY - timedelta(days=90), HitKind.ANSWERED): 9,  # a day too early
        }
    )

    figures = knowledge_figures(DAY)

    assert figures.first_day == date(2023, 8, 17)
    assert (figures.hit.part, figures.hit.whole) == (1, 2)
    assert figures.used.ratio == 2 / 8
    assert figures.helped.ratio == 3 / 4
    assert figures.stale.ratio == 0


def test_figures_without_articles_have_no_ratio():
    assert knowledge_figures(DAY).hit.ratio is None


def test_correction_is_due_in_five_days_and_counted(now):
    article = published_article()
    writer, reviewer = writer_and_reviewer()

    first = request_correction(article=article, text="号码错误", actor=writer, now=now)
    second = request_correction(article=article, text="地址错误", actor=writer, now=now)
    settle_correction(
        request=second,
        outcome=CorrectionOutcome.UNFOUNDED,
        answer="地址无误",
        actor=reviewer,
        now=now,
    )

    assert first.due_day == date(2023, 11, 19)
    assert first.is_overdue(date(2023, 11, 20))
    [counted] = most_corrected_articles(DAY, DAY)
    assert (counted.article, counted.asked_count, counted.corrected_count) == (article, 2, 0)
    assert knowledge_figures(date(2023, 11, 20)).overdue_correction_count == 1


def test_request_is_corrected_only_when_readers_see_another_version(now):
    article = published_article()
    writer, reviewer = writer_and_reviewer()
    asked = request_correction(article=article, text="号码错误", actor=writer, now=now)
    corrected = {
        "request": asked,
        "outcome": CorrectionOutcome.CORRECTED,
        "answer": "已更正",
        "actor": reviewer,
        "now": now,
    }
    with pytest.raises(ArticleRefusedError):
        settle_correction(**corrected)

    content = article_content(unit=article.unit, answer="新号码。")
    rewrite_article(
        article=article, content=content, base=newest_version(article), author=writer, now=now
    )
    submit_article(article=article, actor=writer, now=now)
    approve_article(article=article, actor=reviewer, now=now)

    assert settle_correction(**corrected).outcome == CorrectionOutcome.CORRECTED


def test_whoever_asked_for_a_correction_does_not_settle_it(now):
    article = published_article()
    writer, _ = writer_and_reviewer()
    asked = request_correction(article=article, text="号码错误", actor=writer, now=now)

    with pytest.raises(ArticleRefusedError):
        settle_correction(
            request=asked,
            outcome=CorrectionOutcome.UNFOUNDED,
            answer="无误",
            actor=writer,
            now=now,
        )


def test_each_report_is_a_table_with_a_row_per_article(now):
    article = published_article(now=now - timedelta(days=500))
    writer, _ = writer_and_reviewer()
    request_correction(article=article, text="号码错误", actor=writer, now=now)

    rows = {name: list(table(DAY)) for name, table in REPORTS.items()}

    assert {name: len(table) for name, table in rows.items()} == dict.fromkeys(REPORTS, 2)
    assert {table[1][0] for table in rows.values()} == {article.number}


def test_every_number_of_the_report_opens_what_it_is_made_of():
    used, unused = published_article(now=APPROVED, title="甲"), published_article(now=APPROVED)
    stale = published_article(now=APPROVED, title="乙", valid_to=DAY - timedelta(days=1))
    before = DAY - timedelta(days=90)
    add_hits(
        counts={
            Use(used.pk, DAY, HitKind.SHOWN): 6,
            Use(unused.pk, DAY - timedelta(days=89), HitKind.SHOWN): 2,
            Use(unused.pk, before, HitKind.SHOWN): 40,
            Use(unused.pk, before, HitKind.ANSWERED): 40,
            Use(used.pk, DAY, HitKind.ANSWERED): 2,
            Use(used.pk, DAY, HitKind.READ): 4,
            Use(used.pk, DAY, HitKind.HELPED): 3,
        }
    )
    requested_at = datetime(2023, 11, 1, 1, tzinfo=UTC)
    asked = request_correction(
        article=used, text="电话改了", actor=writer_and_reviewer()[0], now=requested_at
    )

    figures = knowledge_figures(DAY)
    made_of = {
        (figure, part): sum(map(uses_of, articles_behind(figure, part, DAY)))
        for figure in ("hit", "used", "helped", "stale")
        for part in ("part", "whole")
    }

    assert made_of == {
        (figure, part): getattr(getattr(figures, figure), part) for figure, part in made_of
    }
    assert list(articles_behind("used", "whole", DAY)) == [used, unused]
    assert list(articles_behind("stale", "part", DAY)) == [stale]
    for part in ("asked", "overdue"):
        assert list(corrections_behind(part, DAY)) == [asked]
    assert (figures.correction_count, figures.overdue_correction_count) == (1, 1)
