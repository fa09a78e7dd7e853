from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.topic_versions import train_topics
from civicloop.apps.issues.models import TopicModelVersion, TopicSuggestion
from civicloop.engines.text.topics import LabelledText

URL = "/topic-model/"
PROBLEMS = {"供水": "自来水停水了", "噪声": "半夜施工吵", "道路": "路面有个大坑"}


@pytest.fixture
def versions(db: None, now: datetime) -> list[TopicModelVersion]:
    rows = [
        LabelledText(text=f"{chr(0x4E00 + number)}街{text}", label=label, key=str(number))
        for number in range(12)
        for label, text in PROBLEMS.items()
    ]
    return [train_topics(rows=rows, trained_on="rows.csv", now=now) for _ in range(2)]


@pytest.fixture
def doubtful(versions: list[TopicModelVersion], make_appeal: Callable[..., Appeal]) -> Appeal:
    appeal = make_appeal()
    TopicSuggestion.objects.create(
        appeal=appeal,
        model=versions[0],
        label="供水",
        probability=0.4,
        second_label="噪声",
        second_probability=0.35,
        is_abstained=True,
        words=[],
    )
    return appeal


def test_page_says_how_to_make_a_model_before_there_is_one(guest: Client) -> None:
    assert "civicloop train" in guest.get(URL).text


def test_page_shows_versions_classes_and_curves(
    guest: Client, versions: list[TopicModelVersion]
) -> None:
    response = guest.get(URL)

    assert response.context["shown"] == versions[0]
    assert [row[0] for row in response.context["classes"]] == ["供水", "噪声", "道路"]
    assert 'data-chart="reliability"' in response.text
    assert 'data-chart="coverage"' in response.text
    assert "v2" in response.text
    assert "like those it learned from" in response.text


def test_curves_have_a_sentence_and_a_table(
    guest: Client, versions: list[TopicModelVersion]
) -> None:
    curve = guest.get(URL).context["coverage"]

    assert curve.summary.endswith("%.")
    assert [step for step, _values in curve.rows][-1] == 1
    assert curve.plain["days"][-1] == "100%"
    assert (curve.plain["stepsName"], curve.plain["unit"]) == ("Answered", "%")


def test_an_older_version_can_be_looked_at(
    guest: Client, versions: list[TopicModelVersion]
) -> None:
    assert guest.get(URL, {"version": "2"}).context["shown"] == versions[1]
    assert guest.get(URL, {"version": "9"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.GUEST, 403),
        (Role.OPERATOR, 403),
        (Role.DISPATCHER, 403),
        (Role.SUPERVISOR, 302),
        (Role.SYSTEM_ADMIN, 403),
    ],
)
def test_a_version_is_put_to_use_by_those_who_may(
    role: str, status: int, versions: list[TopicModelVersion], log_in: Callable[[str], Client]
) -> None:
    client = log_in(role)
    address = reverse("issues:use_model", args=[2])

    assert client.post(address).status_code == status

    is_allowed = status == 302
    assert TopicModelVersion.objects.get(is_active=True).version == (2 if is_allowed else 1)
    assert AuditEvent.objects.filter(action="topic_model_promoted").exists() == is_allowed
    assert ("Put to use" in client.get(URL).text) == is_allowed


def test_a_look_does_not_put_a_version_to_use(
    versions: list[TopicModelVersion], log_in: Callable[[str], Client]
) -> None:
    assert log_in(Role.SUPERVISOR).get(reverse("issues:use_model", args=[2])).status_code == 405


def test_appeals_worth_a_label_are_listed_and_saved(guest: Client, doubtful: Appeal) -> None:
    page = guest.get(URL)
    file = guest.get(reverse("issues:model_export", args=["to-label"]))

    assert reverse("intake:appeal", args=[doubtful.pk]) in page.text
    assert doubtful.source_key in b"".join(file.streaming_content).decode("utf-8-sig")


def test_unknown_tables_are_not_found(guest: Client, versions: list[TopicModelVersion]) -> None:
    assert guest.get("/topic-model/other.csv").status_code == 404


def test_a_text_that_is_filed_in_two_ways_is_shown_once(
    guest: Client, versions: list[TopicModelVersion]
) -> None:
    texts = [("7", "供水", "道路", "3"), ("9", "供水", "道路", "3"), ("8", "噪声", "供水", "5")]
    versions[0].conflicts = [["same_text", *text, None] for text in texts]
    versions[0].conflicts += [["sure_of_another", "2", "噪声", "道路", "", 0.97]]
    versions[0].save()

    response = guest.get(URL)

    assert [text.filings for text in response.context["like_texts"]] == [
        (("道路", ("3",)), ("供水", ("7", "9"))),
        (("供水", ("5",)), ("噪声", ("8",))),
    ]
    assert [one.key for one in response.context["contradicted"]] == ["2"]
    assert response.text.count("Row 3\n") == 1
    assert "97.0%" in response.text


def test_page_names_its_training_rows_in_the_readers_language(
    guest: Client, versions: list[TopicModelVersion]
) -> None:
    versions[0].trained_on, versions[0].has_learned_from_appeals = "本系统中的诉求", True
    versions[0].save()
    versions[1].learned = [["供水", "停水", 0.2]]
    versions[1].save()

    text = guest.get(URL).text

    assert "the appeals of this installation" in text
    assert "本系统中的诉求" not in text
    assert "rows.csv" in text  # of the other version
    assert "There was no version before" in text
    assert "than in the version before" in guest.get(URL, {"version": "2"}).text
