"""A small centre: a dispatcher, two units with their clerks, and orders on their way."""

from collections.abc import Callable

import pytest
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.moving import Step, move_order
from civicloop.apps.dispatch.models import DispatchBasis, WorkOrder
from civicloop.apps.places.models import Unit

MakeOrder = Callable[..., WorkOrder]


@pytest.fixture
def dispatcher(db) -> User:
    return UserFactory(role=Role.DISPATCHER)


@pytest.fixture
def housing(db) -> Unit:
    return UnitFactory(code="HOUSING", name="住建局")


@pytest.fixture
def police(db) -> Unit:
    return UnitFactory(code="POLICE", name="公安局")


@pytest.fixture
def clerk(housing: Unit) -> User:
    return UserFactory(role=Role.UNIT_CLERK, unit=housing)


@pytest.fixture
def head(housing: Unit) -> User:
    return UserFactory(role=Role.UNIT_HEAD, unit=housing)


@pytest.fixture
def make_dispatched(dispatcher: User, housing: Unit, now) -> MakeOrder:
    """Make an order that lies with the housing bureau, or with the lead and assisting units named."""

    def make(lead: Unit | None = None, assisting: tuple[Unit, ...] = (), **fields) -> WorkOrder:
        return dispatch_order(
            order_id=WorkOrderFactory(**fields).pk,
            lead=lead or housing,
            assisting=assisting,
            basis=DispatchBasis.PERSON,
            routing={},
            actor=dispatcher,
            now=now,
        )

    return make


@pytest.fixture
def make_signed(make_dispatched: MakeOrder, clerk: User, now) -> MakeOrder:
    def make(**fields) -> WorkOrder:
        order = make_dispatched(**fields)
        return move_order(order_id=order.pk, step=Step(name="sign", actor=clerk, now=now))

    return make
