"""The pages of supervision, batch plans and cases, as somebody who may see them all reads them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page
from tests.browser.conftest import violations
from tests.factories import UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.cases.actions.mediation import (
    agree,
    begin_mediation,
    found_committee,
    propose_mediation,
)
from civicloop.apps.cases.actions.meetings import (
    call_meeting,
    decide,
    hold_meeting,
    put_on_agenda,
)
from civicloop.apps.cases.actions.petitions import accept_stage, register_petition
from civicloop.apps.cases.actions.receptions import plan_reception, swap_reception
from civicloop.apps.cases.models import Agreement, CommitteeKind, PetitionCategory, StageLevel
from civicloop.apps.dispatch.actions.batches import draft_plan, schedule_plan
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.dispatch.models import (
    OrderParty,
    OrderState,
    PartyRole,
    ReplyClaim,
    WorkOrder,
)
from civicloop.apps.issues.models import Event
from civicloop.apps.places.models import Area

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]
LANGUAGES = ["zh-hans", "en"]


@pytest.fixture
def staff(city: Event) -> User:
    User.objects.filter(username="li").update(role=Role.SUPERVISOR)
    return User.objects.get(username="li")


@pytest.fixture
def orders(city: Event) -> list[WorkOrder]:
    """Late orders about the event's appeals."""
    unit = UnitFactory(name="青禾县住房和城乡建设局")
    members = [member.appeal for member in city.members.order_by("appeal_id")]
    orders = [
        WorkOrderFactory(
            appeal=appeal,
            state=OrderState.DISPATCHED,
            lead_unit=unit,
            opened_at=timezone.now(),
            return_count=place,
            due_at=timezone.now() - timedelta(days=place, hours=1),
        )
        for place, appeal in enumerate(members)
    ]
    OrderParty.objects.bulk_create(
        OrderParty(order=order, unit=unit, role=PartyRole.LEAD, assigned_at=order.opened_at)
        for order in orders
    )
    return orders


@pytest.fixture
def addresses(staff: User, orders: list[WorkOrder], city: Event) -> list[str]:
    supervised = _supervise(orders, staff)
    plan = _plan(orders, staff, "管网更换方案")
    waiting = _plan(orders, staff, "等待发出的方案")
    schedule_plan(plan_id=waiting, actor=staff, now=timezone.now() + timedelta(hours=1))
    meeting, reception, mediation, petition = _cases(orders[0], staff)
    return [
        "/supervision/",
        "/supervision/?look=sheets",
        "/supervision/?look=held_back",
        "/plans/",
        f"/plans/new/?event={city.pk}",
        f"/plans/{plan}/",
        f"/plans/{waiting}/",
        f"/events/{city.pk}/",
        f"/events/{city.pk}/orders/",
        f"/events/{city.pk}/orders/?main={orders[0].pk}",
        f"/orders/{supervised.pk}/",
        "/orders/inbox/",
        "/cases/",
        "/meetings/",
        "/meetings/new/",
        f"/meetings/{meeting}/",
        "/receptions/",
        f"/receptions/{reception}/",
        "/mediation/",
        f"/mediation/new/?order={orders[0].number}",
        f"/mediation/{mediation}/",
        "/petitions/",
        f"/petitions/{petition}/",
    ]


def _supervise(orders: list[WorkOrder], staff: User) -> WorkOrder:
    for level, order in enumerate(orders, start=1):
        issue_sheet(
            order_id=order.pk,
            level=level,
            cause="by_hand",
            reason="群众多次反映仍未解决。",
            unit=order.lead_unit,
            actor=staff,
            now=timezone.now(),
        )
        order.refresh_from_db()
    return orders[0]


def _plan(orders: list[WorkOrder], staff: User, title: str) -> int:
    return draft_plan(
        title=title,
        plan="分三批更换老旧管网。",
        answer="您的{number}号诉求“{subject}”已纳入更换计划。",
        claim=ReplyClaim.EXPLAINED,
        orders=orders,
        actor=staff,
        now=timezone.now(),
    ).pk


def _cases(order: WorkOrder, staff: User) -> tuple[int, int, int, int]:
    now, today, area = timezone.now(), timezone.localdate(), Area.objects.get()
    by = {"actor": staff, "now": now}
    units = [order.lead_unit, UnitFactory(name="青禾县公安局")]
    meeting = call_meeting(
        title="油烟扰民联席会议", area=area, day=today - timedelta(days=9), convener="王副县长",
        units=units, **by,
    )  # fmt: skip
    put_on_agenda(meeting_id=meeting.pk, question="夜间油烟由谁查处？", order=order, **by)
    hold_meeting(meeting_id=meeting.pk, minutes="住建局牵头。", present=units[:1], **by)
    decide(
        meeting_id=meeting.pk,
        text="住建局十日内完成联合执法",
        owner=units[0],
        due_day=today - timedelta(days=1),
        **by,
    )
    leaders = [
        UserFactory(role=Role.LEADER, last_name="王", first_name="副县长"),
        UserFactory(role=Role.LEADER),
    ]
    reception = plan_reception(leader=leaders[0], area=area, day=today, place="信访大厅", **by)
    swap_reception(reception_id=reception.pk, to_leader=leaders[1], reason="出差", **by)
    committee = found_committee(
        name="消费纠纷调解委员会", kind=CommitteeKind.CONSUMER, area=area, member_count=5,
        elected_on=today, **by,
    )  # fmt: skip
    case = propose_mediation(
        committee=committee, subject="退款纠纷", mediator=staff, order=order, **by
    )
    begin_mediation(case_id=case.pk, **by)
    agree(case_id=case.pk, agreement=Agreement.WRITTEN, text="退款三百元。", **by)
    petition = register_petition(
        subject="征地补偿标准", category=PetitionCategory.CLAIM, order=order, **by
    )
    accept_stage(petition_id=petition.pk, level=StageLevel.HANDLING, organ=units[1], **by)
    return meeting.pk, reception.pk, case.pk, petition.pk


ROLES = {
    "/plans/": Role.DISPATCHER,
    "/events/": Role.DISPATCHER,
    "/receptions/": Role.PETITION_OFFICER,
    "/mediation/": Role.PETITION_OFFICER,
    "/petitions/": Role.PETITION_OFFICER,
}  # whose pages these are; the rest is a supervisor's


def visit(page: Page, address: str) -> None:
    """Open a page as somebody whose page it is."""
    role = next((role for start, role in ROLES.items() if address.startswith(start)), None)
    User.objects.filter(username="li").update(role=role or Role.SUPERVISOR)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_wrong(
    language: str, addresses: list[str], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(language))

    found = {}
    for address in addresses:
        visit(page, address)
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        found[address] = violations(page)

    assert {address: wrong for address, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_on_a_narrow_screen(
    language: str, addresses: list[str], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(language, viewport={"width": 320, "height": 640}))

    overflow = {}
    for address in addresses:
        visit(page, address)
        overflow[address] = page.locator("html").evaluate(
            "page => page.scrollWidth - page.clientWidth"
        )

    assert overflow == dict.fromkeys(addresses, 0)


def test_a_plan_is_sent_and_undone_without_javascript(
    staff: User, orders: list[WorkOrder], open_context: OpenContext, log_in: LogIn
) -> None:
    plan = _plan(orders, staff, "管网更换方案")
    page = log_in(open_context("en", java_script_enabled=False))

    visit(page, f"/plans/{plan}/")
    page.get_by_role("button", name="Send it").click()
    assert "Goes out at" in page.locator("#countdown-title").inner_text()
    page.get_by_role("button", name="Undo").click()

    assert page.get_by_text("nothing went out").is_visible()
