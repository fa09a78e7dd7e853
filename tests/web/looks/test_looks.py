"""The hotline reaches a citizen for a reason, for a while, and the citizen learns of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.factories import UnitFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal, Kind, Look
from civicloop.apps.notices.models import Notice

PHONE = "13800138000"


@pytest.fixture
def address(report):
    report(phone=PHONE, name="王某某")
    return f"/appeals/{Appeal.objects.get().pk}/contact/"


@pytest.fixture
def sensitive(report):
    report(phone=PHONE, is_confidential="on")
    return f"/appeals/{Appeal.objects.get().pk}/contact/"


def ask(client, address, reason="回访"):
    return client.post(address, {"reason": reason}, follow=True)


def actions():
    events = AuditEvent.objects.filter(object_type="appeal", action__startswith="contact_")
    return list(events.order_by("id").values_list("action", flat=True))


def test_a_reason_opens_the_contact_and_stays_in_the_audit_trail(operator, address):
    page = ask(operator, address).text

    assert PHONE in page
    assert "Open until" in page
    looked = AuditEvent.objects.get(action="contact_revealed")
    assert looked.details == {"look": Look.objects.get().pk, "reason": "回访"}


def test_each_time_it_is_shown_is_an_audit_event(operator, address):
    ask(operator, address)
    operator.get(f"/looks/{Look.objects.get().pk}/")

    assert actions() == ["contact_revealed", "contact_seen_again", "contact_seen_again"]


def test_without_a_reason_nothing_is_shown(operator, address):
    page = ask(operator, address, " ").text

    assert PHONE not in page
    assert "Say why you must see it." in page
    assert actions() == []


def test_the_page_of_the_appeal_tells_that_there_is_a_contact_but_not_which(operator, address):
    page = operator.get(address.removesuffix("contact/")).text

    assert "The citizen left a contact" in page
    assert PHONE not in page
    assert "王某某" not in page


def test_roles_outside_the_hotline_see_no_contact(log_in, address):
    for role in ("guest", "reviewer", "leader", "supervisor"):
        assert ask(log_in(role), address).status_code == 403


def test_a_look_ends_by_itself(operator, address):
    assert ask(operator, address).headers["Refresh"].isdigit()
    Look.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    page = operator.get(f"/looks/{Look.objects.get().pk}/").text

    assert PHONE not in page
    assert "This look is over." in page


def test_another_s_look_is_not_there(operator, dispatcher, address):
    ask(operator, address)
    look = Look.objects.get().pk

    for path in (f"/looks/{look}/", f"/looks/{look}/mark.svg"):
        assert dispatcher.get(path).status_code == 404
    assert dispatcher.post(f"/looks/{look}/open/").status_code == 404


def test_a_day_s_looks_are_counted(operator, address, settings):
    settings.LOOKS_PER_DAY = 2
    ask(operator, address)
    ask(operator, address)

    response = ask(operator, address)

    assert response.status_code == 429
    assert PHONE not in response.text
    assert Look.objects.count() == 2
    Look.objects.update(asked_at=timezone.now() - timedelta(days=1))
    assert PHONE in ask(operator, address).text


def test_a_sensitive_contact_is_asked_for_by_dispatchers_alone(operator, sensitive):
    assert ask(operator, sensitive).status_code == 403


def test_a_sensitive_contact_opens_only_after_a_second_person(dispatcher, log_in, sensitive):
    supervisor = log_in("supervisor")
    assert PHONE not in ask(dispatcher, sensitive).text
    look = Look.objects.get().pk
    dispatcher.post(f"/looks/{look}/open/")
    assert PHONE not in dispatcher.get(f"/looks/{look}/").text

    page = supervisor.get("/looks/").text
    assert "回访" in page
    supervisor.post(f"/looks/{look}/decide/", {"decision": "allow"})

    assert PHONE not in dispatcher.get(f"/looks/{look}/").text  # the time does not run yet
    assert PHONE in dispatcher.post(f"/looks/{look}/open/", follow=True).text
    assert actions() == [
        "contact_asked_for", "contact_allowed", "contact_revealed", "contact_seen_again"
    ]  # fmt: skip
    kinds = dict(Notice.objects.values_list("user__role", "kind"))
    assert kinds == {"supervisor": "look_asked", "dispatcher": "look_allowed"}


def test_whoever_dispatches_no_longer_opens_and_sees_no_sensitive_contact(
    dispatcher, log_in, sensitive
):
    """Operators see contacts, too, but not this one: a right that goes takes what is open with it."""
    ask(dispatcher, sensitive)
    look = Look.objects.get()
    log_in("supervisor").post(f"/looks/{look.pk}/decide/", {"decision": "allow"})

    User.objects.filter(pk=look.asked_by_id).update(role=Role.OPERATOR)
    assert dispatcher.post(f"/looks/{look.pk}/open/").status_code == 403
    User.objects.filter(pk=look.asked_by_id).update(role=Role.DISPATCHER)
    assert PHONE in dispatcher.post(f"/looks/{look.pk}/open/", follow=True).text
    User.objects.filter(pk=look.asked_by_id).update(role=Role.OPERATOR)

    assert dispatcher.get(f"/looks/{look.pk}/").status_code == 403
    assert actions().count("contact_seen_again") == 1


def test_what_turns_out_to_be_a_report_needs_the_second_person_from_then_on(dispatcher, address):
    assert PHONE in ask(dispatcher, address).text
    Appeal.objects.update(kind=Kind.REPORT)

    page = dispatcher.get(f"/looks/{Look.objects.get().pk}/").text

    assert PHONE not in page
    assert "This look is over." in page


def test_who_allows_does_not_see(dispatcher, log_in, sensitive):
    supervisor = log_in("supervisor")
    ask(dispatcher, sensitive)
    look = Look.objects.get().pk

    pages = [
        supervisor.get("/looks/").text,
        supervisor.post(f"/looks/{look}/decide/", {"decision": "allow"}, follow=True).text,
    ]

    assert not any(PHONE in page for page in pages)
    assert supervisor.get(f"/looks/{look}/").status_code == 403


def test_what_was_refused_stays_shut(dispatcher, log_in, sensitive):
    ask(dispatcher, sensitive)
    look = Look.objects.get().pk
    log_in("supervisor").post(f"/looks/{look}/decide/", {"decision": "refuse"})

    page = dispatcher.post(f"/looks/{look}/open/", follow=True).text

    assert PHONE not in page
    assert "It was refused." in page


def test_nobody_allows_the_own_look(dispatcher, sensitive):
    ask(dispatcher, sensitive)
    look = Look.objects.get()
    User.objects.filter(pk=look.asked_by_id).update(role="supervisor")

    page = dispatcher.post(f"/looks/{look.pk}/decide/", {"decision": "allow"}, follow=True).text

    assert "Somebody else must decide" in page
    assert Look.objects.get().decided_at is None


def test_what_is_decided_is_decided(dispatcher, log_in, sensitive):
    ask(dispatcher, sensitive)
    look = Look.objects.get().pk
    supervisor = log_in("supervisor")
    supervisor.post(f"/looks/{look}/decide/", {"decision": "refuse"})

    page = supervisor.post(f"/looks/{look}/decide/", {"decision": "allow"}, follow=True).text

    assert "Somebody has decided this before." in page
    assert Look.objects.get().is_refused


def test_an_allowance_that_is_not_used_ends(dispatcher, log_in, sensitive):
    ask(dispatcher, sensitive)
    look = Look.objects.get().pk
    log_in("supervisor").post(f"/looks/{look}/decide/", {"decision": "allow"})
    Look.objects.update(open_before=timezone.now() - timedelta(seconds=1))

    assert PHONE not in dispatcher.post(f"/looks/{look}/open/", follow=True).text
    assert "contact_revealed" not in actions()


def test_the_page_carries_the_viewer_s_mark(operator, address):
    page = ask(operator, address).text
    look = Look.objects.get().pk

    drawing = operator.get(f"/looks/{look}/mark.svg")

    assert f'src="/looks/{look}/mark.svg"' in page
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert "operator-user" in drawing.text


def test_the_same_caller_s_other_appeals_are_shown(report, operator, address):
    from civicloop.web.citizen.tokens import new_token

    number, _code = report(phone=PHONE, token=new_token(timezone.now() - timedelta(minutes=2)))

    assert number in ask(operator, address).text


def test_the_citizen_sees_that_somebody_looked(citizen, operator, report):
    number, code = report(phone=PHONE)
    ask(operator, f"/appeals/{Appeal.objects.get().pk}/contact/")

    page = citizen.post("/track/", {"number": number, "code": code}).text

    assert "The hotline looked up your name and number." in page
    assert "回访" not in page
    assert "operator-user" not in page


def test_the_citizen_sees_which_unit_looked(citizen, operator, report):
    number, code = report(phone=PHONE)
    User.objects.filter(role="operator").update(unit=UnitFactory(name="热线中心"))
    ask(operator, f"/appeals/{Appeal.objects.get().pk}/contact/")

    page = citizen.post("/track/", {"number": number, "code": code}).text

    assert "热线中心 looked up your name and number." in page
