from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.petitions import accept_stage
from civicloop.apps.cases.models import PetitionCase, StageLevel
from civicloop.apps.clocks.models import Clock, ClockName

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(browse, officer, order) -> PetitionCase:
    answers = {
        "order": order.number,
        "subject": "征地补偿",
        "category": "claim",
        "people_count": 1,
        "representative_count": 1,
    }
    browse(officer).post(reverse("cases:new_petition"), answers)
    return PetitionCase.objects.get()


def running(petition: PetitionCase) -> set[str]:
    owners = [petition.pk, *petition.stages.values_list("pk", flat=True)]
    clocks = Clock.objects.filter(owner_id__in=owners, stopped_at=None)
    return set(clocks.filter(owner_type__startswith="petition").values_list("name", flat=True))


def test_a_petition_goes_through_its_levels_each_with_its_clock(
    browse, take, officer, petition, units
):
    client = browse(officer)
    opinion = {"verdict": "not_supported", "facts": "已补偿", "legal_basis": "土地管理法"}
    seen = [running(petition)]

    for unit in units:
        take(client, "petition", petition, "accept", organ=unit.pk)
        seen.append(running(petition))
        take(client, "petition", petition, "opinion", **opinion)
        seen.append(running(petition))

    petition.refresh_from_db()
    assert seen == [
        {ClockName.PETITION_TRANSFER, ClockName.PETITION_ACCEPT},
        {ClockName.PETITION_HANDLE},
        {ClockName.PETITION_ASK_REVIEW},
        {ClockName.PETITION_REVIEW},
        {ClockName.PETITION_ASK_RE_REVIEW},
        {ClockName.PETITION_RE_REVIEW},
        set(),
    ]
    assert petition.ended_at is not None
    assert petition.stages.first().ask_by_at is not None


def test_the_page_says_in_words_why_the_opinion_is_due_then(browse, officer, petition, units, now):
    accept_stage(
        petition_id=petition.pk, level=StageLevel.HANDLING, organ=units[0], actor=officer, now=now
    )

    page = browse(officer).get(reverse("cases:petition", args=[petition.pk])).text

    assert "60 days from" in page
    assert "第三十四条" in page


def test_who_is_recused_does_not_see_the_petition(browse, take, officer, petition):
    other = UserFactory(role=Role.PETITION_OFFICER)
    take(browse(officer), "petition", petition, "recuse", user_recused=other.pk, reason="亲属")

    assert browse(other).get(reverse("cases:petition", args=[petition.pk])).status_code == 404
    assert "征地补偿" not in browse(other).get(reverse("cases:petition_list")).text


def test_the_organ_complained_of_neither_handles_nor_sees_it(
    browse, take, officer, units, petition
):
    petition.order = WorkOrderFactory(respondent_unit=units[0])
    petition.save()

    page = take(browse(officer), "petition", petition, "accept", organ=units[0].pk)
    clerk = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[0]))

    assert "it must not handle it" in page.text
    assert clerk.get(reverse("cases:petition", args=[petition.pk])).status_code == 404


def test_the_organs_clerk_reads_the_petition(browse, take, officer, petition, units):
    take(browse(officer), "petition", petition, "accept", organ=units[0].pk)
    clerk = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[0]))

    page = clerk.get(reverse("cases:petition", args=[petition.pk]))

    assert page.status_code == 200
    assert "Give the organ more time" not in page.text


def test_a_leader_takes_a_petition_and_it_says_so(browse, take, officer, petition):
    leader = UserFactory(role=Role.LEADER, first_name="王", last_name="副市长")

    take(browse(officer), "petition", petition, "leader", leader=leader.pk)

    petition.refresh_from_db()
    assert petition.package_leader == leader


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MEDIATOR, Role.MEETING_SECRETARY])
def test_petitions_are_closed_to_other_roles(role, browse, petition):
    client = browse(UserFactory(role=role))

    assert client.get(reverse("cases:petition_list")).status_code == 403
    assert client.get(reverse("cases:petition", args=[petition.pk])).status_code == 403


def test_the_order_lists_its_petition(browse, officer, petition, order):
    page = browse(officer).get(reverse("dispatch:order", args=[order.pk])).text

    assert reverse("cases:petition", args=[petition.pk]) in page


def test_a_late_opinion_is_marked_in_the_list(browse, officer, petition, units, now):
    accept_stage(
        petition_id=petition.pk, level=StageLevel.HANDLING, organ=units[0], actor=officer, now=now
    )

    page = browse(officer).get(reverse("cases:petition_list")).text

    assert '<span class="tag tag-urgent">overdue</span>' in page  # accepted in 2023


def test_while_a_hearing_is_held_the_page_offers_its_end(browse, take, officer, petition, units):
    client = browse(officer)
    take(client, "petition", petition, "accept", organ=units[0].pk)

    take(client, "petition", petition, "pause", evidence="听证告知书3号")
    held = client.get(reverse("cases:petition", args=[petition.pk])).text
    take(client, "petition", petition, "resume")
    over = client.get(reverse("cases:petition", args=[petition.pk])).text

    assert "let the time run on" in held
    assert "let the time stand" not in held
    assert "let the time stand" in over


def test_a_petition_is_handed_over_objected_to_and_handed_to_another(
    browse, take, officer, petition, units
):
    desk, page = browse(officer), reverse("cases:petition", args=[petition.pk])
    first, second = (browse(UserFactory(role=Role.UNIT_CLERK, unit=unit)) for unit in units[:2])
    seen = [running(petition)]
    take(desk, "petition", petition, "hand_over", organ=units[0].pk)
    seen.append(running(petition))
    before = [client.get(page).status_code for client in (first, second)]

    take(first, "petition", petition, "object", objection="属于公安局职责")
    seen.append(running(petition))
    waits = desk.get(page).text
    take(desk, "petition", petition, "decide_objection", is_upheld="1")
    seen.append(running(petition))
    take(desk, "petition", petition, "hand_over", organ=units[1].pk)
    after = [client.get(page).status_code for client in (first, second)]

    both = {ClockName.PETITION_TRANSFER, ClockName.PETITION_ACCEPT}
    of_organ = {ClockName.PETITION_OBJECT, ClockName.PETITION_ACCEPT}
    assert seen == [both, of_organ, {ClockName.PETITION_ACCEPT}, both]
    assert (before, after) == ([200, 404], [404, 200])
    assert "属于公安局职责" in waits
    assert "objection to be decided" in waits
    assert "Objection upheld, the petition came back" in desk.get(page).text


def test_only_the_organ_is_offered_to_object_and_only_the_office_decides(
    browse, take, officer, petition, units
):
    desk, page = browse(officer), reverse("cases:petition", args=[petition.pk])
    clerk = browse(UserFactory(role=Role.UNIT_CLERK, unit=units[0]))
    take(desk, "petition", petition, "hand_over", organ=units[0].pk)

    offered = ["step-object" in client.get(page).text for client in (desk, clerk)]
    refused = take(desk, "petition", petition, "object", objection="推")
    take(clerk, "petition", petition, "object", objection="属于公安局职责")
    decided = take(clerk, "petition", petition, "decide_objection", is_upheld="1")

    assert offered == [False, True]
    assert (refused.status_code, decided.status_code) == (403, 403)
    assert petition.hand_overs.get().is_upheld is None


def test_a_lapsed_right_does_not_mark_a_petition_in_the_list(
    browse, take, officer, petition, units
):
    desk = browse(officer)
    take(desk, "petition", petition, "accept", organ=units[0].pk)
    opinion = {"verdict": "not_supported", "facts": "已补偿", "legal_basis": "土地管理法"}
    take(desk, "petition", petition, "opinion", **opinion)
    asked = Clock.objects.filter(name=ClockName.PETITION_ASK_REVIEW)
    asked.update(due_at=timezone.now() - timedelta(days=2))

    page = desk.get(reverse("cases:petition_list")).text

    assert asked.get().stopped_at is None
    assert '<span class="tag tag-urgent">overdue</span>' not in page


def test_the_petitioners_mark_is_asked_once_and_shown(browse, take, officer, petition, units):
    client = browse(officer)
    address = reverse("cases:petition", args=[petition.pk])
    settled = {"verdict": "settled", "facts": "已和解"}
    take(client, "petition", petition, "accept", organ=units[0].pk)
    assert "Enter what the petitioner thinks of it" not in client.get(address).text
    take(client, "petition", petition, "opinion", **settled)
    assert "Enter what the petitioner thinks of it" in client.get(address).text

    take(client, "petition", petition, "rating", satisfaction="4")

    page = client.get(address).text
    assert "The petitioner's mark: 4 of 5" in page.replace("&#x27;", "'")
    assert "Enter what the petitioner thinks of it" not in page
