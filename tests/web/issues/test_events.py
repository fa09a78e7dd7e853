from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from civicloop.apps.issues.actions.find_classes import find_event_classes
from civicloop.apps.issues.models import DecisionKind, Event, EventDecision, SimilarAppeal
from civicloop.apps.places.models import Area, AreaLevel

MakeEvent = Callable[..., Event]


def page_of(event: Event) -> str:
    return reverse("issues:event", args=[event.pk])


def members_of(event: Event) -> list[int]:
    return sorted(event.members.values_list("appeal_id", flat=True))


@pytest.fixture
def pair(make_event: MakeEvent) -> tuple[Event, Event]:
    return make_event(4, "青禾苑油烟扰民"), make_event(2, "青禾苑烧烤店冒烟")


def test_event_page_tells_its_days_in_a_sentence_and_a_table(guest: Client, event: Event) -> None:
    response = guest.get(page_of(event))

    assert response.context["chart"].summary == ("3 appeals on 1 day; most, 3, on 14 Nov 2023.")
    assert '<script id="timeline" type="application/json">' in response.text
    assert '<td class="number"><a href="?first_day=2023-11-14&amp;last_day=2023-11-14#members-title">3</a></td>' in response.text  # fmt: skip


def test_the_count_of_a_day_leads_to_the_appeals_of_that_day(guest: Client, event: Event) -> None:
    member = event.members.first().appeal
    member.received_at -= timedelta(days=1)
    member.save()

    response = guest.get(f"{page_of(event)}?first_day=2023-11-13&last_day=2023-11-13")

    assert [entry.appeal for entry in response.context["members"]] == [member]
    assert "<p>Those of 13 Nov 2023</p>" in response.text
    both = guest.get(f"{page_of(event)}?first_day=2023-11-13&last_day=2023-11-14")
    assert "Those of 13 Nov 2023 to 14 Nov 2023" in both.text
    assert len(both.context["members"]) == 3
    assert "Show all 3 appeals" in response.text


@pytest.mark.parametrize("asked", ["first_day=2023-11-14", "first_day=x&last_day=2023-11-14"])
def test_days_that_are_none_narrow_nothing(guest: Client, event: Event, asked: str) -> None:
    assert len(guest.get(f"{page_of(event)}?{asked}").context["members"]) == 3


def test_chart_names_the_year_only_when_there_are_several(guest: Client, event: Event) -> None:
    member = event.members.first().appeal
    one_year = guest.get(page_of(event)).context["chart"].plain["days"]
    member.received_at -= timedelta(days=365)
    member.save()

    two_years = guest.get(page_of(event)).context["chart"].plain["days"]

    assert one_year == ["14 Nov"]
    assert two_years[0] == "14 Nov 2022"
    assert len(two_years) == 366


def test_list_is_searched_in_titles(guest: Client, pair: tuple[Event, Event]) -> None:
    response = guest.get("/events/", {"q": "冒烟"})

    assert list(response.context["page"].events) == [pair[1]]


def test_htmx_gets_only_the_list(guest: Client, event: Event) -> None:
    response = guest.get("/events/", headers={"HX-Request": "true"})

    assert "<html" not in response.text
    assert event.title in response.text
    assert "HX-Request" in response["Vary"]


def test_nothing_found_offers_to_search_the_appeals(guest: Client) -> None:
    response = guest.get("/events/", {"q": "无此事"})

    assert "/appeals/?q=%E6%97%A0%E6%AD%A4%E4%BA%8B" in response.text


@pytest.mark.parametrize("cursor", ["x", "20231114T013000.000000-", "99999999T-1", "-" * 300])
def test_odd_cursor_shows_the_first_page(guest: Client, event: Event, cursor: str) -> None:
    assert guest.get("/events/", {"after": cursor}).context["page"].events == [event]


def test_other_event_is_searched_without_itself(
    dispatcher: Client, pair: tuple[Event, Event]
) -> None:
    response = dispatcher.get(reverse("issues:merge", args=[pair[0].pk]), {"q": "青禾苑"})

    assert response.context["candidates"] == [pair[1]]


def test_merge_asks_first(dispatcher: Client, pair: tuple[Event, Event]) -> None:
    response = dispatcher.get(reverse("issues:merge", args=[pair[0].pk]), {"with": pair[1].pk})

    assert "Are these one matter?" in response.text
    assert not EventDecision.objects.exists()


def test_merged_events_are_one_until_it_is_undone(
    dispatcher: Client, pair: tuple[Event, Event]
) -> None:
    kept, merged = pair
    before = [members_of(kept), members_of(merged)]

    response = dispatcher.post(reverse("issues:merge", args=[merged.pk]), {"with": kept.pk})

    decision = EventDecision.objects.get()
    assert response["Location"] == f"{page_of(kept)}?decision={decision.pk}"
    assert len(members_of(kept)) == 6
    assert "The events are merged." in dispatcher.get(response["Location"]).text

    response = dispatcher.post(reverse("issues:undo", args=[decision.pk]))

    assert [members_of(kept), members_of(merged)] == before
    text = dispatcher.get(response["Location"]).text
    assert "This merge is undone." in text
    assert "every appeal is back where it was" in text


def test_undoing_twice_is_refused_in_words(dispatcher: Client, pair: tuple[Event, Event]) -> None:
    dispatcher.post(reverse("issues:merge", args=[pair[0].pk]), {"with": pair[1].pk})
    address = reverse("issues:undo", args=[EventDecision.objects.get().pk])
    dispatcher.post(address)

    response = dispatcher.post(address, follow=True)

    assert "This decision is already undone." in response.text


@pytest.mark.parametrize("number", ["999999", "abc"])
def test_merge_with_an_unknown_event_is_refused_in_words(
    number: str, dispatcher: Client, event: Event
) -> None:
    response = dispatcher.post(reverse("issues:merge", args=[event.pk]), {"with": number})

    assert f"There is no event with the number {number}." in response.text


def test_merge_with_itself_is_refused_in_words(dispatcher: Client, event: Event) -> None:
    response = dispatcher.post(
        reverse("issues:merge", args=[event.pk]), {"with": event.pk}, follow=True
    )

    assert "Choose two different events to merge." in response.text


def test_chosen_appeals_become_an_event_of_their_own(
    dispatcher: Client, make_event: MakeEvent
) -> None:
    event = make_event(4)
    leaving = members_of(event)[:2]

    response = dispatcher.post(reverse("issues:split", args=[event.pk]), {"appeal": leaving})

    decision = EventDecision.objects.get(kind=DecisionKind.SPLIT)
    assert members_of(decision.event) == leaving
    text = dispatcher.get(response["Location"]).text
    assert page_of(decision.event) in text
    assert reverse("issues:undo", args=[decision.pk]) in text


def test_splitting_until_no_event_is_left_leads_to_the_list(
    dispatcher: Client, make_event: MakeEvent
) -> None:
    event = make_event(2)

    response = dispatcher.post(
        reverse("issues:split", args=[event.pk]), {"appeal": members_of(event)[:1]}
    )

    decision = EventDecision.objects.get()
    assert response["Location"] == f"/events/?decision={decision.pk}"
    assert "The appeal now stands alone." in dispatcher.get(response["Location"]).text


def test_more_than_a_thousand_appeals_are_split_off_at_once(
    dispatcher: Client, make_event: MakeEvent
) -> None:
    event = make_event(1_103)
    leaving = members_of(event)[:1_100]

    response = dispatcher.post(reverse("issues:split", args=[event.pk]), {"appeal": leaving})

    assert response.status_code == 302
    event.refresh_from_db()
    assert len(members_of(event)) == 3


def test_splitting_nothing_off_is_refused_in_words(dispatcher: Client, event: Event) -> None:
    response = dispatcher.post(reverse("issues:split", args=[event.pk]), follow=True)

    assert "Choose some of the event&#x27;s appeals, but not all of them" in response.text


def test_guest_sees_neither_boxes_nor_undo(guest: Client, event: Event) -> None:
    text = guest.get(page_of(event)).text

    assert 'type="checkbox" name="appeal"' not in text
    assert "Merge with another event" not in text


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "-1", "\u0663"])
def test_numbers_that_no_record_has_are_no_accident(
    dispatcher: Client, event: Event, number: str
) -> None:
    for address in (f"/events/?decision={number}", f"/appeals/?topic={number}&channel={number}"):
        assert dispatcher.get(address).status_code == 200
    split = dispatcher.post(f"/events/{event.pk}/split/", {"appeal": [number]})
    assert split.status_code in {200, 302}


def test_a_search_with_a_nul_finds_what_it_finds_without(guest: Client, event: Event) -> None:
    assert guest.get("/events/?q=%00").context["page"].events == [event]


def test_each_phrase_of_the_description_leads_to_the_appeal_it_stands_in(
    guest: Client, event: Event
) -> None:
    response = guest.get(page_of(event))

    told = response.context["description"]
    assert told
    for phrase in told:
        appeal = event.members.get(appeal_id=phrase.appeal_id).appeal
        assert phrase.words in f"{appeal.subject}\n{appeal.text}"
        assert f'href="/appeals/{phrase.appeal_id}/#:~:text=' in response.text


def test_places_are_a_tree_with_counts(guest: Client, make_event: MakeEvent, county: Area) -> None:
    town = Area.objects.create(
        code="990101001000", name="河口镇", level=AreaLevel.TOWNSHIP, parent=county
    )
    event = make_event(3)
    moved = event.members.first().appeal
    moved.area = town
    moved.save()

    places = guest.get(page_of(event)).context["places"]

    assert [(place.area.name, place.depth, place.count) for place in places] == [
        ("青禾县", 0, 3),
        ("河口镇", 1, 1),
    ]


def test_members_say_why_and_near_misses_are_shown_as_near_misses(
    guest: Client, event: Event, make_event: MakeEvent
) -> None:
    first, second, _third = [member.appeal for member in event.members.order_by("appeal_id")]
    other = make_event(2, "梧桐里楼下烧烤店油烟扰民")
    outside = other.members.first().appeal
    for similar, is_same, reason in [
        (second, True, ["same_place", "青禾苑", 2.0]),
        (outside, False, ["other_place", "", -3.0]),
    ]:
        SimilarAppeal.objects.create(
            appeal=first, other=similar, score=0.4, is_same_event=is_same, reasons=[reason]
        )

    response = guest.get(page_of(event))

    members = {entry.appeal: entry for entry in response.context["members"]}
    assert [reason.words for reason in members[first].reasons] == ["same place"]
    (near,) = response.context["near_misses"]
    assert (near.miss.other, near.miss.event) == (outside, other)
    assert [reason.words for reason in near.parts] == ["other place"]
    assert "What parts it:" in response.text


def test_an_event_is_confirmed_and_the_confirmation_undone(
    dispatcher: Client, event: Event
) -> None:
    shown = dispatcher.post(reverse("issues:confirm", args=[event.pk]), follow=True)
    decision = EventDecision.objects.get()
    undone = dispatcher.post(reverse("issues:undo", args=[decision.pk]), follow=True)

    assert decision.kind == DecisionKind.CONFIRM
    assert "Confirmed: these appeals stay together." in shown.text
    assert "This confirmation is undone." in undone.text


def test_confirming_is_for_those_who_edit_events(guest: Client, event: Event) -> None:
    assert guest.post(reverse("issues:confirm", args=[event.pk])).status_code == 403
    assert not EventDecision.objects.exists()


def test_page_shows_the_class_of_the_event(
    guest: Client, make_event: MakeEvent, now: datetime
) -> None:
    events = [
        make_event(2, f"{place}工地拖欠农民工工资，包工头跑了") for place in ("青禾苑", "梧桐里")
    ]
    find_event_classes(now=now)

    response = guest.get(page_of(events[0]))

    assert response.context["event_class"].event_count == 2
    assert reverse("issues:event_class", args=[response.context["event_class"].pk]) in response.text
