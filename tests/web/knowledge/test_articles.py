"""The pages of the knowledge base for staff."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import UnitFactory, article_content, published_article, writer_and_reviewer

from civicloop.apps.accounts.models import Role
from civicloop.apps.knowledge.actions.corrections import request_correction
from civicloop.apps.knowledge.actions.reviewing import submit_article
from civicloop.apps.knowledge.actions.writing import write_article
from civicloop.apps.knowledge.models import (
    Article,
    ArticleHit,
    ArticleState,
    CorrectionOutcome,
    HitKind,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(log_in: Callable[[str], Client]) -> Client:
    return log_in(Role.SUPERVISOR)


@pytest.fixture
def waiting(now) -> Article:
    """An article whose first version waits for a review."""
    writer, _ = writer_and_reviewer()
    article = write_article(content=article_content(title="停水怎么办"), author=writer, now=now)
    submit_article(article=article, actor=writer, now=now)
    return article


def answers(**changes: object) -> dict[str, object]:
    known = {
        "title": "停水怎么办",
        "answer": "拨打客服。",
        "source_name": "供水集团报送",
        "audience": "public",
        "valid_from": "2023-01-05",
    }
    return known | changes


def test_list_shows_each_article_with_owner_and_state(operator: Client):
    article = published_article(title="停水怎么办")

    page = operator.get(reverse("knowledge:article_list")).text

    assert "停水怎么办" in page
    assert article.unit.name in page
    assert "published" in page


def test_search_finds_by_words_and_by_number(operator: Client):
    for title in ("居住证申领", "公租房条件", "路灯报修"):
        published_article(title=title)
    article = published_article(title="停水怎么办")

    by_words = operator.get(reverse("knowledge:article_list"), {"q": "停水了"}).text
    by_number = operator.get(reverse("knowledge:article_list"), {"q": article.number}).text

    for page in (by_words, by_number):
        assert "停水" in page
        assert "路灯报修" not in page


def test_filters_narrow_the_list(operator: Client, waiting: Article):
    published_article(title="路灯报修")

    page = operator.get(reverse("knowledge:article_list"), {"state": "in_review"}).text

    assert "停水怎么办" in page
    assert "路灯报修" not in page


def test_htmx_gets_only_the_table(operator: Client):
    published_article()

    page = operator.get(reverse("knowledge:article_list"), headers={"HX-Request": "true"})

    assert "<html" not in page.text
    assert "HX-Request" in page["Vary"]


def test_operator_writes_previews_and_hands_in_and_another_publishes(
    operator: Client, supervisor: Client
):
    unit = UnitFactory()
    form = answers(unit=unit.pk)

    preview = operator.post(reverse("knowledge:new_article"), {**form, "preview": "1"})
    assert preview.status_code == 200
    assert "Preview: not saved yet" in preview.text
    assert not Article.objects.exists()

    operator.post(reverse("knowledge:new_article"), form)
    article = Article.objects.get()
    operator.post(reverse("knowledge:submit", args=[article.pk]))
    supervisor.post(reverse("knowledge:approve", args=[article.pk]))

    article.refresh_from_db()
    assert article.state == ArticleState.PUBLISHED


def test_form_with_a_mistake_says_so_and_saves_nothing(operator: Client):
    form = answers(unit=UnitFactory().pk, valid_to="2022-01-01")

    response = operator.post(reverse("knowledge:new_article"), form)

    assert response.status_code == 422
    assert "The last valid day lies before the first." in response.text
    assert not Article.objects.exists()


def test_edit_writes_a_second_version_and_shows_what_changed(operator: Client):
    article = published_article(answer="先测温。再退费。")
    page = operator.get(reverse("knowledge:edit_article", args=[article.pk]))
    initial = {k: v for k, v in page.context["form"].initial.items() if v is not None}

    response = operator.post(
        reverse("knowledge:edit_article", args=[article.pk]),
        {**initial, "answer": "先测温。后退费。"},
        follow=True,
    )

    assert "<del>再退费。</del><ins>后退费。</ins>" in response.text
    assert article.versions.count() == 2


def test_second_writer_keeps_his_words_when_somebody_was_faster(operator: Client):
    article = published_article()
    address = reverse("knowledge:edit_article", args=[article.pk])
    form = answers(unit=article.unit_id, base=1)
    operator.post(address, {**form, "answer": "第一人。"})

    response = operator.post(address, {**form, "answer": "第二人。"})

    assert response.status_code == 422
    assert "第二人。" in response.text
    assert article.versions.count() == 2


def test_reviewer_returns_with_a_note_that_the_author_reads(
    operator: Client, supervisor: Client, waiting: Article
):
    supervisor.post(reverse("knowledge:return", args=[waiting.pk]), {"note": "缺少依据"})

    page = operator.get(reverse("knowledge:article", args=[waiting.pk])).text

    assert "缺少依据" in page
    assert "was returned by reviewer" not in page  # the fixture's reviewer did not do it
    assert "was returned by supervisor-user" in page


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("approve", Role.OPERATOR),
        ("return", Role.DISPATCHER),
        ("withdraw", Role.OPERATOR),
        ("confirm", Role.OPERATOR),
        ("submit", Role.SUPERVISOR),
        ("edit_article", Role.GUEST),
        ("ask_correction", Role.GUEST),
    ],
)
def test_change_is_refused_to_a_role_that_may_not(
    name: str, role: str, waiting: Article, log_in: Callable[[str], Client]
):
    response = log_in(role).post(reverse(f"knowledge:{name}", args=[waiting.pk]))

    assert response.status_code == 403


@pytest.mark.parametrize("name", ["article_list", "review_queue", "knowledge_report", "suggest"])
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.GUEST, 200), (Role.OPERATOR, 200), (Role.SUPERVISOR, 200), (Role.MEDIATOR, 403)],
)
def test_reading_pages_open_for_roles_that_read_articles(
    name: str, role: str, status: int, waiting: Article, log_in: Callable[[str], Client]
):
    response = log_in(role).get(reverse(f"knowledge:{name}"))

    assert response.status_code == status


def test_withdrawal_and_restoring_lead_back_through_a_review(operator: Client, supervisor: Client):
    article = published_article()
    supervisor.post(reverse("knowledge:withdraw", args=[article.pk]), {"reason": "已废止"})
    assert Article.objects.get().state == ArticleState.WITHDRAWN

    operator.post(reverse("knowledge:restore", args=[article.pk, 1]))

    assert Article.objects.get().state == ArticleState.IN_REVIEW


def test_still_right_puts_off_the_next_look(supervisor: Client):
    article = published_article()
    before = article.review_due_day

    supervisor.post(reverse("knowledge:confirm", args=[article.pk]))

    article.refresh_from_db()
    assert article.review_due_day > before


def test_correction_is_asked_for_and_settled(operator: Client, supervisor: Client):
    article = published_article()
    operator.post(reverse("knowledge:ask_correction", args=[article.pk]), {"text": "号码错误"})
    asked = article.corrections.get()

    queue = supervisor.get(reverse("knowledge:review_queue")).text
    supervisor.post(
        reverse("knowledge:settle_correction", args=[asked.pk]),
        {"outcome": "unfounded", "answer": "号码无误"},
    )

    asked.refresh_from_db()
    assert "号码错误" in queue
    assert asked.outcome == CorrectionOutcome.UNFOUNDED


def test_no_box_lets_a_character_in_that_the_database_refuses(operator: Client, supervisor: Client):
    article = published_article()

    operator.post(reverse("knowledge:ask_correction", args=[article.pk]), {"text": "号\0码"})
    supervisor.post(reverse("knowledge:withdraw", args=[article.pk]), {"reason": "过\0期"})

    assert article.corrections.get().text == "号码"
    article.refresh_from_db()
    assert article.state == ArticleState.WITHDRAWN


def test_settling_without_an_answer_changes_nothing(supervisor: Client, now):
    writer, _ = writer_and_reviewer()
    asked = request_correction(article=published_article(), text="错", actor=writer, now=now)

    response = supervisor.post(
        reverse("knowledge:settle_correction", args=[asked.pk]), {"outcome": "open"}, follow=True
    )

    asked.refresh_from_db()
    assert "Choose what came of it" in response.text
    assert asked.outcome == CorrectionOutcome.OPEN


def test_import_page_names_row_column_and_cure(operator: Client):
    file = BytesIO("标题,答案,来源,责任单位,生效日期\n停水,答,源,没有这家,2023-01-05\n".encode())
    file.name = "articles.csv"

    response = operator.post(
        reverse("knowledge:import_articles"), {"file": file, "on_error": "skip"}
    )

    assert "没有这家" in response.text
    assert "Write the unit&#x27;s code or its full name." in response.text


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "标题,答案\n停水,答\n".encode()])
def test_file_that_is_no_table_of_articles_is_refused_in_words(operator: Client, content: bytes):
    file = BytesIO(content)
    file.name = "articles.csv"

    response = operator.post(
        reverse("knowledge:import_articles"), {"file": file, "on_error": "skip"}
    )

    assert response.status_code == 422
    assert "errorlist" in response.text


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_articles_and_reports_are_saved_as_files(operator: Client, format_: str):
    published_article()

    for address in (
        reverse("knowledge:export", args=[format_]),
        reverse("knowledge:export_report", args=["never-hit", format_]),
    ):
        response = operator.get(address)
        assert response["Content-Disposition"].endswith(f'.{format_}"')


@pytest.mark.parametrize("address", ["articles.doc", "report/other.csv", "report/stale.doc"])
def test_unknown_file_is_not_found(operator: Client, address: str):
    assert operator.get(f"/knowledge/{address}").status_code == 404


@pytest.mark.parametrize("query", ["version=9", "version=x", "beside=9"])
def test_version_that_is_not_there_is_not_found(operator: Client, query: str):
    article = published_article()

    response = operator.get(f"{reverse('knowledge:article', args=[article.pk])}?{query}")

    assert response.status_code == 404


def test_suggestions_are_a_polite_fragment_that_takes_no_focus(operator: Client):
    for title in ("居住证申领", "公租房条件", "路灯报修"):
        published_article(title=title)
    article = published_article(title="停水怎么办")

    response = operator.get(
        reverse("knowledge:suggest"), {"q": "我家停水"}, headers={"HX-Request": "true"}
    )

    assert "<html" not in response.text
    assert 'role="status"' in response.text
    assert "autofocus" not in response.text
    assert f'value="{article.pk}"' in response.text
    assert not ArticleHit.objects.exists()  # looking changes nothing


def test_suggestions_are_counted_when_they_are_on_the_screen(operator: Client):
    article = published_article()

    operator.post(reverse("knowledge:count_shown"), {"shown": f"{article.pk} x 999999"})

    hit = ArticleHit.objects.get()
    assert (hit.article, hit.kind, hit.count) == (article, HitKind.SHOWN, 1)
