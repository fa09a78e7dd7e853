from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.figures import FIGURES
from civicloop.apps.dispatch.models import CloseType, OrderState

pytestmark = pytest.mark.django_db
NOON = datetime(2023, 11, 14, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
NOVEMBER = {"first_day": "2023-11-01", "last_day": "2023-11-30"}


@pytest.fixture
def now():
    return NOON


@pytest.fixture
def supervisor():
    return UserFactory(role=Role.SUPERVISOR)


def answered(**fields):
    usual = {"state": OrderState.CLOSED, "closed_at": NOON, "opened_at": NOON}
    return WorkOrderFactory(close_type=CloseType.ANSWERED, **usual | fields)


def test_a_number_on_the_page_opens_its_orders(browse, supervisor):
    order = answered()
    WorkOrderFactory(opened_at=NOON)

    page = browse(supervisor).get(reverse("dispatch:figures"), NOVEMBER)
    rows = browse(supervisor).get(
        reverse("dispatch:figure_orders", args=["on_the_spot", "part"]), NOVEMBER
    )

    assert "50.0%" in page.text
    assert reverse("dispatch:figure_orders", args=["on_the_spot", "part"]) in page.text
    assert order.number in rows.text
    assert rows.context["page"].paginator.count == 1


def test_the_page_says_which_share_is_called_back_and_reviewed(browse, supervisor, settings):
    settings.SHARE_CALLED_BACK, settings.SHARE_REVIEWED = 0.29, 1.0

    page = browse(supervisor).get("/figures/").text

    assert "and 29 % of the rest" in page
    assert "and 100 % of the rest" in page


def test_a_figure_by_unit_shows_peers_and_no_rank_for_few_cases(browse, supervisor, housing):
    answered(lead_unit=housing, dispatched_at=NOON, return_count=0)

    page = browse(supervisor).get(reverse("dispatch:figure", args=["dispatched_rightly"]), NOVEMBER)

    [tier] = page.context["tiers"]
    assert [(one.unit, one.rank) for one in tier.units] == [(housing, None)]
    assert "住建局" in page.text


def test_a_period_that_runs_backwards_is_told_and_the_usual_one_shown(browse, supervisor):
    page = browse(supervisor).get(
        reverse("dispatch:figures"), {"first_day": "2023-12-01", "last_day": "2023-11-01"}
    )

    assert "The first day is after the last." in page.text


@pytest.mark.parametrize("address", [["nonsense", "part"], ["on_time", "nonsense"]])
def test_a_figure_that_is_none_is_not_found(address, browse, supervisor):
    response = browse(supervisor).get(reverse("dispatch:figure_orders", args=address))

    assert response.status_code == 404


def test_a_page_that_is_none_is_not_found(browse, supervisor):
    response = browse(supervisor).get(
        reverse("dispatch:figure_orders", args=["on_time", "whole"]), {"page": "9"}
    )

    assert response.status_code == 404


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GUEST, Role.MEDIATOR])
def test_who_has_no_business_with_figures_sees_none(role, browse):
    response = browse(UserFactory(role=role)).get(reverse("dispatch:figures"))

    assert response.status_code == 403


def test_the_head_of_a_unit_sees_the_own_units_figures_only(browse, head, make_dispatched, police):
    make_dispatched()
    make_dispatched(lead=police)

    page = browse(head).get(reverse("dispatch:figures"), NOVEMBER)

    rows = {row.code: row.ratio for row in page.context["rows"]}
    assert rows["dispatched_rightly"].denominator == 1


@pytest.mark.parametrize("code", FIGURES)
def test_every_figure_has_its_page(code, browse, supervisor):
    response = browse(supervisor).get(reverse("dispatch:figure", args=[code]))

    assert response.status_code == 200


def test_the_figures_take_as_many_statements_for_many_orders(
    browse, supervisor, django_assert_max_num_queries
):
    for _ in range(3):
        answered()

    client = browse(supervisor)

    with django_assert_max_num_queries(12):
        client.get(reverse("dispatch:figures"), NOVEMBER)
