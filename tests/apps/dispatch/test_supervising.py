from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.actions import supervising
from civicloop.apps.dispatch.actions.dispatching import redispatch_order
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.supervising import end_sheet, issue_sheet, reply_to_sheet
from civicloop.apps.dispatch.models import SheetState
from civicloop.apps.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(db):
    return UserFactory(role=Role.SUPERVISOR)


@pytest.fixture
def issue(supervisor, housing, now):
    def make(order, level=1, **fields):
        usual = {"cause": "overdue", "reason": "逾期三天", "unit": housing, "actor": supervisor}
        return issue_sheet(order_id=order.pk, level=level, **{"now": now} | usual | fields)

    return make


def test_a_sheet_goes_from_issue_over_reply_to_its_end(issue, make_signed, clerk, supervisor, now):
    order = make_signed()
    sheet = issue(order, level=2)
    reply_to_sheet(sheet_id=sheet.pk, text="明日完工。", actor=clerk, now=now)

    ended = end_sheet(sheet_id=sheet.pk, note="已核实", actor=supervisor, now=now)

    order.refresh_from_db()
    assert (ended.state, ended.ended_at, order.supervision_level) == (SheetState.ENDED, now, 0)
    names = list(order.steps.values_list("name", flat=True))
    assert names[-3:] == ["supervise", "sheet_replied", "sheet_ended"]


def test_a_unit_has_one_open_sheet_about_an_order(issue, make_signed):
    order = make_signed()
    issue(order)

    with pytest.raises(StepRefusedError, match="已有"):
        issue(order)


def test_a_higher_sheet_takes_the_place_of_the_open_one(issue, make_signed):
    order = make_signed()
    lower = issue(order, level=1)

    higher = issue(order, level=3)

    lower.refresh_from_db()
    order.refresh_from_db()
    assert (lower.state, higher.state) == (SheetState.ENDED, SheetState.OPEN)
    assert order.supervision_level == 3


def test_the_highest_level_escalates_the_order(issue, make_signed):
    order = make_signed()

    issue(order, level=4)

    order.refresh_from_db()
    assert order.is_escalated


def test_another_unit_does_not_answer_a_sheet(issue, make_signed, police, now):
    sheet = issue(make_signed())
    stranger = UserFactory(role=Role.UNIT_CLERK, unit=police)

    with pytest.raises(StepRefusedError, match="其他单位"):
        reply_to_sheet(sheet_id=sheet.pk, text="办了", actor=stranger, now=now)


def test_a_sheet_is_not_ended_before_the_unit_has_replied(issue, make_signed, supervisor, now):
    sheet = issue(make_signed())

    with pytest.raises(StepRefusedError):
        end_sheet(sheet_id=sheet.pk, note="算了", actor=supervisor, now=now)


def test_a_sheet_that_should_not_have_been_is_withdrawn(issue, make_signed, supervisor, now):
    sheet = issue(make_signed())

    withdrawn = end_sheet(
        sheet_id=sheet.pk, note="发错", actor=supervisor, now=now, is_withdrawn=True
    )

    assert withdrawn.state == SheetState.WITHDRAWN


def test_a_person_says_why(issue, make_signed):
    with pytest.raises(StepRefusedError, match="理由"):
        issue(make_signed(), reason=" ")


def test_rules_stop_at_the_sheets_a_unit_can_answer_in_a_month(
    issue, make_signed, monkeypatch, now
):
    monkeypatch.setattr(supervising, "SHEETS_A_MONTH", 1)
    issue(make_signed(), actor=None)

    with pytest.raises(StepRefusedError, match="本月"):
        issue(make_signed(), actor=None)
    issue(make_signed())  # a person may

    next_month = now + timedelta(days=31)
    order = make_signed()
    sheet = issue_sheet(
        order_id=order.pk,
        level=1,
        cause="overdue",
        reason="",
        unit=order.lead_unit,
        actor=None,
        now=next_month,
    )
    assert sheet.issued_at == next_month


def test_nothing_is_asked_of_a_unit_that_does_not_handle_the_order(issue, make_signed, police):
    about_police = make_signed(respondent_unit=police)

    with pytest.raises(StepRefusedError):
        issue(about_police, unit=police)

    assert not Notice.objects.exists()


def test_a_unit_that_loses_the_order_owes_no_account_of_it(issue, make_signed, dispatcher, now):
    order = make_signed()
    sheet = issue(order, level=2)

    redispatch_order(order_id=order.pk, reason="派错", actor=dispatcher, now=now)

    sheet.refresh_from_db()
    order.refresh_from_db()
    assert (sheet.state, order.supervision_level) == (SheetState.WITHDRAWN, 0)
    assert not Clock.objects.of_owner("supervision_sheet", sheet.pk).running().exists()


def test_a_month_begins_where_the_city_is(issue, make_dispatched, monkeypatch):
    monkeypatch.setattr(supervising, "SHEETS_A_MONTH", 1)
    last_of_october = datetime(2023, 10, 31, 15, tzinfo=UTC)  # 23 o'clock
    first_of_november = datetime(2023, 10, 31, 17, tzinfo=UTC)  # 1 o'clock
    issue(make_dispatched(), actor=None, now=last_of_october)

    second = issue(make_dispatched(), actor=None, now=first_of_november)

    assert second.state == SheetState.OPEN
