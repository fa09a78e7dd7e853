from datetime import date

import pytest
from django.urls import reverse
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.models import Committee, CommitteeKind, MediationCase, MediationState
from civicloop.apps.clocks.models import Clock, ClockName
from civicloop.apps.intake.models import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee(county) -> Committee:
    return Committee.objects.create(
        name="消费纠纷调委会",
        kind=CommitteeKind.CONSUMER,
        area=county,
        member_count=5,
        elected_on=date(2022, 5, 1),
    )


@pytest.fixture
def case(browse, officer, order, committee, mediator) -> MediationCase:
    answers = {
        "order": order.number,
        "subject": "退款纠纷",
        "committee": committee.pk,
        "mediator": mediator.pk,
        "party_count": 2,
    }
    browse(officer).post(reverse("cases:new_mediation"), answers)
    return MediationCase.objects.get()


def clocks(case: MediationCase) -> list[tuple[str, bool]]:
    """Each clock and whether it runs."""
    found = Clock.objects.of_owner("mediation_case", case.pk)
    return [(clock.name, clock.stopped_at is None) for clock in found]


def test_a_mediator_takes_the_own_case_to_an_agreement(browse, take, mediator, case):
    client = browse(mediator)

    take(client, "mediation", case, "begin")
    begun = clocks(case)
    take(client, "mediation", case, "agree", agreement="written", text="退款三百元。")
    agreed = clocks(case)
    take(client, "mediation", case, "confirm")
    take(client, "mediation", case, "perform")

    case.refresh_from_db()
    assert case.state == MediationState.PERFORMED
    assert begun == [(ClockName.MEDIATE, True)]
    assert agreed == [(ClockName.MEDIATE, False), (ClockName.CONFIRM, True)]
    assert clocks(case)[1] == (ClockName.CONFIRM, False)


def test_the_parties_are_told_their_routes_when_it_fails(browse, take, mediator, case):
    client = browse(mediator)

    silent = take(client, "mediation", case, "end", is_refused="1")
    told = take(client, "mediation", case, "end", is_refused="1", route_told="可向法院起诉")

    case.refresh_from_db()
    assert (silent.status_code, told.status_code) == (422, 302)
    assert (case.state, case.route_told) == (MediationState.REFUSED, "可向法院起诉")


def test_a_mediator_sees_the_order_of_the_own_case_and_no_other(browse, mediator, case, order):
    client, stranger = browse(mediator), browse(UserFactory(role=Role.MEDIATOR))
    own = reverse("dispatch:order", args=[order.pk])
    other = reverse("dispatch:order", args=[WorkOrderFactory().pk])

    assert client.get(own).status_code == 200
    assert client.get(other).status_code == 404
    assert stranger.get(own).status_code == 404
    assert stranger.get(reverse("cases:mediation", args=[case.pk])).status_code == 404


def test_a_report_of_a_wrong_is_never_opened_to_a_mediator(browse, mediator, case, order):
    order.kind = Kind.REPORT
    order.save()

    assert browse(mediator).get(reverse("dispatch:order", args=[order.pk])).status_code == 404


def test_a_mediator_begins_at_the_open_cases(browse, mediator, case):
    page = browse(mediator).get("/", follow=True)

    assert page.redirect_chain == [(reverse("cases:open_cases"), 302)]
    assert "退款纠纷" in page.text


def test_a_committee_of_two_is_refused_with_the_reason(browse, officer, county):
    answers = {
        "name": "调委会",
        "kind": "village",
        "area": county.pk,
        "member_count": 2,
        "elected_on": "2022-05-01",
    }

    page = browse(officer).post(reverse("cases:new_committee"), answers)
    kept = browse(officer).post(reverse("cases:new_committee"), answers | {"member_count": 3})

    assert "three to nine members" in page.text
    assert kept.status_code == 302
    assert Committee.objects.get().member_count == 3


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.UNIT_CLERK, Role.MEETING_SECRETARY])
def test_mediation_is_closed_to_other_roles(role, browse, case, units):
    unit = units[0] if role == Role.UNIT_CLERK else None
    client = browse(UserFactory(role=role, unit=unit))

    assert client.get(reverse("cases:mediation_list")).status_code == 403
    assert client.get(reverse("cases:mediation", args=[case.pk])).status_code == 403
    assert client.get(reverse("cases:new_mediation")).status_code == 403
