import pytest
from tests.factories import UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.dispatching import dispatch_order, escalate_order
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.apps.dispatch.directory_facts import read_units
from civicloop.apps.dispatch.models import DispatchBasis, OrderState
from civicloop.apps.dispatch.routing_facts import circumstances_of
from civicloop.apps.places.models import UnitLevel
from civicloop.engines.routing.levels import Level

pytestmark = pytest.mark.both_databases


@pytest.fixture
def county_office(db):
    return UnitFactory(name="县住建局", level=UnitLevel.COUNTY)


@pytest.fixture
def city_bureau(db):
    return UnitFactory(name="市住建局", level=UnitLevel.CITY)


@pytest.fixture
def escalated(make_dispatched, county_office, dispatcher, now):
    order = make_dispatched(lead=county_office)
    return escalate_order(order_id=order.pk, reason="推诿", actor=dispatcher, now=now)


@pytest.fixture
def give(dispatcher, now):
    def give(order, lead):
        return dispatch_order(
            order_id=order.pk, lead=lead, assisting=[], basis=DispatchBasis.PERSON, routing={},
            actor=dispatcher, now=now,
        )  # fmt: skip

    return give


def test_an_escalated_order_waits_for_a_unit_above_and_counts_no_return(escalated) -> None:
    assert (escalated.state, escalated.is_escalated) == (OrderState.TRIAGE, True)
    assert (escalated.escalated_from, escalated.lead_unit) == (UnitLevel.COUNTY, None)
    assert escalated.return_count == 0
    step = escalated.steps.get(name="escalate")
    assert step.note == "推诿"


def test_a_unit_of_the_same_level_does_not_get_it(escalated, give, city_bureau) -> None:
    with pytest.raises(StepRefusedError):
        give(escalated, UnitFactory(name="县水务局", level=UnitLevel.COUNTY))

    assert give(escalated, city_bureau).lead_unit == city_bureau


def test_above_the_city_there_is_only_the_joint_meeting(
    make_dispatched, city_bureau, dispatcher, now
):
    order = make_dispatched(lead=city_bureau)

    with pytest.raises(StepRefusedError):
        escalate_order(order_id=order.pk, reason="推诿", actor=dispatcher, now=now)


def test_the_supervision_office_may_and_a_unit_may_not(make_dispatched, county_office, now) -> None:
    clerk = UserFactory(role=Role.UNIT_CLERK, unit=county_office)
    order = make_dispatched(lead=county_office)

    with pytest.raises(StepRefusedError):
        escalate_order(order_id=order.pk, reason="推诿", actor=clerk, now=now)
    done = escalate_order(
        order_id=order.pk, reason="推诿", actor=UserFactory(role=Role.SUPERVISOR), now=now
    )

    assert done.is_escalated


def test_why_must_be_said(make_dispatched, county_office, dispatcher, now) -> None:
    order = make_dispatched(lead=county_office)

    with pytest.raises(StepRefusedError):
        escalate_order(order_id=order.pk, reason=" ", actor=dispatcher, now=now)


def test_routing_knows_from_which_level_it_comes(escalated) -> None:
    assert circumstances_of(escalated, read_units()).escalated_from == Level.COUNTY
