"""Two people send forms of one order at the same moment: one is taken, the other is told in words.

Every form that the page offers two people, in each state, is sent by both at once, and some beside
another. Nothing is lost: the history counts on without a gap, and no form ends in an error.
"""

import random
import threading
from http import HTTPStatus
from itertools import product

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse
from tests.factories import UserFactory, WorkOrderFactory
from tests.web.posting import Form, forms_on

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.actions.objecting import Grounds, object_to_order
from civicloop.apps.dispatch.models import ObjectionGround, WorkOrder

TAKEN = HTTPStatus.FOUND
TOLD = {
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,  # the first has taken the order away from the second
}
CROSSED = 3  # pairs of unlike forms that two people of each state send
WORDS = "路灯不亮，已更换三盏"

pytestmark = [
    pytest.mark.skipif(
        "sqlite" in settings.ENVIRONMENT.database_url,
        reason="SQLite has one writer: nothing crosses",
    ),
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(900),
]


@pytest.fixture
def make(request, make_dispatched, make_signed, make_begun, make_replied, clerk, now):
    def make_objected() -> WorkOrder:
        order = make_dispatched()
        grounds = Grounds(
            ground=ObjectionGround.NOT_MY_DUTY, statement="不归我管", legal_basis="物业管理条例"
        )
        object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=now)
        return order

    return {
        "triage": WorkOrderFactory,
        "dispatched": make_dispatched,
        "objected": make_objected,
        "signed": make_signed,
        "in progress": make_begun,
        "replied": make_replied,
    }[request.param]


@pytest.fixture
def pairs(dispatcher, clerk, head) -> list[tuple[User, User]]:
    roles = (Role.DISPATCHER, Role.REVIEWER, Role.CALLER_BACK, Role.SUPERVISOR)
    alike = [(UserFactory(role=role), UserFactory(role=role)) for role in roles]
    return [*alike, (clerk, head), (dispatcher, head)]


def forms_of(user: User, order: WorkOrder) -> list[Form]:
    client = Client()
    client.force_login(user)
    found = forms_on(client, reverse("dispatch:order", args=[order.pk]))
    return [form for form in found if f"/orders/{order.pk}/steps/" in form.action]


def at_once(*sent: tuple[User, Form]) -> list[int]:
    """What answers to each form, all sent in the same moment."""
    start, statuses = threading.Barrier(len(sent)), [0] * len(sent)

    def send(place: int, user: User, form: Form) -> None:
        client = Client(raise_request_exception=False)
        try:
            client.force_login(user)
            *_, said = form.as_sent(WORDS)
            start.wait()
            statuses[place] = client.post(form.action, said).status_code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[n, *one]) for n, one in enumerate(sent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def chosen(mine: int, theirs: int) -> list[tuple[int, int]]:
    """Each form beside itself, and some beside another."""
    unlike = [(one, other) for one, other in product(range(mine), range(theirs)) if one != other]
    crossed = random.Random(4).sample(unlike, min(CROSSED, len(unlike)))
    return [*((one, one) for one in range(min(mine, theirs))), *crossed]


@pytest.mark.parametrize(
    "make",
    ["triage", "dispatched", "objected", "signed", "in progress", "replied"],
    indirect=True,
)
def test_of_two_forms_at_once_one_is_taken_and_the_other_told(make, pairs):
    taken = 0
    for one, other in pairs:
        like = make()
        for first, second in chosen(len(forms_of(one, like)), len(forms_of(other, like))):
            order = make()
            mine, theirs = forms_of(one, order)[first], forms_of(other, order)[second]

            statuses = at_once((one, mine), (other, theirs))

            order.refresh_from_db()
            told = (mine.action, theirs.action, statuses)
            assert set(statuses) <= {TAKEN, *TOLD}, told
            assert statuses.count(TAKEN) <= 1, told
            versions = order.steps.order_by("version").values_list("version", flat=True)
            assert list(versions) == list(range(1, order.version + 1)), told
            taken += statuses.count(TAKEN)

    assert taken > 2
