from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from civicloop.apps.intake.models import Appeal, ImportRun, OriginalRow, Topic, TopicBasis
from civicloop.apps.issues.models import (
    Event,
    MeaningComparison,
    SimilarAppeal,
    TopicModelVersion,
    TopicSuggestion,
)
from civicloop.connectors.model_endpoint import model_endpoint_of
from civicloop.connectors.spreadsheets import cells_as_text

MakeAppeal = Callable[..., Appeal]


def page_of(appeal: Appeal) -> str:
    return reverse("intake:appeal", args=[appeal.pk])


@pytest.fixture
def suggestion(make_appeal: MakeAppeal, topic: Topic, now: datetime) -> TopicSuggestion:
    model = TopicModelVersion.objects.create(
        version=1, trained_at=now, trained_on="test", is_active=True, summary={}, payload=b""
    )
    return TopicSuggestion.objects.create(
        appeal=make_appeal("夜里油烟太重"),
        model=model,
        label=topic.path,
        topic=topic,
        probability=0.875,
        second_label="其他",
        second_probability=0.05,
        is_abstained=False,
        words=[["油烟", 1.5], ["夜里", -0.4]],
    )


@pytest.fixture
def original_row(make_appeal: MakeAppeal, now: datetime) -> OriginalRow:
    columns = [{"letter": "A", "header": "来电人"}, {"letter": "B", "header": ""}]
    run = ImportRun.objects.create(
        source="test",
        file_name="export.csv",
        file_sha256="0" * 64,
        on_error="skip",
        created_at=now,
        shape={"sheets": [{"name": "", "columns": columns}]},
    )
    row = OriginalRow(appeal=make_appeal(), run=run, row_number=7)
    row.seal_cells(cells_as_text(["王某某", "停水", "多出的一格"]))
    row.save(force_insert=True)
    return row


def test_text_stands_exactly_as_received(guest: Client, make_appeal: MakeAppeal) -> None:
    appeal = make_appeal("第一行\n  第二行  有空格\n\n<b>第四行</b>")

    response = guest.get(page_of(appeal))

    assert "第一行\n  第二行  有空格\n\n&lt;b&gt;第四行&lt;/b&gt;</blockquote>" in response.text


def test_nothing_tells_who_the_citizen_is(operator: Client, event: Event) -> None:
    appeal = event.members.first().appeal

    pages = [page_of(appeal), reverse("issues:event", args=[event.pk]), "/appeals/"]

    assert all(appeal.caller_key not in operator.get(page).text for page in pages)


def test_suggestion_is_shown_with_probability_and_words(
    operator: Client, suggestion: TopicSuggestion
) -> None:
    text = operator.get(page_of(suggestion.appeal)).text

    assert "87.5%" in text
    assert '<mark class="reason">油烟</mark>' in text
    assert "夜里</mark>" not in text  # it spoke against


def test_accepting_the_suggestion_settles_the_topic(
    operator: Client, suggestion: TopicSuggestion
) -> None:
    appeal = suggestion.appeal

    response = operator.post(
        reverse("issues:settle_topic", args=[appeal.pk]), {"topic": suggestion.topic_id}
    )

    appeal.refresh_from_db()
    assert response["Location"] == page_of(appeal)
    assert appeal.topic_id == suggestion.topic_id
    assert appeal.topic_basis == TopicBasis.CONFIRMED
    page = operator.get(page_of(appeal)).text
    assert "Topic settled: 油烟噪声 (before: –)" in page
    assert "87.5%" not in page


def test_unknown_topic_is_refused_in_words(operator: Client, make_appeal: MakeAppeal) -> None:
    appeal = make_appeal()

    operator.post(reverse("issues:settle_topic", args=[appeal.pk]), {"topic": "99"})

    appeal.refresh_from_db()
    assert appeal.topic is None
    assert "Choose a topic from the list." in operator.get(page_of(appeal)).text


def test_guest_gets_neither_form_nor_history(guest: Client, suggestion: TopicSuggestion) -> None:
    text = guest.get(page_of(suggestion.appeal)).text

    assert "Settle this topic" not in text
    assert "Accept" not in text
    assert 'id="history-title"' not in text


def test_similar_appeals_give_their_reasons_in_words(
    guest: Client, make_appeal: MakeAppeal
) -> None:
    appeal, other = make_appeal("一"), make_appeal("二")
    reasons = [["other_wording", "", -0.4], ["same_place", "青禾苑", 2.1], ["new_code", "", 0.1]]
    SimilarAppeal.objects.create(
        appeal=appeal, other=other, score=0.91, is_same_event=True, reasons=reasons
    )

    text = guest.get(page_of(appeal)).text

    assert "Chance of being one matter: 91.0%" in text
    assert text.index("for: same place") < text.index("against: other wording")
    assert "“青禾苑”" in text
    assert "new_code" in text


def test_the_citys_own_model_is_heard_only_where_there_is_one(
    guest: Client, make_appeal: MakeAppeal, settings: Settings, now: datetime
) -> None:
    appeal, other = make_appeal("一"), make_appeal("二")
    SimilarAppeal.objects.create(
        appeal=appeal, other=other, score=0.2, is_same_event=False, reasons=[], meaning=0.834
    )
    MeaningComparison.objects.create(
        compared_at=now, model_name="m", pair_count=0, failure="model: HTTP 503"
    )

    without = guest.get(page_of(appeal)).text
    settings.MODEL_ENDPOINT = model_endpoint_of("https://model.example/v1", name="m", key="")
    with_one = guest.get(page_of(appeal)).text

    assert "likeness of meaning, by the city's own model: 0.83" in with_one.replace("&#x27;", "'")
    assert "could not be asked at" in with_one
    assert "could not be asked" not in without


def test_event_of_the_appeal_is_linked(guest: Client, event: Event) -> None:
    appeal = event.members.first().appeal

    assert reverse("issues:event", args=[event.pk]) in guest.get(page_of(appeal)).text


def look_at(client: Client, appeal: Appeal) -> str:
    return client.post(reverse("looks:ask", args=[appeal.pk]), {"reason": "核对"}, follow=True).text


def test_original_row_is_sealed_and_shown_for_a_reason(
    operator: Client, original_row: OriginalRow
) -> None:
    before = operator.get(page_of(original_row.appeal)).text
    text = look_at(operator, original_row.appeal)

    assert "export.csv, row 7" in before
    assert "王某某" not in before
    assert "export.csv, row 7" in text
    assert '<th scope="row" lang="zh-Hans">来电人</th><td lang="zh-Hans">王某某</td>' in text
    assert '<th scope="row" lang="zh-Hans">B</th>' in text
    assert "多出的一格" in text


def test_original_row_of_a_sheet_that_is_no_longer_known_keeps_its_cells(
    operator: Client, original_row: OriginalRow
) -> None:
    OriginalRow.objects.update(sheet="七月")

    assert "王某某" in look_at(operator, original_row.appeal)


def test_original_row_is_kept_from_a_guest(guest: Client, original_row: OriginalRow) -> None:
    text = guest.get(page_of(original_row.appeal)).text

    assert "王某某" not in text
    assert "export.csv" not in text


@pytest.mark.parametrize("role", ["reviewer", "leader"])
def test_original_row_opens_to_nobody_who_does_not_reach_citizens(
    log_in: Callable[[str], Client], original_row: OriginalRow, role: str
) -> None:
    client = log_in(role)

    assert (
        client.post(reverse("looks:ask", args=[original_row.pk]), {"reason": "核对"}).status_code
        == 403
    )
