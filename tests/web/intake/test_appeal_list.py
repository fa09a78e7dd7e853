from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from civicloop.apps.accounts.models import Role
from civicloop.apps.intake.models import Appeal, Kind, Topic

NOTING = 3  # statements that note who looked
URL = "/appeals/"
HTMX = {"HX-Request": "true"}
MakeAppeal = Callable[..., Appeal]


def test_two_character_word_finds_and_marks_the_appeal(
    guest: Client, make_appeal: MakeAppeal
) -> None:
    make_appeal("小区停水三天没有通知")
    make_appeal("路灯不亮")

    response = guest.get(URL, {"q": "停水"})

    assert "<mark>停水</mark>" in response.text
    assert "路灯不亮" not in response.text


def test_htmx_gets_only_the_table_and_the_tidy_address(
    guest: Client, make_appeal: MakeAppeal
) -> None:
    make_appeal()

    response = guest.get(URL, {"q": "油烟", "kind": "", "topic": ""}, headers=HTMX)

    assert "<html" not in response.text
    assert "<table" in response.text
    assert response["HX-Push-Url"] == "/appeals/?q=%E6%B2%B9%E7%83%9F"


def test_htmx_gets_the_filters_in_force_too(guest: Client, make_appeal: MakeAppeal) -> None:
    make_appeal()

    response = guest.get(URL, {"q": "油烟"}, headers=HTMX)

    assert 'class="chosen"' in response.text


def test_answer_depends_on_the_htmx_header(guest: Client) -> None:
    response = guest.get(URL)

    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": Kind.HELP.value}, {"求助"}),
        ({"waiting": "1"}, {"求助", "无类别"}),
        ({"no_topic": "1"}, {"求助", "无类别"}),
        ({"last_day": "2023-11-13"}, {"旧的"}),
        ({"first_day": "2023-11-14"}, {"求助", "无类别"}),
    ],
)
def test_filters_narrow_the_list(
    query: dict[str, str],
    expected: set[str],
    guest: Client,
    make_appeal: MakeAppeal,
    topic: Topic,
    now: datetime,
) -> None:
    make_appeal("求助", kind=Kind.HELP)
    make_appeal("无类别")
    make_appeal(
        "旧的", topic=topic, received_at=now.replace(day=1), replied_at=now, is_waiting=False
    )

    page = guest.get(URL, query).context["page"]

    assert {appeal.text for appeal in page.appeals} == expected


def test_topic_area_and_channel_narrow_the_list(
    guest: Client, make_appeal: MakeAppeal, topic: Topic
) -> None:
    inside = make_appeal("有类别", topic=topic)
    make_appeal("无区划", area=None, county=None)
    query = {"topic": topic.pk, "area": inside.area_id, "channel": inside.channel_id}

    page = guest.get(URL, query).context["page"]

    assert page.appeals == [inside]


def test_chosen_filters_are_named_each_with_its_way_out(guest: Client, topic: Topic) -> None:
    response = guest.get(URL, {"topic": topic.pk, "q": "油烟", "after": "xyz"})

    chosen = {filter_.label: filter_.address for filter_ in response.context["chosen"]}
    assert chosen == {"“油烟”": f"?topic={topic.pk}", "油烟噪声": "?q=%E6%B2%B9%E7%83%9F"}


def test_boxes_keep_what_the_address_says(guest: Client, topic: Topic) -> None:
    response = guest.get(URL, {"topic": topic.pk, "q": "油烟", "first_day": "2023-11-01"})

    assert f'<option value="{topic.pk}" selected>' in response.text
    assert 'value="油烟"' in response.text
    assert 'value="2023-11-01"' in response.text


def test_paging_keeps_the_filters(
    guest: Client, make_appeal: MakeAppeal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civicloop.web.intake.views.APPEALS_PER_PAGE", 2)
    for number in range(5):
        make_appeal(f"停水第{number}次", kind=Kind.HELP)
    first = guest.get(URL, {"kind": "help"})

    second = guest.get(URL, {"kind": "help", "after": first.context["page"].next_cursor})

    assert "?kind=help&amp;after=" in first.text
    assert [appeal.text for appeal in second.context["page"].appeals] == ["停水第2次", "停水第3次"]
    assert "?kind=help&amp;before=" in second.text


def test_broken_filter_is_left_out_and_said(guest: Client, make_appeal: MakeAppeal) -> None:
    make_appeal()

    response = guest.get(URL, {"topic": "abc", "first_day": "yesterday"})

    assert len(response.context["page"].appeals) == 1
    assert response.text.count("This filter was left out:") == 2


def test_nothing_found_offers_a_way_out(guest: Client, make_appeal: MakeAppeal) -> None:
    make_appeal()

    response = guest.get(URL, {"q": "不存在的词"})

    assert "No appeal fits all of this." in response.text
    assert f'href="{URL}"' in response.text


def test_empty_city_offers_the_import_to_those_who_may(guest: Client, dispatcher: Client) -> None:
    address = reverse("intake:import_list")

    assert f'<a class="button" href="{address}"' not in guest.get(URL).text
    assert f'<a class="button" href="{address}"' in dispatcher.get(URL).text


@pytest.mark.parametrize("size", [5, 200])
def test_list_takes_at_most_eight_statements_whatever_its_size(
    size: int,
    log_in: Callable[..., Client],
    make_appeal: MakeAppeal,
    topic: Topic,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("civicloop.web.intake.views.APPEALS_PER_PAGE", size)
    for _ in range(size + 1):
        make_appeal(topic=topic)
    client = log_in(Role.OPERATOR)
    client.get(URL)

    with django_assert_max_num_queries(8 + NOTING):
        response = client.get(URL)

    assert len(response.context["page"].appeals) == size


def test_narrowed_list_takes_no_more_statements(
    operator: Client,
    make_appeal: MakeAppeal,
    topic: Topic,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    appeal = make_appeal("小区停水三天", topic=topic)
    operator.get(URL)
    query = {"q": "停水", "topic": topic.pk, "area": appeal.area_id, "waiting": "1", "run": 1}

    with django_assert_max_num_queries(8 + NOTING):
        operator.get(URL, query)


def test_hostile_text_is_shown_and_never_run(guest: Client, make_appeal: MakeAppeal) -> None:
    make_appeal("<script>alert('油烟')</script><img src=x onerror=alert(1)>", subject="<b>油烟</b>")

    text = guest.get(URL, {"q": "油烟"}).text

    assert "<script>alert" not in text
    assert "<img" not in text
    assert "&lt;b&gt;<mark>油烟</mark>&lt;/b&gt;" in text


def test_search_words_are_shown_and_never_run(guest: Client) -> None:
    text = guest.get(URL, {"q": '"><script>alert(1)</script>'}).text

    assert "<script>alert" not in text
