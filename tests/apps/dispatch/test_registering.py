"""One form gives one appeal with its order and receipt, whatever happens on the way."""

import signal
import threading
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tests.factories import AppealFactory, AreaFactory, ChannelFactory, UnitFactory, UserFactory

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.clocks.models import CalendarVersion
from civicloop.apps.dispatch.actions.registering import take_in
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.intake.actions.registering import Form, Told
from civicloop.apps.intake.callers import CallerKeys
from civicloop.apps.intake.models import (
    Appeal,
    Contact,
    Element,
    Kind,
    Receipt,
    RecordedOn,
    Registration,
    Urgency,
)
from civicloop.apps.intake.receipts import is_code_of
from civicloop.apps.places.models import AreaLevel
from civicloop.apps.vault.identities import ContactDetails

PHONE = "13800138000"
KILLED = Path(__file__).parent / "killed_registering.py"


@pytest.fixture
def told(db):
    return Told(text="路灯三天没亮了", kind=Kind.COMPLAINT, channel=ChannelFactory(code="web"))


@pytest.fixture
def form():
    return Form(
        token="a-token-of-the-browser", body_hash="", recorded_on=RecordedOn.WEB, actor=None
    )


def test_a_report_becomes_an_appeal_an_order_and_a_receipt_of_one_number(told, form, now):
    taken = take_in(told=told, contact=ContactDetails(), form=form, now=now)

    appeal = Appeal.objects.get()
    assert taken.is_new
    assert appeal.source_key == taken.receipt.number == taken.order.number
    assert is_code_of(taken.receipt, taken.code)
    assert taken.order.state == OrderState.RECEIVED
    assert appeal.received_at == now


def test_what_an_operator_took_down_whole_counts_as_registered(told, now):
    operator = UserFactory(role="operator")
    form = Form(token="t", body_hash="", recorded_on=RecordedOn.SEAT, actor=operator)

    taken = take_in(told=told, contact=ContactDetails(), form=form, now=now)

    assert taken.order.state == OrderState.REGISTERED
    assert taken.order.opened_by == operator


def test_what_lacks_an_element_waits_to_be_completed(now, told):
    form = Form(
        token="t", body_hash="", recorded_on=RecordedOn.SEAT, actor=UserFactory(role="operator")
    )
    lacking = Told(text="灯坏了", kind=Kind.HELP, channel=told.channel, missing=[Element.WHERE])

    taken = take_in(told=lacking, contact=ContactDetails(), form=form, now=now)

    assert taken.order.state == OrderState.RECEIVED
    assert Registration.objects.get().missing == ["where"]


def test_a_form_sent_again_gives_the_same_receipt_and_code(told, form, now):
    first = take_in(told=told, contact=ContactDetails(), form=form, now=now)

    again = take_in(told=told, contact=ContactDetails(), form=form, now=now)

    assert not again.is_new
    assert (again.receipt, again.code) == (first.receipt, first.code)
    assert Appeal.objects.count() == WorkOrder.objects.count() == 1


def test_no_column_and_no_audit_event_tells_who_the_citizen_is(told, form, now):
    details = ContactDetails(
        name="欧阳甲乙", phone=PHONE, address="云溪区某小区三栋", preference="晚上打"
    )

    take_in(told=told, contact=details, form=form, now=now)

    kept = [
        bytes(cell) if isinstance(cell, memoryview) else cell
        for model in apps.get_models()
        for row in model._default_manager.values_list()
        for cell in row
    ]
    words = [details.name, details.phone, details.address, details.preference]
    assert Contact.objects.count() == AuditEvent.objects.filter(action="order_open").count() == 1
    assert not [
        w for w in words for cell in kept if w in str(cell) or repr(w.encode()) in str(cell)
    ]


def _bytes_of(cell):
    return cell if isinstance(cell, bytes) else str(cell).encode()


def test_a_caller_is_known_again_from_an_import(told, form, now):
    known = CallerKeys("old").key_of_phone("0086 138-0013-8000")
    AppealFactory(caller_key=known)

    take_in(told=told, contact=ContactDetails(phone="１３８ 0013 8000"), form=form, now=now)

    assert Appeal.objects.filter(caller_key=known).count() == 2


def test_a_report_in_a_township_counts_for_its_county(told, form, now):
    county = AreaFactory()
    township = AreaFactory(
        code="990101001000", name="青禾镇", level=AreaLevel.TOWNSHIP, parent=county
    )
    there = Told(text="灯坏了", kind=Kind.HELP, channel=told.channel, area=township)

    take_in(told=there, contact=ContactDetails(), form=form, now=now)

    assert Appeal.objects.get().county == county


def test_a_report_of_a_wrong_is_sensitive_and_keeps_whom_it_is_about(told, form, now):
    unit = UnitFactory()
    report = Told(
        text="某局收费不开票",
        kind=Kind.REPORT,
        channel=told.channel,
        respondent_unit=unit,
        is_confidential=True,
        urgency=Urgency.URGENT,
    )

    order = take_in(told=report, contact=ContactDetails(), form=form, now=now).order

    assert order.is_sensitive
    assert order.is_confidential
    assert order.respondent_unit == unit
    assert order.urgency == Urgency.URGENT


def test_registering_takes_few_statements(told, form, now):
    contact = ContactDetails(phone=PHONE)
    first = Form(token="of an earlier one", body_hash="", recorded_on=RecordedOn.WEB, actor=None)
    take_in(told=told, contact=contact, form=first, now=now)  # reads the calendar, once

    with CaptureQueriesContext(
        connection,
    ) as captured:
        take_in(told=told, contact=contact, form=form, now=now)

    assert len(captured) <= 14, [query["sql"][:60] for query in captured]


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_is_kept_once(told, form, now):
    both = threading.Barrier(2)
    numbers = []

    def send():
        both.wait()
        try:
            numbers.append(
                take_in(told=told, contact=ContactDetails(), form=form, now=now).receipt.number
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    assert Appeal.objects.count() == Receipt.objects.count() == WorkOrder.objects.count() == 1


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_the_first_two_reports_of_an_installation_come_at_once(told, no_calendar, now):
    both = threading.Barrier(2)
    taken = []

    def send(token):
        form = Form(token=token, body_hash="", recorded_on=RecordedOn.WEB, actor=None)
        both.wait()
        try:
            taken.append(take_in(told=told, contact=ContactDetails(), form=form, now=now))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[f"token {number}"]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 2
    assert Appeal.objects.count() == 2
    assert CalendarVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("point", "kept"), [("open_order_for", 0), ("issue_receipt", 0), ("after the commit", 1)]
)
def test_a_report_killed_on_the_way_and_sent_again_is_kept_once(point, kept, start_process, now):
    channel = ChannelFactory(code="web")
    killed = start_process(KILLED, point, "a-token")
    killed.communicate()
    rows = (Appeal, Registration, Contact, WorkOrder, Receipt)
    between = [model.objects.count() for model in rows]

    again = take_in(
        told=Told(text="路灯不亮", kind=Kind.HELP, channel=channel),
        contact=ContactDetails(phone=PHONE),
        form=Form(token="a-token", body_hash="", recorded_on=RecordedOn.WEB, actor=None),
        now=now,
    )

    assert killed.returncode == -signal.SIGKILL
    assert between == [kept] * 5
    assert [model.objects.count() for model in rows] == [1] * 5
    assert is_code_of(again.receipt, again.code)
