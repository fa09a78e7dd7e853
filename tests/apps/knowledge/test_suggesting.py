from datetime import date

import pytest
from tests.factories import AreaFactory, TopicFactory, published_article, writer_and_reviewer

from civicloop.apps.knowledge.actions.reviewing import withdraw_article
from civicloop.apps.knowledge.models import Audience
from civicloop.apps.knowledge.queries.suggesting import suggest_articles

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = date(2023, 11, 14)


@pytest.fixture(autouse=True)
def other_articles():
    """Enough articles about other things, so that words tell."""
    for title in ("居住证申领", "公租房条件", "路灯报修", "公积金提取", "社保卡补办"):
        published_article(title=title, answer="请到窗口办理。")


def titles(text: str, **asked) -> list[str]:
    return [each.article.current.title for each in suggest_articles(text, **{"day": DAY} | asked)]


def test_suggestion_says_which_words_matched():
    article = published_article(title="停水怎么查询")

    [found] = suggest_articles("我们小区停水了", day=DAY)

    assert found.article == article
    assert found.words == ("停水",)


def test_only_what_holds_on_the_day_is_suggested():
    published_article(title="停水补偿", valid_to=date(2023, 11, 13))
    published_article(title="停水通知", valid_from=date(2023, 11, 15))
    published_article(title="停水抢修", valid_from=DAY, valid_to=DAY)

    assert titles("停水") == ["停水抢修"]
    assert titles("停水", day=date(2023, 11, 15)) == ["停水通知"]


def test_citizens_are_told_of_public_articles_only():
    published_article(title="停水口径", audience=Audience.INTERNAL)
    published_article(title="停水指南", audience=Audience.PUBLIC)

    assert titles("停水", audience=Audience.PUBLIC) == ["停水指南"]
    assert set(titles("停水")) == {"停水口径", "停水指南"}


def test_article_of_another_place_is_left_out():
    here = AreaFactory(code="990101000000", name="云溪区")
    town = AreaFactory(code="990101001000", name="河口镇", level="township", parent=here)
    there = AreaFactory(code="990102000000", name="望澜区")
    published_article(title="停水安排一", area=there)
    published_article(title="停水安排二", area=here)
    published_article(title="停水安排三")

    assert set(titles("停水", area=town)) == {"停水安排二", "停水安排三"}


def test_topic_alone_suggests_its_articles():
    topic = TopicFactory(path="水电气暖/供水/停水")
    published_article(title="停水怎么查询", topic=topic)

    assert titles("", topic=topic) == ["停水怎么查询"]


def test_withdrawn_article_is_gone_at_once(now):
    article = published_article(title="停水怎么查询")
    _, reviewer = writer_and_reviewer()
    assert titles("停水") == ["停水怎么查询"]

    withdraw_article(article=article, reason="废止", actor=reviewer, now=now)

    assert titles("停水") == []


def test_article_published_after_the_first_question_is_found():
    assert titles("停水") == []

    published_article(title="停水怎么查询")

    assert titles("停水") == ["停水怎么查询"]


def test_question_needs_two_statements_once_the_index_is_there(django_assert_num_queries):
    published_article(title="停水怎么查询")
    titles("停水")

    with django_assert_num_queries(2):
        titles("停水")
