"""How alike objections were decided, and what was told of the same place."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from tests.factories import (
    AppealFactory,
    AreaFactory,
    TopicFactory,
    UnitFactory,
    UserFactory,
    WorkOrderFactory,
)

from civicloop.apps.accounts.models import Role
from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.dispatch.actions.objecting import Grounds, decide_objection, object_to_order
from civicloop.apps.dispatch.actions.opening import Circumstances, open_order_for
from civicloop.apps.dispatch.models import ObjectionGround, WorkOrder
from civicloop.apps.dispatch.place_keys import place_key_of
from civicloop.apps.dispatch.queries.before import history_of_place, precedents_of
from civicloop.apps.dispatch.queries.order_page import find_order, order_details
from civicloop.apps.intake.models import Kind
from civicloop.apps.places.models import AreaLevel

pytestmark = pytest.mark.django_db

GROUNDS = Grounds(
    ground=ObjectionGround.NOT_MY_DUTY, statement="不属我局职责", legal_basis="三定方案第三条"
)
ADDRESS = "振华街 12 号"


@pytest.fixture
def topic():
    return TopicFactory()


@pytest.fixture
def objected(make_dispatched, clerk, topic, now):
    """An order of the topic to which the housing bureau has objected."""

    def objected(**fields) -> WorkOrder:
        order = make_dispatched(**{"topic": topic} | fields)
        return object_to_order(order_id=order.pk, grounds=GROUNDS, actor=clerk, now=now)

    return objected


@pytest.fixture
def decided(objected, dispatcher, now):
    def decided(*, is_upheld=True, decision="按职责分工另派。", **fields) -> WorkOrder:
        return decide_objection(
            order_id=objected(**fields).pk, is_upheld=is_upheld, decision=decision,
            actor=dispatcher, now=now,
        )  # fmt: skip

    return decided


def seen_by(user, order, now):
    return order_details(find_order(order.pk, user), user, now=now)


def test_decided_objections_of_the_topic_are_counted_and_told(decided, objected):
    decided()
    rejected = decided(is_upheld=False, decision="按派单目录由你单位承办。")
    objected()  # is not decided
    decided(topic=TopicFactory())  # is about something else
    order = objected()

    found = precedents_of(order)

    assert (found.decided, found.upheld) == (2, 1)
    assert found.shown[0].order_id == rejected.pk
    assert found.shown[0].decision == "按派单目录由你单位承办。"


def test_an_order_is_no_precedent_of_itself(decided):
    assert precedents_of(decided()).decided == 0


def test_the_unit_s_own_come_first(decided, objected, dispatcher, make_dispatched, topic, now):
    own = decided()
    police = UnitFactory(name="公安局")
    other = make_dispatched(lead=police, topic=topic)
    object_to_order(
        order_id=other.pk, grounds=GROUNDS, now=now,
        actor=UserFactory(role=Role.UNIT_CLERK, unit=police),
    )  # fmt: skip
    decide_objection(order_id=other.pk, is_upheld=True, decision="x", actor=dispatcher, now=now)

    shown = precedents_of(objected()).shown

    assert [one.order_id for one in shown] == [own.pk, other.pk]


@pytest.mark.parametrize(
    "fields", [{"kind": Kind.REPORT}, {"is_sensitive": True}, {"is_confidential": True}]
)
def test_what_is_secret_is_no_precedent(decided, objected, fields):
    decided(**fields)

    assert precedents_of(objected()).decided == 0


def test_they_are_shown_to_who_raises_and_to_who_decides(
    decided, objected, make_dispatched, clerk, dispatcher, topic, now
):
    decided()
    lies_with_unit, waits = make_dispatched(topic=topic), objected()
    supervisor = UserFactory(role=Role.SUPERVISOR)

    def shown_to(user, order):
        found = seen_by(user, order, now).precedents
        return found.decided if found else None

    assert shown_to(clerk, lies_with_unit) == 1
    assert shown_to(dispatcher, waits) == 1
    assert shown_to(dispatcher, lies_with_unit) is None  # has nothing to decide
    assert shown_to(clerk, waits) is None
    assert shown_to(supervisor, waits) is None


def test_a_designated_unit_which_may_not_object_is_shown_none(decided, clerk, now):
    decided()
    designated = decided(is_upheld=False)

    assert seen_by(clerk, designated, now).precedents is None


@pytest.fixture
def told(now):
    """An order about something at the address."""
    area = AreaFactory()

    def told(address=ADDRESS, days_ago=10, where=area, appeal=None, **fields) -> WorkOrder:
        of_appeal = {"address": address, "area": where, "kind": Kind.COMPLAINT} | (appeal or {})
        at = now - timedelta(days=days_ago)
        appeal = AppealFactory(received_at=at, **of_appeal)
        key = place_key_of(appeal, now=at)
        return WorkOrderFactory(appeal=appeal, area=where, opened_at=at, place_key=key, **fields)

    return told


def test_a_place_remembers_a_year_newest_first(told, dispatcher, now):
    older, newer, order = told(days_ago=360), told(days_ago=3), told(days_ago=1)
    told(days_ago=366)
    told(address="振华街 13 号")
    told(where=AreaFactory(code="140299000000", name="别处"))

    assert history_of_place(order, dispatcher, now=now) == [newer, older]


def test_the_same_place_is_found_however_its_address_was_written(told, dispatcher, now):
    street = AreaFactory(code="990101001000", name="橡堰街道", level=AreaLevel.TOWNSHIP)
    written = [
        "云溪区橡堰街道翠庐花园3栋2单元",
        "翠庐花园小区南门",
        "翠 庐 花 园 十二号楼",
        "翠庐花园二期",
    ]
    others = [told(address=one, days_ago=9 - n) for n, one in enumerate(written)]
    within = told(address="翠庐花园", where=street, days_ago=2)
    told(address="翠庭花园3栋")

    order = told(address="橡堰街道翠庐花园", days_ago=1)

    assert history_of_place(order, dispatcher, now=now) == [within, *others[::-1]]


def test_a_door_on_a_road_is_told_from_the_next(told, dispatcher, now):
    door = told(address="云溪区振华街十二号", days_ago=3)
    told(address="振华街 112 号", days_ago=2)
    told(address="振华街", days_ago=2)

    assert history_of_place(told(days_ago=1), dispatcher, now=now) == [door]


def test_one_name_in_two_streets_or_counties_is_two_places(told, dispatcher, now):
    streets = [
        AreaFactory(code=f"99010100{n}000", name=f"第{n}街道", level=AreaLevel.TOWNSHIP)
        for n in (1, 2)
    ]
    first, second = (told(address="幸福花园", where=street) for street in streets)
    counties = [AreaFactory(code=f"99010{n}000000", name=f"第{n}区") for n in (7, 8)]
    for county in counties:
        told(address="平安花园", where=None, appeal={"county": county})

    assert history_of_place(first, dispatcher, now=now) == []
    assert history_of_place(second, dispatcher, now=now) == []
    for order in WorkOrder.objects.filter(appeal__county__in=counties):
        assert history_of_place(order, dispatcher, now=now) == []


@pytest.mark.parametrize("address", ["云溪区", "家里", "12号", "云溪区橡堰街道"])
def test_what_names_no_place_has_no_history(told, dispatcher, now, address):
    told(address=address)

    assert history_of_place(told(address=address), dispatcher, now=now) == []


def test_an_order_is_opened_with_the_key_of_its_place_and_a_secret_one_without(dispatcher, now):
    def opened(**fields):
        known = Circumstances(is_confidential=fields.pop("tells_in_confidence", False))
        appeal = AppealFactory(address=ADDRESS, **fields)
        return open_order_for(
            appeal=appeal, circumstances=known, is_registered=True, actor=dispatcher, now=now
        )

    keys = [opened().place_key for _ in range(2)]

    assert keys[0] == keys[1] != ""
    assert "振华" not in keys[0]
    assert opened(kind=Kind.REPORT).place_key == ""
    assert opened(is_confidential=True).place_key == ""
    assert opened(tells_in_confidence=True).place_key == ""


def test_orders_of_before_the_upgrade_are_found_too(told, dispatcher):
    now = timezone.now()
    old, order = (
        WorkOrderFactory(
            appeal=AppealFactory(address=address, received_at=now), opened_at=now, area=None
        )
        for address in ("云溪区振华街12号", ADDRESS)
    )
    secret = WorkOrderFactory(
        appeal=AppealFactory(address=ADDRESS), opened_at=now, is_confidential=True
    )

    import_module("civicloop.apps.dispatch.migrations.0018_place_keys").name_places(apps, None)

    order.refresh_from_db()
    secret.refresh_from_db()
    assert history_of_place(order, dispatcher, now=now) == [old]
    assert secret.place_key == ""


def test_a_unit_is_told_of_its_own_orders_alone(told, make_dispatched, clerk, police, now):
    order, own, others = told(), told(), told()
    for one, unit in ((order, clerk.unit), (own, clerk.unit), (others, police)):
        one.parties.create(unit=unit, role="lead", assigned_at=now)

    assert history_of_place(order, clerk, now=now) == [own]


@pytest.mark.parametrize(
    "secret",
    [
        {"kind": Kind.REPORT},
        {"is_confidential": True},
        {"appeal": {"kind": Kind.REPORT}},
        {"appeal": {"is_confidential": True}},
    ],
)
def test_secret_orders_neither_have_nor_are_a_history(told, dispatcher, secret, now):
    hidden, order = told(**secret), told()

    assert history_of_place(order, dispatcher, now=now) == []
    assert history_of_place(hidden, dispatcher, now=now) == []


def test_no_address_is_no_place(told, dispatcher, now):
    told(address="")

    assert history_of_place(told(address=""), dispatcher, now=now) == []


def test_a_reader_who_sees_the_address_masked_is_told_all_the_same(told, now):
    home = "振华街12号楼3单元501室"
    other, order = told(address=home), told(address=home)
    supervisor = UserFactory(role=Role.SUPERVISOR)

    with read_by(supervisor):
        order = find_order(order.pk, supervisor)
        found = history_of_place(order, supervisor, now=now)
        is_masked = order.appeal.address != home

    assert is_masked
    assert found == [other]


def test_the_page_asks_one_statement_for_each(told, dispatcher, decided, objected, now,
                                              django_assert_num_queries):  # fmt: skip
    decided()
    order = told()
    waits = WorkOrder.objects.select_related("topic").get(pk=objected().pk)

    with django_assert_num_queries(1):
        history_of_place(order, dispatcher, now=now)
    with django_assert_num_queries(1):
        precedents_of(waits)
