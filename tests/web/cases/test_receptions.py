from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.models import Reception, ReceptionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(browse, officer, leader, county):
    """Put the leader on the roster so many days from now."""

    def plan(days: int) -> Reception:
        day = timezone.localdate() + timedelta(days=days)
        answers = {"leader": leader.pk, "area": county.pk, "day": day, "place": "信访大厅"}
        browse(officer).post(reverse("cases:new_reception"), answers)
        return Reception.objects.latest("pk")

    return plan


def test_a_month_shows_its_days_and_no_others(plan, browse, officer):
    day = plan(0)
    other = f"{day.day.year + 1}-{day.day.month:02}"
    client, roster = browse(officer), reverse("cases:reception_list")

    assert "信访大厅" in client.get(roster).text
    assert "信访大厅" not in client.get(roster, {"month": other}).text
    assert "信访大厅" in client.get(roster, {"month": "no month"}).text


@pytest.mark.parametrize(("days", "is_late"), [(6, False), (1, True)])
def test_a_late_swap_is_marked_in_word(days, is_late, plan, browse, officer, take):
    day, other = plan(days), UserFactory(role=Role.LEADER)

    take(browse(officer), "reception", day, "swap", to_leader=other.pk, reason="出差")

    page = browse(officer).get(reverse("cases:reception", args=[day.pk])).text
    day.refresh_from_db()
    assert day.leader == other
    assert ("asked less than five days before" in page) == is_late


def test_of_two_who_swap_a_day_the_second_sees_that_the_first_did(
    plan, browse, officer, leader, take
):
    day, first, second = plan(6), UserFactory(role=Role.LEADER), UserFactory(role=Role.LEADER)
    take(browse(officer), "reception", day, "swap", to_leader=first.pk, reason="出差")

    late = browse(officer).post(
        f"{reverse('cases:reception', args=[day.pk])}swap/",
        {"seen_version": 1, "to_leader": second.pk, "reason": "开会"},
    )

    day.refresh_from_db()
    assert (late.status_code, day.leader) == (409, first)
    assert "开会" in late.text


def test_a_day_is_held_with_its_matters(plan, browse, officer, take, order):
    day, client = plan(0), browse(officer)

    take(client, "reception", day, "hear", order=order.number, instruction="三日内答复")
    take(client, "reception", day, "hold", note="接待一批")

    day.refresh_from_db()
    assert (day.state, day.cases.get().order) == (ReceptionState.HELD, order)


def test_a_cancelled_day_offers_nothing_more(plan, browse, officer, take):
    day, client = plan(3), browse(officer)

    take(client, "reception", day, "cancel", reason="开会")

    again = take(client, "reception", day, "hold", note="")
    assert again.status_code == 403
    assert "What you can do now" not in client.get(reverse("cases:reception", args=[day.pk])).text


@pytest.mark.parametrize(("role", "status"), [(Role.LEADER, 200), (Role.DISPATCHER, 403)])
def test_leaders_read_the_roster(role, status, browse, plan):
    plan(0)

    assert browse(UserFactory(role=role)).get(reverse("cases:reception_list")).status_code == status


def test_a_matter_that_is_sent_twice_is_kept_once(plan, browse, officer, take, order):
    day, client = plan(0), browse(officer)
    heard = {"order": order.number, "instruction": "三日内答复"}

    statuses = [take(client, "reception", day, "hear", **heard).status_code for _ in range(2)]

    assert statuses == [302, 422]
    assert day.cases.count() == 1
