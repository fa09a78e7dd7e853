from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from civicloop.apps.issues.actions.find_classes import find_event_classes
from civicloop.apps.issues.class_queries import class_of
from civicloop.apps.issues.models import ClassDecision, Event, EventClass

MakeEvent = Callable[..., Event]
WAGES = "工地拖欠农民工工资，包工头跑了，讨薪无门"
HEATING = "小区暖气不热，室内只有十三度，供热公司不管"


@pytest.fixture
def wages(make_event: MakeEvent, now: datetime) -> EventClass:
    """A class of three events, beside another one."""
    events = [make_event(2, f"{place}{WAGES}") for place in ("青禾苑", "梧桐里", "望江府")]
    for place in ("青禾苑", "梧桐里", "望江府"):
        make_event(2, f"{place}{HEATING}")
    find_event_classes(now=now)
    found = class_of(events[0])
    assert found is not None
    return found


def page_of(found: EventClass) -> str:
    return reverse("issues:event_class", args=[found.pk])


def first_event(found: EventClass) -> Event:
    return found.members.order_by("event_id").first().event


def test_list_without_classes_says_how_they_come_about(guest: Client) -> None:
    assert "civicloop classes" in guest.get("/classes/").text


def test_list_shows_each_class_and_finds_it_by_its_words(guest: Client, wages: EventClass) -> None:
    both = guest.get("/classes/")
    found = guest.get("/classes/", {"q": wages.terms[0]})
    none = guest.get("/classes/", {"q": "没有这样的词"})

    assert len(both.context["entries"]) == 2
    assert [entry["found"] for entry in found.context["entries"]] == [wages]
    assert "Show all classes" in none.text


def test_counts_lead_to_the_events_and_their_appeals(guest: Client, wages: EventClass) -> None:
    listed = guest.get("/classes/").text
    sheet = guest.get(page_of(wages)).text

    assert listed.count(f'<a href="{page_of(wages)}#events-title">') == 4
    assert sheet.count('<a href="#events-title">') == 4
    assert 'id="events-title"' in sheet
    for member in wages.members.all():
        address = reverse("issues:event", args=[member.event_id])
        assert f'<a href="{address}?all=1#members-title">2 appeals' in sheet
        assert 'id="members-title"' in guest.get(address).text


def test_dissection_sheet_tells_pattern_events_and_months(guest: Client, wages: EventClass) -> None:
    response = guest.get(page_of(wages))

    assert all(term in response.text for term in wages.terms)
    assert "3 events; most, 3, began in Nov." in response.text
    assert '<script id="season" type="application/json">' in response.text
    assert first_event(wages).title in response.text
    assert "青禾县" in response.text


def test_guests_see_no_forms_on_the_sheet(guest: Client, wages: EventClass) -> None:
    text = guest.get(page_of(wages)).text

    assert reverse("issues:take_out", args=[wages.pk]) not in text
    assert (
        guest.post(reverse("issues:name_class", args=[wages.pk]), {"name": "x"}).status_code == 403
    )
    assert not ClassDecision.objects.exists()


def test_an_event_is_taken_out_and_put_back_with_undo(
    dispatcher: Client, wages: EventClass
) -> None:
    event = first_event(wages)

    shown = dispatcher.post(
        reverse("issues:take_out", args=[wages.pk]), {"event": event.pk}, follow=True
    )
    decision = ClassDecision.objects.get()
    gone = class_of(event)
    dispatcher.post(reverse("issues:undo_class", args=[decision.pk]))

    assert reverse("issues:undo_class", args=[decision.pk]) in shown.text
    assert gone is None
    assert class_of(event) == wages


def test_an_event_is_added_by_its_number(
    dispatcher: Client, wages: EventClass, make_event: MakeEvent
) -> None:
    alone = make_event(2, "路灯不亮")
    address = reverse("issues:add_to_class", args=[wages.pk])

    dispatcher.post(address, {"event": alone.pk})
    refused = dispatcher.post(address, {"event": "999999"}, follow=True)

    assert class_of(alone) == wages
    assert "There is no event with the number 999999." in refused.text


def test_a_class_is_called_by_the_name_it_is_given(dispatcher: Client, wages: EventClass) -> None:
    dispatcher.post(reverse("issues:name_class", args=[wages.pk]), {"name": "欠薪"})

    assert '<h1 lang="zh-Hans">欠薪</h1>' in dispatcher.get(page_of(wages)).text


def test_tables_are_saved_with_text_that_stays_text(
    guest: Client, dispatcher: Client, wages: EventClass
) -> None:
    dispatcher.post(reverse("issues:name_class", args=[wages.pk]), {"name": "=1+1"})

    listed = b"".join(guest.get("/classes.csv").streaming_content).decode("utf-8-sig")
    sheet = load_workbook(BytesIO(guest.get(f"/classes/{wages.pk}.xlsx").content)).active
    book = load_workbook(BytesIO(guest.get("/classes.xlsx").content)).active

    assert ",=1+1" not in listed
    assert "1+1" in listed
    assert sheet.max_row == 4
    assert all(cell.data_type != "f" for row in book.iter_rows() for cell in row)
    assert guest.get("/classes.exe").status_code == 404


def test_a_class_that_is_not_there_is_not_found(guest: Client, db: None) -> None:
    assert guest.get("/classes/9/").status_code == 404
    assert guest.get("/classes/9.csv").status_code == 404


def test_a_name_is_one_line_without_hidden_characters(
    dispatcher: Client, wages: EventClass
) -> None:
    dispatcher.post(f"/classes/{wages.pk}/name/", {"name": "拖欠\r\n工资\u202e\u200b\x07"})

    wages.refresh_from_db()
    assert wages.name == "拖欠 工资"
