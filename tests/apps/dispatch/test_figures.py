from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.dispatch.figures import FIGURES, Period
from civicloop.apps.dispatch.models import (
    CallBack,
    CloseType,
    DispatchBasis,
    Objection,
    OrderState,
    Verdict,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.figures import figure_by_unit, figures_of, orders_behind
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.places.models import UnitLevel
from civicloop.values.ratios import Ratio

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOVEMBER = Period(first_day=date(2023, 11, 1), last_day=date(2023, 11, 30))
NOON = datetime(2023, 11, 14, 12, tzinfo=SHANGHAI)


def figure(code: str) -> Ratio:
    return figures_of(WorkOrder.objects.all(), NOVEMBER)[code]


def closed(**fields) -> WorkOrder:
    usual = {"state": OrderState.CLOSED, "closed_at": NOON, "close_type": CloseType.EXPLAINED}
    return WorkOrderFactory(**usual | fields)


def test_a_period_reaches_from_its_first_to_its_last_local_moment():
    moments = [
        datetime(2023, 10, 31, 23, 59, tzinfo=SHANGHAI),
        datetime(2023, 11, 1, 0, 0, tzinfo=SHANGHAI),
        datetime(2023, 11, 30, 23, 59, tzinfo=SHANGHAI),
        datetime(2023, 12, 1, 0, 0, tzinfo=SHANGHAI),
    ]
    for moment in moments:
        WorkOrderFactory(opened_at=moment)

    assert figure("on_the_spot") == Ratio(0, 2)


def test_what_is_due_at_the_end_of_a_day_is_due_on_that_day(housing):
    ends = [  # 24:00 is kept as the next day's 00:00
        datetime(2023, 11, 1, 0, 0, tzinfo=SHANGHAI),  # of 31 October
        datetime(2023, 11, 2, 0, 0, tzinfo=SHANGHAI),
        datetime(2023, 12, 1, 0, 0, tzinfo=SHANGHAI),  # of 30 November
        datetime(2023, 12, 1, 0, 1, tzinfo=SHANGHAI),
    ]
    due = [WorkOrderFactory(due_at=end, dispatched_at=NOON, lead_unit=housing).pk for end in ends]

    behind = orders_behind(WorkOrder.objects.all(), "on_time", NOVEMBER)

    assert figure("on_time") == Ratio(0, 2)
    assert {order.pk for order in behind} == set(due[1:3])


def test_what_was_not_accepted_is_in_neither_number_of_answered_on_the_spot():
    for end in (CloseType.ANSWERED, CloseType.ANSWERED, CloseType.NOT_ACCEPTED):
        closed(opened_at=NOON, close_type=end)
    WorkOrderFactory(opened_at=NOON)

    assert figure("on_the_spot") == Ratio(2, 3)


def test_coverage_and_accuracy_of_automatic_dispatch_are_told_together():
    dispatched = {"dispatched_at": NOON, "state": OrderState.DISPATCHED}
    for returns in (0, 0, 1):
        WorkOrderFactory(dispatch_basis=DispatchBasis.AUTOMATIC, return_count=returns, **dispatched)
    WorkOrderFactory(dispatch_basis=DispatchBasis.PERSON, **dispatched)

    assert figure("dispatched_automatically") == Ratio(3, 4)
    assert figure("automatic_rightly") == Ratio(2, 3)
    assert figure("dispatched_rightly") == Ratio(3, 4)


def test_an_order_due_and_never_replied_to_is_not_in_time(housing):
    due = {"due_at": NOON, "dispatched_at": NOON, "lead_unit": housing}
    WorkOrderFactory(replied_at=NOON, **due)
    WorkOrderFactory(replied_at=NOON + timedelta(seconds=1), **due)
    WorkOrderFactory(**due)
    WorkOrderFactory(dispatched_at=NOON)
    WorkOrderFactory(due_at=NOON)

    assert figure("on_time") == Ratio(1, 3)


def test_what_is_not_due_yet_or_has_no_unit_is_neither_in_time_nor_late(housing):
    today = timezone.localdate()
    this_year = Period(first_day=date(today.year, 1, 1), last_day=date(today.year + 1, 12, 31))
    now, hour = timezone.now(), timedelta(hours=1)
    sent = {"dispatched_at": now - hour}
    WorkOrderFactory(due_at=now - hour, lead_unit=housing, **sent)
    WorkOrderFactory(due_at=now + hour, lead_unit=housing, **sent)  # its time still runs
    WorkOrderFactory(due_at=now - hour, **sent)  # taken back: due by the dispatcher's time
    main = WorkOrderFactory()
    WorkOrderFactory(due_at=now - hour, state=OrderState.MERGED, master=main, **sent)

    figures = figures_of(WorkOrder.objects.all(), this_year)

    assert (figures["on_time"], figures["overdue"]) == (Ratio(0, 1), Ratio(0, 1))
    assert figures["given_more_time"] == Ratio(0, 2)


def test_what_the_unit_claims_and_what_the_citizen_says_are_two_figures():
    both = {"replied_at": NOON, "claim": "solved", "called_back_at": NOON}
    WorkOrderFactory(resolved="yes", satisfaction=5, **both)
    WorkOrderFactory(resolved="no", satisfaction=4, **both)
    WorkOrderFactory(resolved="partly", satisfaction=3, **both)

    assert figure("claimed_solved") == Ratio(3, 3)
    assert figure("resolved") == Ratio(1, 3)
    assert figure("satisfied") == Ratio(2, 3)


def test_an_excluded_call_back_is_in_neither_number(dispatcher):
    order = WorkOrderFactory(called_back_at=NOON, resolved="no", satisfaction=1)
    CallBack.objects.create(
        order=order,
        round=1,
        key="a",
        way="phone",
        at=NOON,
        is_reached=True,
        resolved="no",
        satisfaction=1,
        excluded_for="malicious",
        is_counted=False,
    )

    assert (figure("resolved"), figure("satisfied")) == (Ratio(0, 0), Ratio(0, 0))


def test_only_decided_objections_tell_how_many_were_upheld(dispatcher, housing):
    for verdict in (Verdict.UPHELD, Verdict.REJECTED, Verdict.PENDING, None):
        order = WorkOrderFactory(dispatched_at=NOON, state=OrderState.DISPATCHED)
        if verdict:
            Objection.objects.create(
                order=order,
                unit=housing,
                ground="not_my_duty",
                statement="不归我管",
                legal_basis="三定方案",
                raised_by=dispatcher,
                raised_at=NOON,
                verdict=verdict,
                decided_at=NOON,
            )

    assert figure("objected") == Ratio(3, 4)
    assert figure("objections_upheld") == Ratio(1, 2)


def test_an_order_not_sampled_is_no_citizen_who_was_not_reached():
    at_unit = {"dispatched_at": NOON}
    closed(called_back_at=NOON, close_type=CloseType.RESOLVED, **at_unit)
    closed(close_type=CloseType.UNREACHED, **at_unit)
    closed(close_type=CloseType.NOT_SAMPLED, **at_unit)
    closed(round=2, called_back_at=NOON, **at_unit)

    assert figure("heard") == Ratio(2, 3)
    assert figure("at_first_go") == Ratio(3, 4)


@pytest.mark.parametrize("code", FIGURES)
def test_each_number_opens_as_many_orders_as_it_counts(code, housing):
    for number in range(4):
        closed(
            opened_at=NOON,
            dispatched_at=NOON,
            due_at=NOON,
            replied_at=NOON + timedelta(hours=number - 2),
            called_back_at=NOON,
            resolved=["yes", "no"][number % 2],
            satisfaction=number + 1,
            claim=["solved", "explained"][number % 2],
            round=number + 1,
            return_count=number,
            dispatch_basis=DispatchBasis.AUTOMATIC,
            close_type=[CloseType.ANSWERED, CloseType.EXPLAINED][number % 2],
            lead_unit=housing,
        )
    orders = WorkOrder.objects.all()
    ratio = figures_of(orders, NOVEMBER)[code]

    whole = orders_behind(orders, code, NOVEMBER).count()
    part = orders_behind(orders, code, NOVEMBER, only_part=True, unit=housing).count()
    rest = orders_behind(orders, code, NOVEMBER, only_part=False).count()

    assert (part, whole, part + rest) == (ratio.numerator, ratio.denominator, whole)


def test_units_are_compared_within_their_level_and_only_with_enough_cases():
    city, county = (UnitFactory(level=level) for level in (UnitLevel.CITY, UnitLevel.COUNTY))
    small = UnitFactory(level=UnitLevel.COUNTY)
    for unit, count in ((city, 30), (county, 30), (small, 29)):
        for number in range(count):
            late = timedelta(hours=1 if unit == county and number < 20 else 0)
            WorkOrderFactory(
                lead_unit=unit, dispatched_at=NOON, due_at=NOON, replied_at=NOON + late
            )

    tiers = figure_by_unit(WorkOrder.objects.all(), "on_time", NOVEMBER)

    told = {
        level: [(one.unit, one.ratio.numerator, one.rank) for one in units]
        for level, units in tiers.items()
    }
    assert told == {
        UnitLevel.CITY: [(city, 30, 1)],
        UnitLevel.COUNTY: [(county, 10, 1), (small, 29, None)],
    }


def test_a_figure_that_is_neither_good_nor_bad_has_no_ranks():
    unit = UnitFactory()
    for _ in range(30):
        WorkOrderFactory(lead_unit=unit, dispatched_at=NOON)

    [[one]] = figure_by_unit(WorkOrder.objects.all(), "dispatched_automatically", NOVEMBER).values()

    assert (one.ratio, one.rank) == (Ratio(0, 30), None)


def test_figures_cover_only_what_the_reader_may_see(make_dispatched, housing, clerk):
    make_dispatched()
    make_dispatched(lead=UnitFactory())
    today = Period(first_day=date(2023, 11, 14), last_day=date(2023, 11, 14))

    seen = figures_of(orders_visible_to(clerk), today)["dispatched_rightly"]

    assert seen == Ratio(1, 1)
    assert figures_of(orders_visible_to(UserFactory()), today)["dispatched_rightly"] == Ratio(2, 2)


def test_what_was_excluded_in_an_earlier_round_leaves_the_later_one_counted():
    order = WorkOrderFactory(called_back_at=NOON, resolved="yes", satisfaction=5, round=2)
    CallBack.objects.create(
        order=order,
        round=1,
        key="a",
        way="phone",
        at=NOON,
        is_reached=True,
        resolved="no",
        satisfaction=1,
        excluded_for="out_of_scope",
        is_counted=False,
    )

    assert (figure("resolved"), figure("satisfied")) == (Ratio(1, 1), Ratio(1, 1))
