from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues import reply_queries
from civicloop.apps.issues.actions.check_replies import check_replies
from civicloop.apps.issues.models import ReplyCheck, ReplyVerdict
from civicloop.apps.issues.reply_queries import RepliesPage

Replied = Callable[..., Appeal]
ASKED = "青禾苑楼下烧烤店油烟扰民，请问什么时候安装油烟净化设备？另外请求修复小区东门的路灯。"
PARTIAL = "经核查，已责令青禾苑烧烤店整改，油烟净化设备将于2023年12月10日前安装到位。"
TRANSFER = "您好，您反映的问题已转相关部门处理。"


@pytest.fixture
def replied(make_appeal: Callable[..., Appeal], now: datetime) -> Replied:
    def make(reply: str, **fields: object) -> Appeal:
        appeal = make_appeal(
            ASKED, reply_text=reply, replied_at=now + timedelta(days=2), is_waiting=False, **fields
        )
        check_replies(now=now)
        return appeal

    return make


def test_panel_shows_each_request_with_its_sentence(guest: Client, replied: Replied) -> None:
    appeal = replied(PARTIAL)

    text = guest.get(reverse("intake:appeal", args=[appeal.pk])).text

    assert "Does the reply answer?" in text
    assert "not found in the reply" in text
    assert '<q lang="zh-Hans">' in text
    assert "was due by 10 Dec 2023" in text
    assert "已责令青禾苑烧烤店整改" in text


def test_panel_is_not_there_before_the_check(
    guest: Client, make_appeal: Callable[..., Appeal]
) -> None:
    appeal = make_appeal(ASKED, reply_text=PARTIAL)

    assert (
        "Does the reply answer?" not in guest.get(reverse("intake:appeal", args=[appeal.pk])).text
    )


def test_words_of_the_reply_are_escaped(guest: Client, replied: Replied) -> None:
    appeal = replied("经核查，已责令青禾苑<script>alert(1)</script>整改油烟净化设备。")

    assert "<script>alert" not in guest.get(reverse("intake:appeal", args=[appeal.pk])).text


def test_list_is_filtered_by_the_address(guest: Client, replied: Replied) -> None:
    empty, partial = replied(TRANSFER), replied(PARTIAL)

    def shown(query: str) -> list[int]:
        page = guest.get(f"/replies/?{query}").context["page"]
        return [check.pk for check in page.checks]

    assert shown("look=empty") == [empty.pk]
    assert shown("look=unanswered") == [partial.pk]
    assert shown("look=all") == [empty.pk, partial.pk]
    assert shown("look=all&order=newest") == [partial.pk, empty.pk]
    assert shown("look=overdue") == [partial.pk]
    assert shown(f"look=empty&county={empty.county_id}") == [empty.pk]
    assert shown("look=empty&county=987654") == []


@pytest.mark.parametrize(
    "query",
    [
        "look=nonsense",
        "county=x",
        "after=x",
        "before=20230101T000000.0-x",
        "before=00010101T000000.0--9999999999999999999999999",
        "before=00010101T000000.0-1",
        "order=newest&before=00010101T000000.0-1",
        "order=newest&after=99991231T235959.9-9999999999999999999999999",
        "order=backwards",
        "after=nan-1",
        "after=2-1",
        "before=1.0-99999999999999999999999999",
        "template=-1",
    ],
)
def test_broken_address_shows_the_whole_list(guest: Client, replied: Replied, query: str) -> None:
    replied(TRANSFER)

    response = guest.get(f"/replies/?{query}")

    assert response.status_code == 200
    assert len(response.context["page"].checks) == 1


def test_what_may_be_answered_in_other_words_is_shown_only_when_asked_for(
    guest: Client, replied: Replied
) -> None:
    unclear = replied("经研究，由于管网改造尚未完成，依据《燃气管理条例》第十条，暂不具备条件。")

    sure, every = guest.get("/replies/"), guest.get("/replies/?look=all")

    assert unclear.reply_check.verdict == ReplyVerdict.UNCLEAR
    assert sure.context["page"].checks == []
    assert [check.pk for check in every.context["page"].checks] == [unclear.pk]


@pytest.mark.parametrize("order", ["surest", "newest"])
def test_pages_follow_one_another_both_ways(
    guest: Client, replied: Replied, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(reply_queries, "CHECKS_PER_PAGE", 2)
    appeals = [replied(TRANSFER) for _ in range(5)]

    def page(**query: str) -> RepliesPage:
        return guest.get("/replies/", {"order": order, **query}).context["page"]

    first = page()
    second = page(after=first.after)
    third = page(after=second.after)
    back = page(before=third.before)

    numbers = [check.pk for shown in (first, second, third) for check in shown.checks]
    assert sorted(numbers) == [appeal.pk for appeal in appeals]
    assert [check.pk for check in back.checks] == [check.pk for check in second.checks]
    assert (first.before, third.after) == ("", "")


def test_htmx_gets_only_the_table(guest: Client, replied: Replied) -> None:
    replied(TRANSFER)

    response = guest.get("/replies/", headers={"HX-Request": "true"})

    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]


def test_files_hold_the_list_and_no_formula(guest: Client, replied: Replied) -> None:
    replied(TRANSFER, subject="=HYPERLINK(1)")

    as_csv = b"".join(guest.get("/replies/replies.csv?look=empty").streaming_content).decode(
        "utf-8"
    )
    sheet = load_workbook(BytesIO(guest.get("/replies/replies.xlsx").content)).active

    assert "'=HYPERLINK(1)" in as_csv
    assert sheet["B2"].data_type == "s"
    assert guest.get("/replies/replies.pdf").status_code == 404


def test_stranger_is_asked_to_log_in(client: Client, db: None) -> None:
    for address in ("/replies/", "/replies/replies.csv"):
        assert client.get(address).status_code == 302


def test_empty_installation_names_the_command(guest: Client) -> None:
    assert "civicloop check-replies" in guest.get("/replies/").text
    assert not ReplyCheck.objects.exists()
