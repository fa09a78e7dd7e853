from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.factories import AppealFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.actions.nuisance import (
    NuisanceRefusedError,
    decide_mark,
    lift_mark,
    propose_mark,
)
from civicloop.apps.intake.models import Kind, NuisanceMark, NuisanceReason, NuisanceState
from civicloop.apps.intake.queries.nuisance import mark_in_force, marks_in_force
from civicloop.apps.notices.models import Notice

pytestmark = pytest.mark.both_databases


@pytest.fixture
def operator(db):
    return UserFactory(role=Role.OPERATOR)


@pytest.fixture
def supervisor(db):
    return UserFactory(role=Role.SUPERVISOR)


@pytest.fixture
def propose(operator, now):
    def make(**fields) -> NuisanceMark:
        usual = {"text": "又来电骂人", "caller_key": "a caller", "kind": Kind.COMPLAINT}
        appeal = AppealFactory(**usual | fields)
        return propose_mark(
            appeal=appeal, reason=NuisanceReason.ABUSE, statement="辱骂话务员十分钟。",
            actor=operator, now=now,
        )  # fmt: skip

    return make


def test_nothing_follows_before_a_second_person_agrees(propose, supervisor, now) -> None:
    mark = propose()
    assert mark_in_force("a caller", now=now) is None

    decide_mark(mark_id=mark.pk, days=30, note="录音属实", actor=supervisor, now=now)

    assert mark_in_force("a caller", now=now) == mark
    assert mark_in_force("somebody else", now=now) is None
    assert Notice.objects.filter(user=supervisor, kind="nuisance_proposed").count() == 1
    assert list(
        AuditEvent.objects.filter(object_type="nuisance_mark").values_list("action", flat=True)
    ) == ["nuisance_proposed", "nuisance_decided"]


def test_a_mark_expires_by_itself(propose, supervisor, now) -> None:
    mark = propose()
    decide_mark(mark_id=mark.pk, days=30, note="录音属实", actor=supervisor, now=now)
    later = now + timedelta(days=30)

    mark.refresh_from_db()
    assert mark_in_force("a caller", now=later) is None
    assert not marks_in_force(now=later).exists()
    assert mark.state_at(later) == NuisanceState.EXPIRED


def test_it_is_lifted_before_it_expires(propose, supervisor, now) -> None:
    mark = propose()
    decide_mark(mark_id=mark.pk, days=30, note="录音属实", actor=supervisor, now=now)

    lift_mark(mark_id=mark.pk, actor=supervisor, now=now)

    assert mark_in_force("a caller", now=now) is None
    with pytest.raises(NuisanceRefusedError):
        lift_mark(mark_id=mark.pk, actor=supervisor, now=now)


def test_a_refused_mark_never_holds(propose, supervisor, now) -> None:
    mark = propose()

    decide_mark(mark_id=mark.pk, days=0, note="诉求合理", actor=supervisor, now=now)

    mark.refresh_from_db()
    assert mark.state_at(now) == NuisanceState.REFUSED
    assert mark_in_force("a caller", now=now) is None
    with pytest.raises(NuisanceRefusedError):
        decide_mark(mark_id=mark.pk, days=30, note="再议", actor=supervisor, now=now)


def test_nobody_decides_the_own_proposal(propose, operator, now) -> None:
    mark = propose()
    operator.role = Role.SUPERVISOR
    operator.save()

    with pytest.raises(NuisanceRefusedError):
        decide_mark(mark_id=mark.pk, days=30, note="属实", actor=operator, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        NuisanceMark.objects.update(decided_by=operator, decided_at=now)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.REPORT},
        {"is_confidential": True},
        {"text": "楼下燃气泄漏，快来人"},
        {"caller_key": ""},
    ],
    ids=["report", "confidential", "emergency", "nobody"],
)
def test_some_appeals_are_never_held_against_anybody(propose, fields) -> None:
    with pytest.raises(NuisanceRefusedError):
        propose(**fields)


def test_a_caller_is_marked_once_at_a_time(propose, supervisor, now) -> None:
    mark = propose()
    with pytest.raises(NuisanceRefusedError):
        propose()
    decide_mark(mark_id=mark.pk, days=30, note="属实", actor=supervisor, now=now)
    with pytest.raises(NuisanceRefusedError):
        propose()


@pytest.mark.parametrize(("days", "note"), [(91, "属实"), (-1, "属实"), (30, " ")])
def test_a_decision_has_its_bounds_and_its_reason(propose, supervisor, days, note, now) -> None:
    mark = propose()

    with pytest.raises(NuisanceRefusedError):
        decide_mark(mark_id=mark.pk, days=days, note=note, actor=supervisor, now=now)


def test_the_caller_is_forgotten_with_the_appeal(propose, supervisor, now) -> None:
    mark = propose()
    decide_mark(mark_id=mark.pk, days=30, note="属实", actor=supervisor, now=now)

    mark.appeal.caller_key = ""
    mark.appeal.save()

    assert mark_in_force("a caller", now=now) is None
