"""Marks on callers on their pages, and what the operator sees of one."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import AppealFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.queries.desk import Heard, suggest_at_desk
from civicloop.apps.intake.actions.nuisance import decide_mark, propose_mark
from civicloop.apps.intake.models import Kind, NuisanceMark, NuisanceReason

pytestmark = pytest.mark.django_db

LogIn = Callable[[str], Client]
PAGE = "/desk/marks/"


@pytest.fixture
def mark(db, now) -> NuisanceMark:
    appeal = AppealFactory(text="又来电骂人", caller_key="a caller")
    return propose_mark(
        appeal=appeal, reason=NuisanceReason.ABUSE, statement="辱骂话务员。",
        actor=UserFactory(role=Role.OPERATOR), now=now,
    )  # fmt: skip


@pytest.fixture
def holding(mark) -> NuisanceMark:
    supervisor = UserFactory(role=Role.SUPERVISOR)
    return decide_mark(mark_id=mark.pk, days=90, note="属实", actor=supervisor, now=timezone.now())


def test_an_operator_proposes_and_a_supervisor_decides(log_in: LogIn) -> None:
    appeal = AppealFactory(text="又来电骂人", caller_key="a caller")
    operator = log_in(Role.OPERATOR)
    answers = {"reason": "abuse", "statement": "辱骂话务员。"}

    proposed = operator.post(f"{PAGE}appeals/{appeal.pk}/", answers, follow=True)
    mark = NuisanceMark.objects.get()
    supervisor = log_in(Role.SUPERVISOR)
    waiting = supervisor.get(PAGE).text
    decision = {"decision": "allow", "days": "30", "note": "录音属实"}
    decided = supervisor.post(f"{PAGE}{mark.pk}/decide/", decision, follow=True)

    assert "Proposed; a second person decides." in proposed.text
    assert "辱骂话务员。" in waiting
    assert "The mark holds; the operators see it." in decided.text
    mark.refresh_from_db()
    assert mark.expires_at is not None


def test_an_operator_sees_the_own_proposals_alone(mark, log_in: LogIn) -> None:
    page = log_in(Role.OPERATOR).get(PAGE).text

    assert "None yet." in page
    assert mark.statement not in page


def test_what_cannot_be_marked_is_said(log_in: LogIn) -> None:
    report = AppealFactory(kind=Kind.REPORT, caller_key="a caller")

    page = log_in(Role.OPERATOR).post(
        f"{PAGE}appeals/{report.pk}/", {"reason": "abuse", "statement": "骂人"}
    )

    assert page.status_code == 422
    assert "never held against anybody" in page.text
    assert not NuisanceMark.objects.exists()


@pytest.mark.parametrize(
    ("text", "kind", "is_shown"),
    [
        ("小区路灯坏了三天没人修", Kind.COMPLAINT, True),
        ("楼下燃气泄漏，快来人", Kind.HELP, False),
        ("举报城管队员收受烟酒", Kind.REPORT, False),
    ],
)
def test_the_hint_is_never_beside_an_emergency_or_a_report(
    holding, text: str, kind: Kind, *, is_shown: bool
) -> None:
    heard = Heard(text=text, kind=kind, caller_key="a caller")

    assert (suggest_at_desk(heard, now=timezone.now()).mark == holding) is is_shown


def test_a_mark_that_should_not_hold_is_lifted(holding, log_in: LogIn) -> None:
    page = log_in(Role.SUPERVISOR).post(f"{PAGE}{holding.pk}/lift/", follow=True).text

    assert "The mark is lifted." in page
    assert "No caller is marked." in page
