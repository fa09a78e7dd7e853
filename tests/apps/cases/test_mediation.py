from datetime import date

import pytest
from django.db import IntegrityError
from tests.factories import UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.mediation import (
    agree,
    ask_confirmation,
    begin_mediation,
    end_without_agreement,
    note_performed,
    propose_mediation,
)
from civicloop.apps.cases.actions.records import CaseRefusedError, StaleCaseError
from civicloop.apps.cases.models import (
    Agreement,
    Committee,
    CommitteeKind,
    MediationCase,
    MediationState,
)
from civicloop.apps.intake.models import Kind


@pytest.fixture
def mediator(db):
    return UserFactory(role=Role.MEDIATOR)


@pytest.fixture
def committee(county) -> Committee:
    return Committee.objects.create(
        name="物业纠纷调解委员会",
        kind=CommitteeKind.PROPERTY,
        area=county,
        member_count=5,
        elected_on=date(2022, 5, 1),
    )


@pytest.fixture
def propose(committee, mediator, now):
    def make(**fields) -> MediationCase:
        usual = {"committee": committee, "subject": "漏水赔偿", "mediator": mediator}
        return propose_mediation(actor=mediator, now=now, **usual | fields)

    return make


def test_an_agreement_that_is_kept_ends_the_case(propose, mediator, now):
    case = propose(order=WorkOrderFactory())
    begin_mediation(case_id=case.pk, actor=mediator, now=now)
    agree(
        case_id=case.pk,
        agreement=Agreement.WRITTEN,
        text="月底前赔付三千元。",
        perform_by_day=date(2023, 11, 30),
        actor=mediator,
        now=now,
    )
    ask_confirmation(case_id=case.pk, actor=mediator, now=now)

    done = note_performed(case_id=case.pk, actor=mediator, now=now)

    assert (done.state, done.ended_at, done.confirmation_asked_at) == (
        MediationState.PERFORMED,
        now,
        now,
    )


def test_nobody_is_mediated_without_consent(propose, mediator, now):
    with pytest.raises(CaseRefusedError, match="拟调解"):
        agree(case_id=propose().pk, agreement=Agreement.ORAL, text="好", actor=mediator, now=now)


@pytest.mark.parametrize(
    ("is_refused", "state"), [(True, MediationState.REFUSED), (False, MediationState.FAILED)]
)
def test_who_finds_no_agreement_is_told_the_legal_routes(is_refused, state, propose, mediator, now):
    case = propose()
    with pytest.raises(CaseRefusedError, match="法定途径"):
        end_without_agreement(
            case_id=case.pk, is_refused=is_refused, route_told=" ", actor=mediator, now=now
        )

    ended = end_without_agreement(
        case_id=case.pk,
        is_refused=is_refused,
        route_told="可向人民法院起诉",
        actor=mediator,
        now=now,
    )

    assert (ended.state, ended.ended_at) == (state, now)


def test_a_report_of_a_wrong_is_not_mediated(propose):
    with pytest.raises(CaseRefusedError, match="举报"):
        propose(order=WorkOrderFactory(kind=Kind.REPORT))


def test_nobody_mediates_what_is_about_the_own_unit(propose, units):
    of_the_unit = UserFactory(role=Role.MEDIATOR, unit=units[0])
    order = WorkOrderFactory(kind=Kind.COMPLAINT, respondent_unit=units[0])

    with pytest.raises(CaseRefusedError, match="另指定"):
        propose(order=order, mediator=of_the_unit)


def test_a_dispute_has_two_parties(propose):
    with pytest.raises(CaseRefusedError, match="两方"):
        propose(party_count=1)


def test_the_court_is_asked_once(propose, mediator, now):
    case = propose()
    begin_mediation(case_id=case.pk, actor=mediator, now=now)
    agree(case_id=case.pk, agreement=Agreement.ORAL, text="好", actor=mediator, now=now)
    ask_confirmation(case_id=case.pk, actor=mediator, now=now)

    with pytest.raises(CaseRefusedError, match="已"):
        ask_confirmation(case_id=case.pk, actor=mediator, now=now)


def test_an_agreement_says_what_was_agreed(propose, mediator, now):
    case = propose()
    begin_mediation(case_id=case.pk, actor=mediator, now=now)

    with pytest.raises(CaseRefusedError, match="协议"):
        agree(case_id=case.pk, agreement=Agreement.ORAL, text="", actor=mediator, now=now)


def test_the_second_of_two_mediators_does_not_overwrite_the_first(propose, mediator, now):
    case = propose()
    begin_mediation(case_id=case.pk, actor=mediator, now=now, seen_version=case.version)

    with pytest.raises(StaleCaseError):
        begin_mediation(case_id=case.pk, actor=mediator, now=now, seen_version=case.version)


@pytest.mark.parametrize("members", [2, 10])
def test_a_committee_has_three_to_nine_members(members, county):
    with pytest.raises(IntegrityError):
        Committee.objects.create(
            name="调委会",
            kind=CommitteeKind.VILLAGE,
            area=county,
            member_count=members,
            elected_on=date(2022, 5, 1),
        )
