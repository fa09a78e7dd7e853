"""A citizen's number, wherever it is written, is read by the seats that need it and by nobody else."""

import pytest
from django.urls import reverse
from tests.factories import AppealFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.citizens import add_information
from civicloop.apps.dispatch.actions.handling import record_contact
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.jobs.models import OutboxEntry
from civicloop.apps.notices.models import Notice
from civicloop.config.sweeping import sweep

pytestmark = pytest.mark.django_db
CANARY = "13900001111"


@pytest.fixture
def order(make_signed, clerk, now):
    """An order with the citizen's number in every box that somebody could write it into."""
    appeal = AppealFactory(
        subject=f"找我打{CANARY}", text=f"路灯不亮，电话{CANARY}", address=f"云溪路3号 {CANARY}"
    )
    order = make_signed(appeal=appeal)
    add_information(appeal=appeal, text=f"换了号码：{CANARY}", now=now)
    record_contact(
        order_id=order.pk, is_reached=False, note=f"拨打{CANARY}未接", actor=clerk, now=now
    )
    issue_sheet(
        order_id=order.pk,
        level=1,
        cause="by_hand",
        reason=f"市民{CANARY}多次反映",
        unit=clerk.unit,
        actor=UserFactory(role=Role.SUPERVISOR),
        now=now,
    )
    order.refresh_from_db()
    return order


def test_a_unit_reads_no_number_on_any_of_its_pages(order, browse, clerk):
    client = browse(clerk)
    stale = {"seen_version": 1, "is_reached": "1"}
    pages = [
        client.get(reverse("dispatch:order", args=[order.pk])),
        client.get(reverse("dispatch:inbox")),
        client.post(reverse("dispatch:step", args=[order.pk, "contact"]), stale),
        client.post(reverse("dispatch:sign_many"), {"order": [order.pk]}),
        client.get(reverse("notices:list")),
    ]

    assert [page.status_code for page in pages] == [200, 200, 409, 200, 200]
    assert [CANARY in page.text for page in pages] == [False] * 5
    assert "〖手机号〗" in pages[0].text


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER, Role.PETITION_OFFICER])
def test_who_oversees_reads_no_number(role, order, browse):
    client = browse(UserFactory(role=role))
    addresses = [
        reverse("dispatch:order", args=[order.pk]),
        reverse("dispatch:oversight") + "?look=sheets",
        reverse("dispatch:export_oversight", args=["csv"]) + "?look=sheets",
        reverse("dispatch:figure_orders", args=["on_time", "whole"]),
    ]

    read = b"".join(b"".join(client.get(address)) for address in addresses)

    assert order.number.encode() in read
    assert CANARY.encode() not in read


def test_the_seat_that_took_the_call_reads_the_number(order, browse):
    page = browse(UserFactory(role=Role.OPERATOR)).get(reverse("dispatch:order", args=[order.pk]))

    assert CANARY in page.text


def test_neither_audit_nor_notices_nor_what_leaves_the_house_keep_a_number(order, now, caplog):
    sweep(now=now.replace(year=now.year + 1))

    kept = [
        *map(str, AuditEvent.objects.values()),
        *map(str, Notice.objects.values()),
        *map(str, OutboxEntry.objects.values()),
        caplog.text,
    ]
    assert len(kept) > 3
    assert not [one for one in kept if CANARY in one]
