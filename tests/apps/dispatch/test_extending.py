from datetime import datetime, timedelta

import pytest
from tests.conftest import SHANGHAI

from civicloop.apps.clocks.models import Clock, ClockExtension
from civicloop.apps.clocks.wording import explain
from civicloop.apps.dispatch.actions.extending import (
    ask_for_more_time,
    decide_extension,
    may_be_extended,
)
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.models import (
    ExtensionRequest,
    RequestState,
)
from civicloop.apps.dispatch.queries.offers import steps_offered
from civicloop.apps.dispatch.queries.order_clocks import handling_clock
from civicloop.apps.dispatch.queries.order_page import order_details
from civicloop.apps.notices.models import Notice

pytestmark = pytest.mark.django_db
USUAL_RULE = {"count": 3, "n": "3", "unit": "working_day", "longest_days": None}


@pytest.fixture
def make_timed(make_begun):
    """Make an order whose unit has five working days: until the end of 21 November."""
    return make_begun


@pytest.fixture
def ask(head, now):
    def ask(order, days=3, at=now, **fields):
        asked = {"reason": "等待配件", "is_caller_told": True, "actor": head, **fields}
        return ask_for_more_time(order_id=order.pk, days=days, now=at, **asked)

    return ask


def test_granted_time_is_counted_from_the_end_of_the_limit(
    make_timed, ask, dispatcher, housing, now
):
    order = make_timed()
    ask(order)

    order = decide_extension(
        order_id=order.pk, is_granted=True, decision="同意", actor=dispatcher, now=now
    )

    # 14 November is a Tuesday: five working days end on the 21st, three more on the 24th
    assert order.due_at == datetime(2023, 11, 25, tzinfo=SHANGHAI)
    assert order.parties.get(unit=housing).due_at == order.due_at
    extension = ClockExtension.objects.get()
    assert (extension.caller_informed_at, extension.centre_informed_at) == (now, now)
    assert ExtensionRequest.objects.get().state == RequestState.GRANTED
    assert [step.name for step in order.steps.order_by("version")][-2:] == [
        "ask_extension",
        "grant_extension",
    ]


def test_a_refused_request_changes_no_time_and_another_may_be_made(
    make_timed, ask, dispatcher, now
):
    order = make_timed()
    ask(order)

    decide_extension(
        order_id=order.pk, is_granted=False, decision="理由不足", actor=dispatcher, now=now
    )

    assert not ClockExtension.objects.exists()
    ask(order, days=1)
    assert ExtensionRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"days": 4}, "3"),  # at most three working days at once
        ({"is_caller_told": False}, "诉求人"),
        ({"reason": " "}, "理由"),
    ],
)
def test_a_request_that_the_rules_do_not_allow_is_refused(fields, words, make_timed, ask):
    with pytest.raises(StepRefusedError, match=words):
        ask(make_timed(), **fields)


def test_after_the_end_nothing_more_is_to_be_had(make_timed, ask, now):
    order = make_timed()

    with pytest.raises(StepRefusedError, match="到期前"):
        ask(order, at=now + timedelta(days=8))


@pytest.mark.parametrize(
    ("days_later", "rules", "allowed"), [(0, None, True), (8, None, False), (0, {}, False)]
)
def test_whether_a_limit_may_be_extended_is_known_before_it_is_asked(
    days_later, rules, allowed, make_timed, ask, housing, now
):
    order, at = make_timed(), now + timedelta(days=days_later)
    if rules is not None:
        Clock.objects.update(extension_rules=rules)
    party = order.parties.get(unit=housing)

    assert may_be_extended(party, now=at) is allowed
    if not allowed:
        with pytest.raises(StepRefusedError):
            ask(order, at=at)


@pytest.fixture
def is_offered(head):
    def offered(order, at):
        order.refresh_from_db()
        return "ask_extension" in steps_offered(order_details(order, head, now=at), head, now=at)

    return offered


def test_more_time_is_offered_only_while_the_limit_allows_it(make_timed, is_offered, now):
    order = make_timed()

    assert is_offered(order, now)
    assert not is_offered(order, now + timedelta(days=8))
    Clock.objects.update(extension_rules={})
    assert not is_offered(order, now)


def test_no_fourth_extension(make_timed, ask, dispatcher, is_offered, now):
    order = make_timed()
    Clock.objects.update(extension_rules={"usual": USUAL_RULE})  # no long-cycle matters
    for _ in range(3):
        assert is_offered(order, now)
        ask(order)
        assert not is_offered(order, now)
        decide_extension(order_id=order.pk, is_granted=True, decision="", actor=dispatcher, now=now)

    assert not is_offered(order, now)
    with pytest.raises(StepRefusedError, match="3"):
        ask(order)


def test_a_long_cycle_matter_ends_on_the_180th_day_at_the_latest(
    make_timed, ask, dispatcher, is_offered, now
):
    order = make_timed()  # until the 21st, the seventh day

    with pytest.raises(StepRefusedError, match="173"):
        ask(order, days=174, is_long_cycle=True)
    ask(order, days=173, is_long_cycle=True)
    order = decide_extension(
        order_id=order.pk, is_granted=True, decision="征地补偿", actor=dispatcher, now=now
    )

    assert order.due_at == datetime(2024, 5, 13, tzinfo=SHANGHAI)  # 180 days after 14 November
    [extension] = ClockExtension.objects.all()
    assert (extension.is_long_cycle, extension.unit) == (True, "calendar_day")
    assert "173" in explain(handling_clock(order.parties.get()))
    assert not is_offered(order, now)
    for is_long_cycle in (False, True):
        with pytest.raises(StepRefusedError):
            ask(order, days=1, is_long_cycle=is_long_cycle)


def test_what_was_granted_before_leaves_the_long_cycle_its_turn(
    make_timed, ask, dispatcher, is_offered, now
):
    order = make_timed()
    for _ in range(3):
        ask(order)
        decide_extension(order_id=order.pk, is_granted=True, decision="", actor=dispatcher, now=now)
    order.refresh_from_db()
    assert is_offered(order, now)  # as a long-cycle matter; the usual kind is used up

    ask(order, days=30, is_long_cycle=True)
    order = decide_extension(
        order_id=order.pk, is_granted=True, decision="", actor=dispatcher, now=now
    )

    assert order.due_at == datetime(2024, 1, 4, tzinfo=SHANGHAI)  # 4 December and 30 days


def test_a_city_without_long_cycles_grants_none(make_timed, ask, settings):
    settings.CLOCK_PRESET = "shandong"

    with pytest.raises(StepRefusedError):
        ask(make_timed(), days=30, is_long_cycle=True)


def test_a_clerk_does_not_ask_and_a_unit_does_not_grant(make_timed, ask, clerk, head, now):
    order = make_timed()

    with pytest.raises(StepRefusedError, match="负责人"):
        ask(order, actor=clerk)
    ask(order)
    with pytest.raises(StepRefusedError):
        decide_extension(order_id=order.pk, is_granted=True, decision="", actor=head, now=now)


def test_one_request_at_a_time(make_timed, ask):
    order = make_timed()
    ask(order)

    with pytest.raises(StepRefusedError):
        ask(order)


def test_nothing_is_decided_where_nothing_was_asked(make_timed, dispatcher, now):
    with pytest.raises(StepRefusedError):
        decide_extension(
            order_id=make_timed().pk, is_granted=True, decision="", actor=dispatcher, now=now
        )


def test_the_unit_is_told_what_was_decided(make_timed, ask, dispatcher, head, now):
    order = make_timed()
    for is_granted in (False, True):
        ask(order)
        decide_extension(
            order_id=order.pk,
            is_granted=is_granted,
            decision="依规定",
            actor=dispatcher,
            now=now,
        )

    told = Notice.objects.filter(user=head).order_by("pk")
    assert [(notice.kind, notice.params["due"]) for notice in told] == [
        ("extension_refused", "2023-11-21 24:00"),
        ("extension_granted", "2023-11-24 24:00"),
    ]
