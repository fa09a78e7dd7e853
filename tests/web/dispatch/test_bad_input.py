"""What nobody would write on purpose, and what somebody might."""

import pytest
from django.urls import reverse
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.models import OrderState

pytestmark = pytest.mark.django_db
HUGE = "9" * 23
NO_UNIT = [HUGE, str(2**63), "-1", "x", "\0"]


def take(client, order, name, **answers):
    address = reverse("dispatch:step", args=[order.pk, name])
    return client.post(address, {"seen_version": order.version, **answers})


@pytest.mark.parametrize("number", NO_UNIT)
def test_what_is_no_unit_is_told_and_not_dispatched_to(number, browse, dispatcher, housing):
    order = WorkOrderFactory()
    client = browse(dispatcher)

    statuses = [
        take(client, order, "dispatch", lead=housing.pk, assisting=[number]).status_code,
        take(client, order, "dispatch", lead=number).status_code,
        take(client, order, "consult", units=[number, number], question="谁主办？").status_code,
        take(client, order, "name_respondent", unit=number, reason="来电").status_code,
    ]

    order.refresh_from_db()
    assert statuses == [422] * 4
    assert order.state == OrderState.TRIAGE


@pytest.mark.parametrize("seen", ["999999", "0", "-1", "x", HUGE])
def test_a_version_that_never_was_moves_nothing_twice(seen, browse, make_dispatched, clerk):
    order = make_dispatched()
    address = reverse("dispatch:step", args=[order.pk, "sign"])
    client = browse(clerk)

    client.post(address, {"seen_version": seen})
    client.post(address, {"seen_version": seen})

    order.refresh_from_db()
    assert order.steps.filter(name="sign").count() <= 1


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2023-02-30", "\0"])
@pytest.mark.parametrize("name", ["figures", "figure", "figure_orders"])
def test_a_day_of_no_age_is_told(name, day, browse, dispatcher):
    parts = {"figures": [], "figure": ["on_time"], "figure_orders": ["on_time", "whole"]}
    address = reverse(f"dispatch:{name}", args=parts[name])

    page = browse(dispatcher).get(address, {"first_day": day, "last_day": day, "unit": "\0"})

    assert page.status_code == 200
    assert page.context["form"].errors


def test_a_reply_of_two_hundred_thousand_characters_is_refused_and_kept_on_the_page(
    browse, make_begun, clerk
):
    order = make_begun()

    page = take(browse(clerk), order, "reply", claim="explained", text="路" * 200_000)

    assert page.status_code == 422
    assert page.text.count("路路路路") > 1000


@pytest.mark.parametrize("text", ["已修复😀", "\u202e已修复", "已\x07修复", "<script>1</script>"])
def test_odd_characters_do_no_harm(text, browse, make_begun, clerk):
    order = make_begun()
    client = browse(clerk)

    take(client, order, "reply", claim="explained", text=text)
    page = client.get(reverse("dispatch:order", args=[order.pk]))

    assert page.status_code == 200
    assert "<script>1" not in page.text


def test_a_draft_keeps_no_character_that_the_database_cannot(browse, make_begun, clerk):
    order = make_begun()

    browse(clerk).post(reverse("dispatch:draft", args=[order.pk, "reply"]), {"text": "写到\0一半"})

    assert order.drafts.get().answers == {"text": "写到一半"}


@pytest.mark.parametrize(
    "path",
    [
        f"/orders/{HUGE}/",
        f"/orders/{HUGE}/evidence/{HUGE}/",
        f"/appeals/{HUGE}/",
        f"/events/{HUGE}/",
        f"/imports/{HUGE}/",
        f"/knowledge/{HUGE}/",
        f"/directory/{HUGE}/",
        f"/help/{HUGE}/",
        f"/hot-issues/{HUGE}/hot-events.csv",
        f"/supervision/?after={HUGE}-{HUGE}",
        f"/supervision/?unit={HUGE}&look=x&level=9",
        "/orders/inbox/?after=x-١&look=x&role=x",
        "/orders/1/steps/unknown/",
        "/figures/unknown/",
        "/supervision.exe",
        "/appeals/?q=%00",
        "/knowledge/?q=%00",
        "/help/?q=%00",
    ],
)
def test_no_address_breaks_the_site(path, browse):
    role = Role.SUPERVISOR if path.startswith("/supervision") else Role.DISPATCHER
    client = browse(UserFactory(role=role))

    assert client.get(path).status_code in {200, 404, 405}
