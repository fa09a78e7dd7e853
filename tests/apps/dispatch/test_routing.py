from datetime import timedelta

import pytest
from tests.apps.dispatch.directories import in_force, rule
from tests.factories import AppealFactory, TopicFactory, UnitFactory, WorkOrderFactory

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.directory import retire_directory
from civicloop.apps.dispatch.actions.dispatching import dispatch_order, redispatch_order
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.actions.routing import route_order, route_waiting_orders
from civicloop.apps.dispatch.actions.unit_training import train_units
from civicloop.apps.dispatch.models import (
    DispatchBasis,
    Objection,
    OrderState,
    PastHandling,
    UnitModelVersion,
    WorkOrder,
)
from civicloop.apps.intake.models import Kind, Topic
from civicloop.apps.places.models import Unit
from civicloop.engines.routing.deciding import BrokenRuleError

pytestmark = pytest.mark.both_databases

PROBLEMS = {"噪声": ("POLICE", "半夜施工吵得睡不着"), "房屋": ("HOUSING", "屋顶漏水墙面开裂")}
HISTORY = 90  # appeals of each topic


@pytest.fixture
def topics(db) -> dict[str, Topic]:
    return {path: TopicFactory(path=path) for path in PROBLEMS}


@pytest.fixture
def history(topics, housing: Unit, police: Unit) -> None:
    """Appeals whose solver the earlier system names."""
    units = {unit.code: unit for unit in (housing, police)}
    for number in range(HISTORY):
        for path, (unit, text) in PROBLEMS.items():
            appeal = AppealFactory(text=f"{chr(0x4E00 + number)}街{text}", topic=topics[path])
            PastHandling.objects.create(appeal=appeal, unit=units[unit])


@pytest.fixture
def model(history, directory, now) -> UnitModelVersion:
    return train_units(now=now).version


@pytest.fixture
def directory(topics, housing, police, now):
    rules = [rule(path, unit, statute="条例") for path, (unit, _text) in PROBLEMS.items()]
    return in_force(*rules, now=now)


def waiting(topic: Topic | None, text: str = "中山街半夜施工吵得睡不着", **fields) -> WorkOrder:
    return WorkOrderFactory(topic=topic, appeal=AppealFactory(text=text), **fields)


def test_an_order_goes_to_its_unit_where_directory_and_experience_agree(
    model, topics, police, now
) -> None:
    order = waiting(topics["噪声"])

    route_order(order_id=order.pk, now=now)

    order.refresh_from_db()
    assert (order.state, order.lead_unit) == (OrderState.DISPATCHED, police)
    assert order.dispatch_basis == DispatchBasis.AUTOMATIC
    assert order.routing["rule"] == 1
    assert order.routing["statute"] == "条例"
    assert (order.routing["directory"], order.routing["model"]) == (1, 1)
    assert order.routing["suggestions"][0][0] == "POLICE"
    assert order.routing["words"]
    assert order.steps.get(name="dispatch").actor is None


def test_an_order_without_a_model_waits_with_the_directorys_choice(directory, topics, now) -> None:
    order = waiting(topics["噪声"])

    route_order(order_id=order.pk, now=now)

    order.refresh_from_db()
    assert order.state == OrderState.TRIAGE
    assert order.routing["reasons"] == ["no_model"]
    assert order.routing["choices"] == [["POLICE", "directory", None]]
    assert AuditEvent.objects.filter(action="order_route", object_id=order.pk).count() == 1


def test_disagreement_keeps_both_units_for_a_person(model, topics, now) -> None:
    order = waiting(topics["房屋"])  # filed as housing, worded as noise

    route_order(order_id=order.pk, now=now)

    order.refresh_from_db()
    assert "disagree" in order.routing["reasons"]
    assert [choice[0] for choice in order.routing["choices"]] == ["HOUSING", "POLICE"]


def test_a_report_of_a_wrong_and_a_sensitive_matter_wait_for_a_person(model, topics, now) -> None:
    report = waiting(topics["噪声"], kind=Kind.REPORT)
    secret = waiting(topics["噪声"], is_confidential=True)

    run = route_waiting_orders(now=now)

    assert run.outcomes == {"person": 2}
    assert run.reasons == {"kind": 1, "sensitive": 1}
    assert report.steps.count() == secret.steps.count() == 2


def test_the_unit_complained_of_is_not_offered(model, topics, police, now) -> None:
    order = waiting(topics["噪声"], respondent_unit=police)

    route_order(order_id=order.pk, now=now)

    order.refresh_from_db()
    assert order.routing["reasons"][0] == "about_unit"
    assert "POLICE" not in [choice[0] for choice in order.routing["choices"]]


def test_a_unit_that_was_right_to_return_an_order_is_not_offered_it_again(
    model, topics, police, dispatcher, now
) -> None:
    order = waiting(topics["噪声"])
    dispatch_order(
        order_id=order.pk,
        lead=police,
        basis=DispatchBasis.PERSON,
        routing={},
        actor=dispatcher,
        now=now,
    )
    Objection.objects.create(
        order=order,
        unit=police,
        ground="not_my_duty",
        verdict="upheld",
        raised_by=dispatcher,
        raised_at=now,
        decided_at=now,
    )
    redispatch_order(order_id=order.pk, reason="不属职责", actor=dispatcher, now=now)

    route_order(order_id=order.pk, now=now)

    order.refresh_from_db()
    assert order.routing["reasons"] == ["returned"]
    assert [choice[0] for choice in order.routing["choices"]] == ["HOUSING"]


def test_an_order_under_way_is_not_routed(model, topics, police, dispatcher, now) -> None:
    order = waiting(topics["噪声"])
    route_order(order_id=order.pk, now=now)

    with pytest.raises(StepRefusedError):
        route_order(order_id=order.pk, now=now)


def test_a_second_run_leaves_what_was_looked_at_alone(directory, topics, now) -> None:
    order = waiting(topics["噪声"])

    first, second = route_waiting_orders(now=now), route_waiting_orders(now=now)

    assert (first.orders, second.orders) == (1, 0)
    assert order.steps.filter(name="route").count() == 1


def test_a_new_directory_is_reason_to_look_again(directory, topics, now) -> None:
    waiting(topics["噪声"])
    route_waiting_orders(now=now)
    in_force(rule("噪声", "HOUSING"), now=now)

    again = route_waiting_orders(now=now)

    assert again.orders == 1
    assert WorkOrder.objects.get().routing["choices"][0][0] == "HOUSING"


def test_a_rule_whose_unit_is_gone_fails_loudly_and_holds_up_no_other_order(
    directory, model, topics, now
) -> None:
    Unit.objects.filter(code="HOUSING").update(code="HOUSING-2")
    broken, other = waiting(topics["房屋"], text="屋顶漏水"), waiting(topics["噪声"])

    run = route_waiting_orders(now=now)

    assert [(error.rule, error.unit) for error in run.broken] == [(2, "HOUSING")]
    broken.refresh_from_db()
    other.refresh_from_db()
    assert broken.routing["reasons"] == ["broken_rule"]
    assert other.state == OrderState.DISPATCHED
    with pytest.raises(BrokenRuleError):
        route_order(order_id=broken.pk, now=now)


def test_without_a_directory_everything_waits_for_a_person(
    model, directory, topics, dispatcher, now
) -> None:
    retire_directory(version_id=directory.pk, actor=dispatcher, now=now)
    order = waiting(topics["噪声"])

    route_waiting_orders(now=now)

    order.refresh_from_db()
    assert order.routing["reasons"][0] == "no_rule"
    assert order.routing["choices"][0][:2] == ["POLICE", "learned"]


def test_nobody_pushes_a_departments_matter_to_a_township(
    directory, topics, dispatcher, now
) -> None:
    town = UnitFactory(code="TOWN", name="石桥镇人民政府", level="township")
    order = waiting(topics["噪声"])

    with pytest.raises(StepRefusedError, match="1"):
        dispatch_order(
            order_id=order.pk,
            lead=town,
            basis=DispatchBasis.PERSON,
            routing={},
            actor=dispatcher,
            now=now,
        )


def test_a_township_acts_where_the_rule_allows_it(topics, housing, dispatcher, now) -> None:
    town = UnitFactory(code="TOWN", name="石桥镇人民政府", level="township")
    in_force(rule("噪声", "HOUSING", grassroots_allowed=True), rule("房屋", "HOUSING"), now=now)
    order = waiting(topics["噪声"])

    dispatch_order(
        order_id=order.pk,
        lead=town,
        basis=DispatchBasis.PERSON,
        routing={},
        actor=dispatcher,
        now=now + timedelta(minutes=1),
    )

    order.refresh_from_db()
    assert order.lead_unit == town
