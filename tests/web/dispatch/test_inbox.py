from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import AreaFactory, UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.handling import sign_order
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.dispatch.queries import inbox as queries
from civicloop.apps.places.models import UnitLevel

pytestmark = pytest.mark.django_db

INBOX = "/orders/inbox/"


@pytest.fixture
def due(now):
    """Give an order and its parties a due time so many hours from now."""

    def due(order: WorkOrder, hours: float) -> WorkOrder:
        order.due_at = timezone.now() + timedelta(hours=hours)
        order.save()
        order.parties.update(due_at=order.due_at)
        return order

    return due


def numbers(page: str, *orders: WorkOrder) -> list[int]:
    """The orders' places on the page, first things first."""
    return sorted(range(len(orders)), key=lambda place: page.find(orders[place].number))


def test_what_is_due_first_comes_first_whether_led_or_assisted(
    make_dispatched, due, clerk, housing, police, browse
):
    orders = [
        due(make_dispatched(), 30),
        due(make_dispatched(lead=police, assisting=(housing,)), 2),
        make_dispatched(),
        due(make_dispatched(), -5),
    ]

    page = browse(clerk).get(INBOX).text

    assert numbers(page, *orders) == [3, 1, 0, 2]
    assert "overdue by 5 hours" in page


def test_another_units_orders_are_not_there(make_dispatched, police, browse):
    order = make_dispatched()

    page = browse(UserFactory(role=Role.UNIT_CLERK, unit=police)).get(INBOX).text

    assert order.number not in page
    assert "Nothing waits for you here." in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"look": "to_sign"}, {0, 2}),
        ({"look": "overdue"}, {1}),
        ({"role": "assist"}, {2}),
        ({"role": "lead"}, {0, 1}),
        ({"look": "nonsense", "role": "nonsense"}, {0, 1, 2}),
        ({"after": "nonsense"}, {0, 1, 2}),
    ],
)
def test_filters(query, shown, make_dispatched, make_signed, due, clerk, housing, police, browse):
    orders = [
        due(make_dispatched(), 30),
        due(make_signed(), -2),
        due(make_dispatched(lead=police, assisting=(housing,)), 3),
    ]

    page = browse(clerk).get(INBOX, query).text

    assert {place for place, order in enumerate(orders) if order.number in page} == shown


def test_an_answered_order_leaves_the_list_of_things_to_do(make_replied, clerk, browse):
    order = make_replied()
    client = browse(clerk)

    assert order.number not in client.get(INBOX).text
    assert order.number in client.get(INBOX, {"look": "answered"}).text


def test_the_reviewer_finds_the_replies_that_wait(make_replied, make_dispatched, browse):
    replied, other = make_replied(), make_dispatched()

    page = browse(UserFactory(role=Role.REVIEWER)).get(INBOX).text

    assert replied.number in page
    assert other.number not in page


def test_pages_show_every_order_once(make_dispatched, due, clerk, browse, monkeypatch):
    monkeypatch.setattr(queries, "ENTRIES_PER_PAGE", 2)
    orders = [due(make_dispatched(), hours) for hours in (5, 5, 7)] + [
        make_dispatched() for _ in range(3)
    ]
    seen: list[int] = []
    after = ""
    while True:
        page = queries.inbox_of(clerk, queries.InboxFilters(), now=timezone.now(), after=after)
        seen += [entry.order.pk for entry in page.entries]
        after = page.next_cursor
        if not after:
            break

    assert seen == [order.pk for order in orders]


def test_statements_do_not_grow_with_the_inbox(
    make_dispatched, due, clerk, housing, police, browse, django_assert_max_num_queries
):
    for _ in range(26):
        due(make_dispatched(), -1)
        due(make_dispatched(lead=police, assisting=(housing,)), -1)
    client = browse(clerk)
    client.get(INBOX)

    for look in queries.Look:
        with django_assert_max_num_queries(8):
            page = client.get(INBOX, {"look": look.value})
        assert len(page.context["entries"]) == (0 if look == queries.Look.ANSWERED else 50)


def test_signing_for_many_first_shows_what_would_happen(
    make_dispatched, make_signed, clerk, head, browse, now
):
    ready, signed = make_dispatched(), make_signed()
    client = browse(clerk)
    chosen = {"order": [ready.pk, signed.pk, "nonsense"]}

    preview = client.post(reverse("dispatch:sign_many"), chosen)

    assert "1 of 2 can be signed for" in preview.text
    assert "Your unit has signed for it already." in preview.text
    ready.refresh_from_db()
    assert ready.state == OrderState.DISPATCHED

    done = client.post(reverse("dispatch:sign_many"), chosen | {"confirmed": "1"}, follow=True)

    assert "1 order signed for." in done.text
    assert f"{signed.number}: Your unit has signed for it already." in done.text
    ready.refresh_from_db()
    assert ready.state == OrderState.SIGNED


def test_what_was_signed_meanwhile_is_told_and_the_rest_is_signed(
    make_dispatched, clerk, head, browse, now
):
    first, second = make_dispatched(), make_dispatched()
    sign_order(order_id=first.pk, actor=head, now=now)

    browse(clerk).post(
        reverse("dispatch:sign_many"), {"order": [first.pk, second.pk], "confirmed": "1"}
    )

    second.refresh_from_db()
    assert second.state == OrderState.SIGNED


def test_nothing_chosen_is_told(clerk, browse):
    response = browse(clerk).post(reverse("dispatch:sign_many"), follow=True)

    assert "Choose at least one order." in response.text


def test_a_units_staff_begin_at_the_inbox(clerk, browse):
    assert browse(clerk).get("/")["Location"] == INBOX


def test_a_county_finds_what_its_townships_handle_below_its_inbox_and_may_only_read_it(
    make_dispatched, browse, django_assert_max_num_queries
):
    county = AreaFactory()
    government = UnitFactory(name="云溪区人民政府", level=UnitLevel.COUNTY, area=county)
    order = make_dispatched(lead=UnitFactory(level=UnitLevel.TOWNSHIP, area=county))
    client = browse(UserFactory(role=Role.UNIT_CLERK, unit=government))
    client.get(INBOX)

    with django_assert_max_num_queries(8):
        inbox = client.get(INBOX)
    page = client.get(reverse("dispatch:order", args=[order.pk]))

    assert "With your townships" in inbox.text
    assert [one for one, _title in inbox.context["copied"]] == [order]
    assert page.status_code == 200
    assert "Copied to" in page.text
    assert page.context["steps"] == []
