"""A small centre: a dispatcher, two units with their clerks, and orders on their way."""

from collections.abc import Callable

import pytest
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.handling import record_contact, sign_order
from civicloop.apps.dispatch.actions.replying import ReplyText, reply_to_order
from civicloop.apps.dispatch.models import DispatchBasis, ReplyClaim, WorkOrder
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
        return sign_order(order_id=make_dispatched(**fields).pk, actor=clerk, now=now)

    return make


@pytest.fixture
def make_begun(make_signed: MakeOrder, clerk: User, now) -> MakeOrder:
    """Make an order that the housing bureau is handling and has talked about to the citizen."""

    def make(**fields) -> WorkOrder:
        return record_contact(
            order_id=make_signed(**fields).pk, is_reached=True, note="", actor=clerk, now=now
        )

    return make


@pytest.fixture
def make_replied(make_begun: MakeOrder, clerk: User, now) -> MakeOrder:
    def make(text: str = "已更换路灯三盏。", **fields) -> WorkOrder:
        reply = ReplyText(text=text, claim=ReplyClaim.SOLVED, explanation="夜间已试亮")
        return reply_to_order(order_id=make_begun(**fields).pk, reply=reply, actor=clerk, now=now)

    return make
