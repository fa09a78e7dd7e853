from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.meetings import call_meeting, decide, hold_meeting
from civicloop.apps.cases.models import DecisionState, JointMeeting, MeetingDecision, MeetingState
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.intake.models import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(county, units, secretary) -> JointMeeting:
    return call_meeting(
        title="供热联席会议",
        area=county,
        day=timezone.localdate() - timedelta(days=20),
        convener="王副市长",
        units=units[:2],
        actor=secretary,
        now=timezone.now(),
    )


@pytest.fixture
def decided(meeting, units, secretary) -> MeetingDecision:
    hold_meeting(
        meeting_id=meeting.pk,
        minutes="由住建局牵头。",
        present=units[:1],
        actor=secretary,
        now=timezone.now(),
    )
    return decide(
        meeting_id=meeting.pk,
        text="住建局修好供热管",
        owner=units[0],
        due_day=timezone.localdate() - timedelta(days=2),
        actor=secretary,
        now=timezone.now(),
    )


def test_a_meeting_goes_from_its_call_to_a_decision_by_its_page(
    browse, take, secretary, county, units, order
):
    client = browse(secretary)
    today = timezone.localdate()

    called = client.post(
        reverse("cases:new_meeting"),
        {
            "title": "供水会",
            "area": county.pk,
            "day": today,
            "convener": "李",
            "units": [unit.pk for unit in units[:2]],
        },
    )
    meeting = JointMeeting.objects.get()
    take(client, "meeting", meeting, "agenda", order=order.number, question="谁来修？")
    take(client, "meeting", meeting, "hold", minutes="议定。", present=[units[0].pk])
    take(
        client,
        "meeting",
        meeting,
        "decide",
        text="住建局修",
        owner=units[0].pk,
        due_day=today + timedelta(days=3),
    )

    meeting.refresh_from_db()
    page = client.get(called["Location"]).text
    clock = Clock.objects.get(owner_type="meeting_decision")
    assert meeting.state == MeetingState.HELD
    assert order.number in page
    assert timezone.localdate(clock.due_at - timedelta(seconds=1)) == today + timedelta(days=3)
    assert (clock.name, clock.unit) == (ClockName.DECISION, units[0])


def test_an_overdue_decision_is_marked_in_word(browse, secretary, decided):
    page = browse(secretary).get(reverse("cases:meeting_list")).text

    assert "住建局修好供热管" in page
    assert '<span class="tag tag-urgent">overdue</span>' in page


def test_the_owners_clerk_ends_a_decision_and_its_clock(browse, take, units, decided, meeting):
    client = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[0]))

    take(
        client,
        "meeting",
        meeting,
        "end-decision",
        decision=decided.pk,
        outcome="已修好",
        is_done="1",
    )

    decided.refresh_from_db()
    assert decided.state == DecisionState.DONE
    assert Clock.objects.get(owner_id=decided.pk, name=ClockName.DECISION).stopped_at is not None


def test_a_clerk_does_not_drop_a_decision(browse, take, units, decided, meeting):
    client = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[0]))

    page = take(
        client, "meeting", meeting, "end-decision", decision=decided.pk, outcome="难", is_done="0"
    )

    decided.refresh_from_db()
    assert page.status_code == 422
    assert decided.state == DecisionState.OPEN


def test_a_unit_that_was_not_asked_does_not_see_the_meeting(browse, units, meeting):
    client = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[2]))

    assert client.get(reverse("cases:meeting", args=[meeting.pk])).status_code == 404
    assert "供热联席会议" not in client.get(reverse("cases:meeting_list")).text


def test_a_unit_sees_its_own_decisions_only(browse, units, decided, meeting, secretary):
    decide(
        meeting_id=meeting.pk,
        text="公安局维持秩序",
        owner=units[1],
        due_day=timezone.localdate(),
        actor=secretary,
        now=timezone.now(),
    )
    client = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[1]))

    page = client.get(reverse("cases:meeting", args=[meeting.pk])).text

    assert "公安局维持秩序" in page
    assert "住建局修好供热管" not in page


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.COMPLAINT])
def test_a_matter_about_a_unit_is_not_shown_to_it(
    kind, browse, take, secretary, units, meeting, county
):
    about = WorkOrderFactory(kind=kind, respondent_unit=units[0])
    shown = take(
        browse(secretary), "meeting", meeting, "agenda", order=about.number, question="住建局的事"
    )

    page = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[0])).get(
        reverse("cases:meeting", args=[meeting.pk])
    )

    assert "住建局的事" not in page.text
    assert shown.status_code == (422 if kind == Kind.REPORT else 302)


def test_who_writes_second_sees_what_the_first_did_and_loses_nothing(
    browse, secretary, meeting, take
):
    seen = meeting.version
    take(browse(secretary), "meeting", meeting, "agenda", question="第一个问题")

    page = browse(secretary).post(
        f"{reverse('cases:meeting', args=[meeting.pk])}hold/",
        {"seen_version": seen, "minutes": "我写的纪要"},
    )

    meeting.refresh_from_db()
    assert page.status_code == 409
    assert "Matter put on the agenda" in page.text
    assert "我写的纪要" in page.text
    assert meeting.state == MeetingState.PLANNED


def test_a_decision_that_is_sent_twice_is_one_decision(browse, secretary, decided, units, meeting):
    meeting.refresh_from_db()
    answers = {
        "seen_version": meeting.version,
        "text": "再议定",
        "owner": units[0].pk,
        "due_day": timezone.localdate(),
    }
    client, address = browse(secretary), f"{reverse('cases:meeting', args=[meeting.pk])}decide/"

    statuses = [client.post(address, answers).status_code for _ in range(2)]

    assert statuses == [302, 409]
    assert meeting.decisions.filter(text="再议定").count() == 1


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.PETITION_OFFICER, Role.GUEST])
def test_meetings_are_closed_to_other_roles(role, browse, meeting):
    client = browse(UserFactory(role=role))

    assert client.get(reverse("cases:meeting_list")).status_code == 403
    assert client.get(reverse("cases:meeting", args=[meeting.pk])).status_code == 403
    assert client.get(reverse("cases:new_meeting")).status_code == 403


def test_a_leader_reads_and_changes_nothing(browse, leader, meeting, take):
    client = browse(leader)

    assert client.get(reverse("cases:meeting", args=[meeting.pk])).status_code == 200
    assert take(client, "meeting", meeting, "cancel", reason="改期").status_code == 403


def test_an_order_is_brought_before_a_meeting_from_its_page(browse, secretary, meeting, order):
    client = browse(secretary)

    page = client.get(reverse("dispatch:order", args=[order.pk])).text
    client.post(
        reverse("cases:choose_meeting"),
        {"meeting": meeting.pk, "order": order.number, "question": "谁来修？"},
    )

    assert "Bring before a joint meeting" in page
    assert meeting.cases.get().order == order
    assert "供热联席会议" in client.get(reverse("dispatch:order", args=[order.pk])).text


def test_a_number_of_no_order_is_told_at_its_field(browse, secretary, meeting, take):
    page = take(
        browse(secretary), "meeting", meeting, "agenda", order="20230101000001", question="谁"
    )

    assert page.status_code == 422
    assert "You see no work order of this number." in page.text
