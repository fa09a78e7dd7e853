"""The knowledge base open to everybody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories import TopicFactory, published_article

from civicloop.apps.knowledge.models import Article, ArticleHit, Audience, HitKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen() -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.fixture
def public() -> Article:
    """A public article among others that are about something else."""
    for title in ("居住证申领", "公租房条件", "路灯报修"):
        published_article(title=title, audience=Audience.PUBLIC)
    return published_article(
        title="停水怎么办",
        audience=Audience.PUBLIC,
        topic=TopicFactory(path="水电气暖/供水/停水"),
    )


def test_citizen_finds_a_public_article_without_log_in(citizen: Client, public: Article):
    page = citizen.get(reverse("knowledge:help"), {"q": "小区停水了"})

    assert page.status_code == 200
    assert reverse("knowledge:help_article", args=[public.pk]) in page.text


def test_internal_article_is_neither_found_nor_opened(citizen: Client, public: Article):
    internal = published_article(title="停水答复口径", audience=Audience.INTERNAL)

    found = citizen.get(reverse("knowledge:help"), {"q": "停水"}).text
    opened = citizen.get(reverse("knowledge:help_article", args=[internal.pk]))

    assert "停水答复口径" not in found
    assert opened.status_code == 404


def test_expired_article_is_not_opened(citizen: Client):
    yesterday = timezone.localdate() - timedelta(days=1)
    expired = published_article(audience=Audience.PUBLIC, valid_to=yesterday)

    assert citizen.get(reverse("knowledge:help_article", args=[expired.pk])).status_code == 404


def test_topics_lead_to_their_articles(citizen: Client, public: Article):
    top = TopicFactory(path="水电气暖")

    front = citizen.get(reverse("knowledge:help")).text
    page = citizen.get(reverse("knowledge:help"), {"topic": top.pk}).text

    assert "水电气暖 (1)" in front
    assert "停水怎么办" in page


def test_question_without_an_answer_says_what_else_to_do(citizen: Client, public: Article):
    page = citizen.get(reverse("knowledge:help"), {"q": "量子力学"}).text

    assert "We have no answer to this yet." in page


@pytest.mark.parametrize("question", ["'\"<script>", "\x00", "停" * 5_000, "%", "😀"])
def test_any_question_gets_a_page(citizen: Client, public: Article, question: str):
    page = citizen.get(reverse("knowledge:help"), {"q": question})

    assert page.status_code == 200
    assert "<script>'" not in page.text


def test_looking_counts_nothing_and_saying_that_it_helped_does(citizen: Client, public: Article):
    citizen.get(reverse("knowledge:help_article", args=[public.pk]))
    assert not ArticleHit.objects.exists()

    citizen.post(reverse("knowledge:count_read", args=[public.pk]))
    page = citizen.post(reverse("knowledge:helped", args=[public.pk]), follow=True)

    assert "Thank you." in page.text
    assert set(ArticleHit.objects.values_list("kind", "count")) == {
        (HitKind.READ, 1),
        (HitKind.HELPED, 1),
    }


def test_staff_pages_stay_behind_the_log_in(citizen: Client, public: Article):
    response = citizen.get(reverse("knowledge:article", args=[public.pk]))

    assert response.status_code == 302


def test_who_finds_no_answer_is_led_to_a_report_and_who_reports_to_the_answers(
    citizen: Client, public: Article
):
    article = reverse("knowledge:help_article", args=[public.pk])

    for address in (reverse("knowledge:help"), article):
        assert (
            f'<a href="{reverse("citizen:what")}">Report something</a></p>'
            in citizen.get(address).text
        )
    assert reverse("knowledge:help") in citizen.get(reverse("citizen:what")).text
