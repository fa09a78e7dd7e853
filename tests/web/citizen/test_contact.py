"""The hotline reaches a citizen for a reason, and the citizen learns of it."""

import pytest

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal

PHONE = "13800138000"


@pytest.fixture
def address(report):
    report(phone=PHONE, name="王某某")
    return f"/appeals/{Appeal.objects.get().pk}/contact/"


def test_a_reason_opens_the_contact_and_stays_in_the_audit_trail(operator, address):
    page = operator.post(address, {"reason": "回访"}).text

    assert PHONE in page
    looked = AuditEvent.objects.get(action="contact_revealed")
    assert looked.details == {"reason": "回访"}


def test_without_a_reason_nothing_is_shown(operator, address):
    page = operator.post(address, {"reason": " "}).text

    assert PHONE not in page
    assert "Say why you must reach the citizen." in page
    assert not AuditEvent.objects.filter(action="contact_revealed").exists()


def test_the_page_of_the_appeal_tells_that_there_is_a_contact_but_not_which(operator, address):
    page = operator.get(address.removesuffix("contact/")).text

    assert "The citizen left a contact" in page
    assert PHONE not in page
    assert "王某某" not in page


def test_roles_outside_the_hotline_see_no_contact(log_in, address):
    for role in ("guest", "reviewer", "leader", "supervisor"):
        assert log_in(role).post(address, {"reason": "看看"}).status_code == 403


def test_a_confidential_contact_is_for_dispatchers_alone(report, operator, dispatcher):
    report(phone=PHONE, is_confidential="on")
    address = f"/appeals/{Appeal.objects.get().pk}/contact/"

    assert operator.post(address, {"reason": "回访"}).status_code == 403
    assert PHONE in dispatcher.post(address, {"reason": "回访"}).text


def test_the_citizen_sees_that_somebody_looked(citizen, operator, report):
    number, code = report(phone=PHONE)
    operator.post(f"/appeals/{Appeal.objects.get().pk}/contact/", {"reason": "回访"})

    page = citizen.post("/track/", {"number": number, "code": code}).text

    assert "The hotline looked up your name and number." in page
    assert "回访" not in page
