import csv
import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.issues.actions.hot_issues import record_hot_issues
from civicloop.apps.issues.models import Event, HotIssueList

URL = "/hot-issues/"
FACTORS = [
    "People",
    "Growth",
    "Spread",
    "Repeat callers",
    "Supporting votes",
    "Opposing votes",
    "Waiting",
]


def rows_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_ranking_shows_each_factor_with_its_points(guest: Client, hot_list: HotIssueList) -> None:
    [entry] = guest.get(URL).context["entries"]

    assert [factor.name for factor in entry["factors"]] == FACTORS
    assert entry["factors"][0].raw == "3 citizens"
    assert sum(factor.points for factor in entry["factors"]) == pytest.approx(
        entry["issue"].heat, abs=1e-4
    )


@pytest.mark.parametrize("scope", ["event", "topic"])
def test_counts_lead_to_the_appeals_that_they_count(
    scope: str, guest: Client, make_event: Callable[..., Event], topic: Topic, now: datetime
) -> None:
    event = make_event(3, "小区暖气不热", topic=topic)
    hot_list = record_hot_issues(day=now.date(), window_days=7, now=now)

    response = guest.get(URL, {"scope": scope})
    [entry] = response.context["entries"]
    counted = re.findall(
        rf'<a href="{re.escape(escape(entry["behind"]))}"><b>(\d+)</b>', response.text
    )
    assert counted == [str(entry["issue"].appeal_count), str(entry["issue"].people_count)]
    behind = guest.get(entry["behind"]).text
    whole = guest.get(response.context["behind"]).text

    for appeal in Appeal.objects.filter(event_member__event=event):
        assert reverse("intake:appeal", args=[appeal.pk]) in behind
        assert reverse("intake:appeal", args=[appeal.pk]) in whole
    assert hot_list.appeal_count == 3


def test_weights_are_explained_as_shares_of_the_whole(
    guest: Client, hot_list: HotIssueList
) -> None:
    weights = guest.get(URL).context["weights"]

    assert sum(weight.weight for weight in weights) == pytest.approx(1)
    assert all(weight.meaning for weight in weights)


def test_day_and_window_are_chosen_in_the_address(
    guest: Client, hot_list: HotIssueList, now: datetime
) -> None:
    wide = record_hot_issues(day=now.date(), window_days=28, now=now)

    response = guest.get(URL, {"day": "2023-11-14", "window": "28"})

    assert response.context["hot_list"] == wide
    assert re.search(r'<option value="28"\s+selected>', response.text)


@pytest.mark.parametrize("query", [{"day": "soon"}, {"window": "x"}])
def test_broken_day_or_window_is_not_found(
    query: dict[str, str], guest: Client, hot_list: HotIssueList
) -> None:
    assert guest.get(URL, query).status_code == 404


def test_city_without_a_ranking_says_how_to_make_one(guest: Client) -> None:
    assert "civicloop hot-issues" in guest.get(URL).text


def test_topics_have_a_ranking_of_their_own_that_leads_to_the_appeals(
    guest: Client,
    make_event: Callable[..., Event],
    topic: Topic,
    now: datetime,
) -> None:
    make_event(topic=topic)
    record_hot_issues(day=now.date(), window_days=7, now=now)

    response = guest.get(URL, {"scope": "topic"})

    assert f"/appeals/?topic={topic.pk}&amp;first_day=2023-11-08" in response.text


def test_hot_issue_table_is_exported_for_spreadsheet_programs(
    guest: Client, hot_list: HotIssueList, event: Event
) -> None:
    response = guest.get(reverse("issues:export", args=[hot_list.pk, "hot-events", "csv"]))

    header, row = rows_of(response)
    assert header[0] == "Rank"
    assert row[0] == "1"
    assert row[1] == str(event.pk)
    assert response["Content-Disposition"] == 'attachment; filename="hot-events-2023-11-14-7.csv"'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t"])
def test_exported_text_is_never_calculated(
    start: str,
    guest: Client,
    make_event: Callable[..., Event],
    now: datetime,
) -> None:
    hostile = f"{start}HYPERLINK(0)油烟"
    make_event(text=hostile, subject=hostile)
    ranking = record_hot_issues(day=now.date(), window_days=7, now=now)

    response = guest.get(reverse("issues:export", args=[ranking.pk, "hot-event-appeals", "csv"]))

    texts = [row[4] for row in rows_of(response)[1:]]
    assert texts == [f"'{hostile}"] * 3


def test_workbook_keeps_text_as_text(
    guest: Client, make_event: Callable[..., Event], now: datetime
) -> None:
    make_event(text="=1+1", subject="=1+1")
    ranking = record_hot_issues(day=now.date(), window_days=7, now=now)

    response = guest.get(reverse("issues:export", args=[ranking.pk, "hot-event-appeals", "xlsx"]))

    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    assert sheet["E2"].value == "=1+1"
    assert sheet["E2"].data_type == "s"


@pytest.mark.parametrize(("table", "kind"), [("secrets", "csv"), ("hot-events", "exe")])
def test_unknown_table_or_kind_of_file_is_not_found(
    table: str, kind: str, guest: Client, hot_list: HotIssueList
) -> None:
    response = guest.get(reverse("issues:export", args=[hot_list.pk, table, kind]))

    assert response.status_code == 404
