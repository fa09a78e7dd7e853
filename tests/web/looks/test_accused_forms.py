"""Whoever belongs to the unit that a report is about learns nothing of it by sending what the pages offer, either."""

from collections.abc import Mapping

import pytest
from tests.factories import AppealFactory, UnitFactory, UserFactory, WorkOrderFactory
from tests.web.looks.test_accused_everywhere import (  # noqa: F401  fixtures
    INSIDERS,
    WORDS,
    browser_of,
    clerk,
    county,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    numbers,
    order,
    paths_of,
    police,
    reports,
)
from tests.web.posting import answers_to_forms, answers_to_nothing

from civicloop.apps.accounts.models import Role
from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import Kind
from civicloop.apps.issues.alarm_queries import (
    busy_writers_until,
    shown_of_backtest,
    without_accusing_writers,
)
from civicloop.apps.issues.models import Alarm, AlarmBacktest, AlarmKind, Event, EventMember

SENDING = [Role.DISPATCHER, Role.OPERATOR, Role.SUPERVISOR, Role.MEETING_SECRETARY, Role.UNIT_HEAD]

pytestmark = pytest.mark.django_db


def marks_of_reports() -> set[str]:
    orders = WorkOrder.objects.filter(kind=Kind.REPORT).select_related("appeal")
    return {WORDS, *(one.number for one in orders), *(one.appeal.source_key for one in orders)}


def told_by_forms(client, numbers: Mapping[str, object], words: str) -> Mapping[str, set[str]]:  # noqa: F811
    """What the answers to all forms tell, by the route; a form that breaks the site tells that."""
    told: dict[str, set[str]] = {}
    paths = list(paths_of(numbers))
    for answer in (*answers_to_forms(client, paths, words), *answers_to_nothing(client, paths)):
        marks = (mark for mark in marks_of_reports() if mark not in answer.asked)
        found = {mark for mark in marks if mark in answer}
        if answer.startswith("5"):
            found.add("broken")
        told.setdefault(answer.route, set()).update(found)
    return told


@pytest.mark.parametrize("role", SENDING)
def test_no_form_answers_an_insider_with_the_report(role, reports, police):  # noqa: F811
    told = told_by_forms(browser_of(role, police), reports, WORDS)

    assert {route: found for route, found in told.items() if found} == {}
    assert len(told) > 100


def test_others_are_answered_with_it(reports):  # noqa: F811
    """The red twin."""
    told = told_by_forms(browser_of(Role.DISPATCHER, UnitFactory()), reports, WORDS)
    assert "broken" not in set().union(*told.values())
    assert {
        "board:accept",
        "board:return",
        "dispatch:step",
        "issues:confirm",
        "issues:backtest",
    } <= {route for route, found in told.items() if found}


def test_a_back_test_tells_an_insider_of_no_alarm_that_the_report_raised(police, now):  # noqa: F811
    report = WorkOrderFactory(
        kind=Kind.REPORT, respondent_unit=police, appeal__kind=Kind.REPORT
    ).appeal
    told_of, other = (
        Event.objects.create(title=title, appeal_count=1, people_count=1, first_at=now, last_at=now)
        for title in (WORDS, "路灯不亮")
    )
    EventMember.objects.create(event=told_of, appeal=report)
    alarms = [
        {"event": event, "title": title, "lead_days": 2, "day": "2023-11-14"}
        for event, title in ((told_of.pk, WORDS), (other.pk, "路灯不亮"), (None, "供水"))
    ]
    backtest = AlarmBacktest.objects.create(
        first_day=now.date(), last_day=now.date(), per_week=2, computed_at=now, appeal_count=9,
        alarm_count=30, result={"alarms": alarms, "before_peak": 20, "weeks": 5},
    )  # fmt: skip

    with read_by(UserFactory(role=Role.LEADER, unit=police)):
        result, alarm_count = shown_of_backtest(AlarmBacktest.objects.get())
        assert [one["event"] for one in result["alarms"]] == [other.pk, None]
        assert (alarm_count, result["before_peak"]) == (29, 19)
    with read_by(UserFactory(role=Role.LEADER, unit=UnitFactory())):  # the red twin
        result, alarm_count = shown_of_backtest(AlarmBacktest.objects.get())
        assert (alarm_count, result["before_peak"], len(result["alarms"])) == (30, 20, 3)
    backtest.refresh_from_db()
    assert backtest.alarm_count == 30  # nothing was written


def test_who_wrote_many_reports_about_a_unit_is_no_alarm_to_it(police, now):  # noqa: F811
    first = AppealFactory(caller_key="k1", received_at=now)
    WorkOrderFactory(
        kind=Kind.REPORT, respondent_unit=police, appeal__kind=Kind.REPORT, appeal__caller_key="k1"
    )
    harmless = AppealFactory(caller_key="k2", received_at=now)
    for appeal in (first, harmless):
        Alarm.objects.create(
            key=f"source:{appeal.pk}", kind=AlarmKind.SOURCE, title="治安", day=now.date(),
            window_days=7, people_count=1, appeal_count=12, expected=0, last_day=now.date(),
            peak_day=now.date(), curve={},
        )  # fmt: skip
    insider, other = (UserFactory(role=Role.LEADER, unit=unit) for unit in (police, UnitFactory()))

    with read_by(insider):
        assert [one.key for one in busy_writers_until(now.date())] == [f"source:{harmless.pk}"]
    with read_by(other):  # the red twin
        assert len(busy_writers_until(now.date())) == 2
        assert len(without_accusing_writers(Alarm.objects.all())) == 2
    page = f"/alarms/{Alarm.objects.get(key=f'source:{first.pk}').pk}/"
    assert browser_of(Role.LEADER, police).get(page).status_code == 404
