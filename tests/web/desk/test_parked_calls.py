"""A call is laid aside for another one, and a call about a known matter joins it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.web.desk.conftest import LIKE
from tests.web.desk.test_desk import CALL, SUGGEST, URL, save

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.desk import open_desk_draft
from civicloop.apps.dispatch.housekeeping import forget_left_calls
from civicloop.apps.dispatch.models import DeskDraft, OrderState, ParkedCall, WorkOrder
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models import EventDecision, EventMember
from civicloop.apps.places.models import Area

pytestmark = pytest.mark.both_databases

PARK = reverse("desk:park")


def text_shown(page) -> str:
    form = page.context["form"]  # none: an empty one, made beforehand
    return (form["text"].value() or "") if form else ""


def test_a_parked_call_waits_in_a_list_and_the_form_is_empty(city: Area, operator: Client) -> None:
    page = operator.post(PARK, CALL, follow=True)

    [parked] = ParkedCall.objects.all()
    assert CALL["text"][:40] in page.text
    assert text_shown(page) == ""
    assert not DeskDraft.objects.exists()
    assert CALL["text"].encode() not in bytes(parked.answers)


def test_a_call_taken_up_again_makes_room_for_itself(city: Area, operator: Client) -> None:
    operator.post(PARK, CALL)
    operator.post(reverse("desk:draft"), {"text": "第二个来电，水管爆了"})
    [first] = ParkedCall.objects.all()

    page = operator.post(reverse("desk:resume", args=[first.pk]), follow=True)

    [second] = ParkedCall.objects.all()
    assert text_shown(page) == CALL["text"]
    assert page.context["form"]["phone"].value() == CALL["phone"]
    assert page.context["parked"] == [(second, "第二个来电，水管爆了")]


def test_an_empty_form_is_not_parked(city: Area, operator: Client) -> None:
    operator.post(PARK, {"channel": "hotline", "text": ""})

    assert not ParkedCall.objects.exists()


def test_nobody_takes_up_the_call_of_another(
    city: Area, operator: Client, log_in: Callable[[str], Client]
) -> None:
    operator.post(PARK, CALL)
    [parked] = ParkedCall.objects.all()
    colleague = log_in(Role.DISPATCHER)

    response = colleague.post(reverse("desk:resume", args=[parked.pk]))

    assert response.status_code == 404
    assert CALL["text"][:40] not in colleague.get(URL).text
    assert open_desk_draft(parked.user) == {}


def test_the_likest_appeal_is_offered_as_the_same_matter(city: Area, operator: Client) -> None:
    like = Appeal.objects.get(text=LIKE)

    offered = operator.post(SUGGEST, {"text": LIKE}).text
    taken = operator.post(SUGGEST, {"text": LIKE, "repeats": like.pk}).text
    without_script = operator.post(URL, CALL | {"text": LIKE, "take_repeats": like.pk}).text

    assert f'name="take_repeats" value="{like.pk}"' in " ".join(offered.split())
    assert "Will be joined to:" in taken
    assert 'value=""' in taken
    assert f'name="repeats" value="{like.pk}"' in without_script
    assert not WorkOrder.objects.exists()


def test_a_call_about_a_known_matter_joins_the_order_that_is_handled(
    city: Area, operator: Client
) -> None:
    save(operator)
    main = WorkOrder.objects.get()

    page = save(operator, token="another", phone="13900139000", repeats=str(main.appeal_id))

    joined = WorkOrder.objects.exclude(pk=main.pk).get()
    assert (joined.state, joined.master) == (OrderState.MERGED, main)
    assert main.number in page
    events = EventMember.objects.filter(appeal__in=[main.appeal_id, joined.appeal_id])
    assert events.values_list("event").distinct().count() == 1
    assert events.count() == 2
    assert EventDecision.objects.get().before.keys() == {
        str(main.appeal_id), str(joined.appeal_id),
    }  # fmt: skip


def test_where_nothing_is_handled_yet_it_is_passed_on_and_linked(
    city: Area, operator: Client
) -> None:
    like = Appeal.objects.get(text=LIKE)

    save(operator, repeats=str(like.pk))

    order = WorkOrder.objects.select_related("appeal__event_member").get()
    assert order.state == OrderState.TRIAGE
    assert order.appeal.event_member.event_id == EventMember.objects.get(appeal=like).event_id


@pytest.mark.parametrize("repeats", ["", "0", "999999999999", "x", "-1"])
def test_a_matter_that_is_not_there_changes_nothing(
    repeats: str, city: Area, operator: Client
) -> None:
    save(operator, repeats=repeats)

    assert WorkOrder.objects.get().state == OrderState.DISPATCHED
    assert not EventDecision.objects.exists()


def test_a_call_that_nobody_takes_up_is_removed_and_the_audit_says_whose(
    city: Area, operator: Client
) -> None:
    operator.post(PARK, CALL)
    page = operator.post(reverse("desk:draft"), {"text": "第二个来电"}).wsgi_request
    [parked] = ParkedCall.objects.all()
    kept = timedelta(days=settings.CALLS_KEPT_DAYS)

    forget_left_calls.func(parked.parked_at + kept)
    counts = [ParkedCall.objects.count(), DeskDraft.objects.count()]
    forget_left_calls.func(parked.parked_at + kept + timedelta(hours=1))

    assert counts == [1, 1]
    assert not ParkedCall.objects.exists()
    assert not DeskDraft.objects.exists()
    event = AuditEvent.objects.get(action="calls_forgotten")
    assert (event.object_id, event.details) == (str(page.user.pk), {"calls": 2})


def test_the_list_says_how_long_a_call_is_kept(city: Area, operator: Client, settings) -> None:
    settings.CALLS_KEPT_DAYS = 3

    assert "Kept for 3 days" in operator.post(PARK, CALL, follow=True).text
