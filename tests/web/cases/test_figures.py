import pytest
from django.urls import reverse
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.petitions import accept_stage, give_opinion, register_petition
from civicloop.apps.cases.models import PetitionCategory, PetitionVerdict, StageLevel

PAGE = "cases:case_figures"


@pytest.fixture
def petition(officer, units, now):
    by = {"actor": officer, "now": now}
    petition = register_petition(subject="征地补偿", category=PetitionCategory.CLAIM, **by)
    stage = accept_stage(petition_id=petition.pk, level=StageLevel.HANDLING, organ=units[0], **by)
    give_opinion(
        stage_id=stage.pk,
        verdict=PetitionVerdict.NOT_SUPPORTED,
        facts="已核实。",
        legal_basis="土地管理法",
        **by,
    )
    return petition


@pytest.fixture
def around(now):
    return {"first_day": now.date().replace(day=1), "last_day": now.date().replace(day=28)}


def test_a_number_of_case_work_opens_its_cases(browse, officer, petition, around):
    rows = reverse("cases:case_figure_rows", args=["petition_review_asked", "whole"])

    page = browse(officer).get(reverse(PAGE), around)
    behind = browse(officer).get(rows, around)

    assert rows in page.text
    assert "0.0%" in page.text
    assert reverse("cases:petition", args=[petition.pk]) in behind.text
    assert behind.context["page"].paginator.count == 1


def test_only_figures_of_lists_that_the_reader_may_open_are_shown(browse, secretary, officer):
    def groups(user):
        return [str(words) for words, _lines in browse(user).get(reverse(PAGE)).context["groups"]]

    assert groups(secretary) == ["Reception days", "Joint meetings"]
    assert groups(officer) == ["Petitions", "Reception days", "Mediation"]
    assert groups(UserFactory(role=Role.LEADER)) == [
        "Petitions", "Reception days", "Joint meetings", "Mediation", "Supervision",
    ]  # fmt: skip


def test_rows_of_another_list_are_refused(browse, secretary):
    address = reverse("cases:case_figure_rows", args=["petition_review_asked", "whole"])

    assert browse(secretary).get(address).status_code == 403


@pytest.mark.parametrize("address", [["nonsense", "part"], ["decision_done", "nonsense"]])
def test_a_figure_of_cases_that_is_none_is_not_found(address, browse, secretary):
    assert browse(secretary).get(reverse("cases:case_figure_rows", args=address)).status_code == 404


@pytest.mark.parametrize("part", ["part", "rest", "whole"])
def test_every_number_opens_a_page(part, browse, petition, django_assert_max_num_queries):
    from civicloop.apps.cases.figures import CASE_FIGURES

    client = browse(UserFactory(role=Role.SUPERVISOR))
    for code in CASE_FIGURES:
        with django_assert_max_num_queries(12):
            page = client.get(reverse("cases:case_figure_rows", args=[code, part]))
        assert page.status_code == 200
