from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.factories import article_content, published_article, writer_and_reviewer

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.knowledge.actions.reviewing import (
    approve_article,
    confirm_article,
    return_article,
    submit_article,
    withdraw_article,
)
from civicloop.apps.knowledge.actions.writing import (
    newest_version,
    restore_version,
    rewrite_article,
    write_article,
)
from civicloop.apps.knowledge.contents import ArticleContent
from civicloop.apps.knowledge.models import ArticleState, ArticleVersion, Audience
from civicloop.apps.knowledge.refusals import ArticleRefusedError

pytestmark = pytest.mark.django_db


def rewritten(article, now, **changes):
    newest = newest_version(article)
    content = ArticleContent.of(newest)
    changed = {name: getattr(content, name) for name in content.__slots__} | changes
    writer, _ = writer_and_reviewer()
    return rewrite_article(
        article=article, content=ArticleContent(**changed), base=newest, author=writer, now=now
    )


def test_new_article_is_a_draft_with_a_number_and_one_version(now):
    writer, _ = writer_and_reviewer()

    article = write_article(content=article_content(), author=writer, now=now)

    assert article.number == f"K{article.pk:05d}"
    assert article.state == ArticleState.DRAFT
    assert article.current is None
    assert [version.number for version in article.versions.all()] == [1]


def test_nobody_approves_what_he_wrote(now):
    chief = User.objects.create(username="chief", role=Role.SUPERVISOR)
    article = write_article(content=article_content(), author=chief, now=now)
    submit_article(article=article, actor=chief, now=now)

    with pytest.raises(ArticleRefusedError):
        approve_article(article=article, actor=chief, now=now)


@pytest.mark.both_databases
def test_database_too_refuses_an_author_as_reviewer(now):
    version = newest_version(published_article())

    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleVersion.objects.filter(pk=version.pk).update(reviewed_by=version.author)


def test_approval_publishes_and_asks_for_a_look_in_a_year(now):
    article = published_article(now=now)

    assert article.state == ArticleState.PUBLISHED
    assert article.current.number == 1
    assert article.review_due_day == date(2024, 11, 13)  # 365 days, 2024 has a 29 February


def test_readers_see_the_old_version_until_the_new_one_is_approved(now):
    article = published_article(audience=Audience.INTERNAL)
    _, reviewer = writer_and_reviewer()

    version = rewritten(article, now, answer="新的答案。", audience=Audience.PUBLIC)
    submit_article(article=article, actor=version.author, now=now)
    article.refresh_from_db()
    assert (article.current.number, article.audience) == (1, Audience.INTERNAL)

    approve_article(article=article, actor=reviewer, now=now)
    article.refresh_from_db()
    assert (article.current.number, article.audience) == (2, Audience.PUBLIC)


def test_second_writer_is_told_of_the_version_written_meanwhile(now):
    article = published_article()
    base = newest_version(article)
    rewritten(article, now, answer="第一人的改动。")
    writer, _ = writer_and_reviewer()

    with pytest.raises(ArticleRefusedError, match="2"):
        rewrite_article(
            article=article,
            content=article_content(unit=article.unit, answer="第二人的改动。"),
            base=base,
            author=writer,
            now=now,
        )


def test_saving_the_same_words_again_is_refused(now):
    article = published_article()

    with pytest.raises(ArticleRefusedError):
        rewritten(article, now)


def test_returned_version_needs_another_before_it_is_handed_in(now):
    writer, reviewer = writer_and_reviewer()
    article = write_article(content=article_content(), author=writer, now=now)
    submit_article(article=article, actor=writer, now=now)

    return_article(article=article, note="缺少依据", actor=reviewer, now=now)

    article.refresh_from_db()
    assert article.state == ArticleState.DRAFT
    with pytest.raises(ArticleRefusedError):
        submit_article(article=article, actor=writer, now=now)
    rewritten(article, now, legal_basis="办法第三条")
    submit_article(article=article, actor=writer, now=now)


def test_withdrawn_article_comes_back_as_a_new_version_after_a_review(now):
    article = published_article()
    writer, reviewer = writer_and_reviewer()
    first = newest_version(article)
    withdraw_article(article=article, reason="政策已废止", actor=reviewer, now=now)
    article.refresh_from_db()
    assert (article.state, article.current) == (ArticleState.WITHDRAWN, None)

    restored = restore_version(version=first, author=writer, now=now)
    approve_article(article=article, actor=reviewer, now=now)

    article.refresh_from_db()
    assert article.current == restored
    assert (restored.number, restored.restored_from, restored.answer) == (2, first, first.answer)


def test_newest_version_is_not_restored(now):
    article = published_article()
    writer, _ = writer_and_reviewer()

    with pytest.raises(ArticleRefusedError):
        restore_version(version=newest_version(article), author=writer, now=now)


def test_look_that_finds_it_right_puts_the_next_one_off(now):
    article = published_article(now=now - timedelta(days=400))
    _, reviewer = writer_and_reviewer()

    confirm_article(article=article, actor=reviewer, now=now)

    article.refresh_from_db()
    assert article.review_due_day == date(2024, 11, 13)


def test_expired_article_cannot_be_found_still_right(now):
    article = published_article(valid_to=date(2023, 11, 13))
    _, reviewer = writer_and_reviewer()

    with pytest.raises(ArticleRefusedError):
        confirm_article(article=article, actor=reviewer, now=now)


@pytest.mark.parametrize("note", ["", "  "])
def test_return_and_withdrawal_need_a_reason(now, note):
    article = published_article()
    _, reviewer = writer_and_reviewer()

    with pytest.raises(ArticleRefusedError):
        return_article(article=article, note=note, actor=reviewer, now=now)
    with pytest.raises(ArticleRefusedError):
        withdraw_article(article=article, reason=note, actor=reviewer, now=now)


def test_every_step_leaves_its_audit_event(now):
    article = published_article()
    _, reviewer = writer_and_reviewer()
    withdraw_article(article=article, reason="重复", actor=reviewer, now=now)

    events = AuditEvent.objects.filter(object_type="article", object_id=str(article.pk))

    assert list(events.order_by("id").values_list("action", flat=True)) == [
        "article_written",
        "article_submitted",
        "article_approved",
        "article_withdrawn",
    ]
