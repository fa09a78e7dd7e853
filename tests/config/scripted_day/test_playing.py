"""The day is played on a small city, through the same actions as in the demo."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from civicloop.apps.cases.models import JointMeeting, MediationCase, PetitionCase
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.models import (
    CloseType,
    ExtensionRequest,
    OrderState,
    PublicCase,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.order_clocks import handling_clock
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.issues.event_facts import describe_event, read_member_facts
from civicloop.apps.issues.models import EventMember
from civicloop.config.scripted_day import after, play_day, play_morning
from civicloop.config.scripted_day.day import Day
from civicloop.config.scripted_day.desks import publish
from civicloop.config.scripted_day.people import Staff
from civicloop.config.scripted_day.words import DAY_WORDS
from civicloop.connectors.sample_city import CityPlan, write_sample_city

HAPPENS = (
    "answered by one plan",
    "answered on the spot",
    "done again",
    "objections rejected",
    "objections upheld",
    "passed to an emergency line",
    "replies sent back",
    "reports of a wrong",
    "supervision sheets",
)
LAST_DAY = date(2023, 11, 14)


@pytest.fixture
def city(db, tmp_path: Path) -> None:
    files = write_sample_city(CityPlan(seed=7, appeals=1500, last_day=LAST_DAY), tmp_path)
    for what, file in [
        ("areas", files.areas),
        ("units", files.units),
        ("topics", files.topics),
    ]:
        call_command("load_reference", what, str(file), verbosity=0)
    call_command("import_appeals", str(files.appeals), source="sample-city", verbosity=0)


def test_every_appeal_of_the_day_comes_to_its_end(city):
    start = datetime(2023, 10, 17, 8, tzinfo=ZoneInfo("Asia/Shanghai"))

    counts = play_day(start=start).counts

    ends = set(WorkOrder.objects.values_list("close_type", flat=True))
    assert (counts["registered"], counts["closed"], counts["still open"]) == (300, 300, 0)
    assert {CloseType.RESOLVED, CloseType.EXPLAINED, CloseType.UNREACHED} <= ends
    assert all(counts[name] for name in HAPPENS), counts
    assert counts.keys() <= DAY_WORDS.keys()
    assert [model.objects.count() for model in (JointMeeting, MediationCase, PetitionCase)] == [
        1
    ] * 3
    for order in WorkOrder.objects.exclude(respondent_unit=None):
        assert order.respondent_unit_id not in order.parties.values_list("unit", flat=True)


def test_no_more_time_is_asked_where_a_limit_allows_none(city, monkeypatch):
    allowed = after.may_be_extended
    barred = []

    def first_is_barred(party, *, now):
        if not barred:
            barred.append(party.order_id)
            Clock.objects.filter(pk=handling_clock(party).pk).update(extension_rules={})
        return allowed(party, now=now)

    monkeypatch.setattr(after, "may_be_extended", first_is_barred)
    start = datetime(2023, 11, 11, 8, tzinfo=ZoneInfo("Asia/Shanghai"))

    play_morning(start=start, appeals=60)

    assert not ExtensionRequest.objects.filter(order__in=barred).exists()
    assert ExtensionRequest.objects.count() == 2


def test_a_later_mornings_orders_are_left_where_they_are(city, monkeypatch):
    monkeypatch.setattr(
        after, "problems_in", lambda words: [words[:12], words[12:]]
    )  # few have two
    start = datetime(2023, 11, 11, 8, tzinfo=ZoneInfo("Asia/Shanghai"))

    counts = play_morning(start=start, appeals=60).counts

    states = set(WorkOrder.objects.values_list("state", flat=True))
    assert counts["left open"] == 60
    assert counts.keys() <= DAY_WORDS.keys()
    assert counts["instructions"] == 2
    assert (counts["given more time"], counts["escalated"], counts["divided"]) == (1, 1, 1)
    [escalated] = WorkOrder.objects.filter(is_escalated=True)
    assert escalated.lead_unit is None
    assert {one.state for one in ExtensionRequest.objects.all()} == {"granted", "pending"}
    [part] = WorkOrder.objects.filter(part=2)
    assert part.problem in part.appeal.text
    assert {
        OrderState.DISPATCHED,
        OrderState.SIGNED,
        OrderState.OBJECTED,
        OrderState.REPLIED,
        OrderState.TRIAGE,
    } <= states


def test_what_people_told_of_together_is_shown_to_everybody_unless_it_reports_a_wrong(city):
    start = datetime(2023, 11, 11, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
    told = Appeal.objects.exclude(topic=None).exclude(area=None).filter(received_at__lt=start)
    shown = told.exclude(kind=Kind.REPORT).order_by("-received_at")[0]
    for appeal in (shown, told.filter(kind=Kind.REPORT).order_by("-received_at")[0]):
        event = describe_event(list(read_member_facts([appeal.pk]).values()), terms=[])
        event.last_at, event.area, event.topic = start, appeal.area, appeal.topic
        event.save()
        EventMember.objects.create(appeal=appeal, event=event)

    day = Day(now=start, staff=Staff(), appeals=0)
    publish(day)

    assert shown.area
    assert shown.topic
    assert PublicCase.objects.get().title == f"{shown.area.name}{shown.topic.name}"
    assert day.counts["published"] == 1
