from collections.abc import Callable

import pytest
from django.test import Client
from tests.factories import WorkOrderFactory

from civicloop.apps.accounts.models import Role

pytestmark = pytest.mark.both_databases


def test_the_number_of_an_order_leads_to_it(operator: Client) -> None:
    order = WorkOrderFactory()

    response = operator.get("/go/", {"q": f" {order.number} "})

    assert response.url == f"/orders/{order.pk}/"


def test_words_are_searched_in_the_appeals(operator: Client) -> None:
    response = operator.get("/go/", {"q": "路灯 不亮"})

    assert response.url == "/appeals/?q=%E8%B7%AF%E7%81%AF+%E4%B8%8D%E4%BA%AE"


def test_who_sees_neither_is_told_so(log_in: Callable[[str], Client]) -> None:
    order = WorkOrderFactory()

    page = log_in(Role.MEDIATOR).get("/go/", {"q": order.number}, follow=True)

    assert "You see no work order of this number." in page.text


def test_nothing_asked_shows_the_box(operator: Client) -> None:
    assert 'name="q"' in operator.get("/go/").text
