"""The scripted day, then its key steps by a person of each role through the pages.

With CIVICLOOP_SCREENSHOTS=folder in the environment every step leaves a picture there.
"""

import os
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.conftest import WAIT_MILLISECONDS
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.cases.models import JointMeeting, MediationCase
from civicloop.apps.dispatch.actions.directory import approve_directory
from civicloop.apps.dispatch.models import (
    BatchPlan,
    BatchState,
    DirectoryVersion,
    DispatchPlan,
    OrderState,
    SupervisionSheet,
    WorkOrder,
)
from civicloop.apps.intake.models import Kind
from civicloop.apps.jobs.worker import Worker
from civicloop.apps.places.models import Area, AreaLevel, Unit
from civicloop.config.scripted_day import play_day
from civicloop.connectors.sample_city import CityPlan, write_sample_city
from civicloop.web.citizen import tokens

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

OpenContext = Callable[..., BrowserContext]
APPEALS, OF_THE_DAY = 300, 20
expect.set_options(timeout=WAIT_MILLISECONDS)
CALLED = "{place}门口的路灯坏了三盏，从上周起一直不亮，晚上走路很危险，请尽快修"
WRONG = "我要举报{unit}的工作人员以权谋私、收受好处费，上个月在窗口办证时亲眼看见，请严查"


class Day:
    """The tabs of the day's people, each logged in once, and the camera."""

    def __init__(self, open_context: OpenContext, site: str) -> None:
        self._open, self._site = open_context, site
        self._tabs: dict[int, Page] = {}
        self._pictures = 0
        folder = os.environ.get("CIVICLOOP_SCREENSHOTS", "")
        self._folder = Path(folder) if folder else None

    def tab_of(self, user: User) -> Page:
        if user.pk not in self._tabs:
            client = Client()
            client.force_login(user)
            context = self._open("zh-hans", viewport={"width": 1280, "height": 900})
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self._site}]
            )
            self._tabs[user.pk] = context.new_page()
        return self._tabs[user.pk]

    def citizen(self) -> Page:
        return self._open(
            "zh-hans", viewport={"width": 360, "height": 740}, java_script_enabled=False
        ).new_page()

    def seat(self, role: Role) -> Page:
        """The tab of whoever the day seated there."""
        return self.tab_of(User.objects.filter(role=role).order_by("pk")[0])

    def clerk_of(self, unit: Unit, role: Role = Role.UNIT_CLERK) -> Page:
        known = User.objects.filter(role=role, unit=unit).first()
        return self.tab_of(known or UserFactory(role=role, unit=unit))

    def picture(self, page: Page, name: str) -> None:
        self._pictures += 1
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._folder / f"{self._pictures:02}-{name}.png"
            page.screenshot(path=file, full_page=True)


@pytest.fixture
def day(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    open_context: OpenContext, live_server,
) -> Day:  # fmt: skip
    """A small city in which a day was played three weeks ago; today its people sit down again."""
    monkeypatch.setattr(settings, "DEMO", False)
    monkeypatch.setattr(tokens, "QUICKEST", timedelta(0))  # a script reads faster than a person
    caches["near"].clear()
    today = timezone.localdate()
    files = write_sample_city(CityPlan(seed=7, appeals=APPEALS, last_day=today), tmp_path)
    for what in ("areas", "units", "topics"):
        call_command("load_reference", what, str(getattr(files, what)), verbosity=0)
    call_command("import_appeals", str(files.appeals), source="sample-city", verbosity=0)
    _bring_directory_into_force(files.directory, today)
    start = timezone.make_aware(datetime.combine(today - timedelta(days=21), time(8)))
    played = play_day(start=start, appeals=OF_THE_DAY).counts
    assert played["still open"] == 0
    return Day(open_context, live_server.url)


def _bring_directory_into_force(file: Path, today: date) -> None:
    first = today - timedelta(days=60)
    writer = UserFactory(role=Role.DISPATCHER)
    words = ["import", str(file), "--from", str(first), "--user", writer.username]
    call_command("manage_directory", *words, verbosity=0)
    approve_directory(
        version_id=DirectoryVersion.objects.latest("number").pk,
        actor=UserFactory(role=Role.SUPERVISOR),
        now=timezone.make_aware(datetime.combine(first, time(8))),
    )


def work_off() -> None:
    """What the worker does once the ten seconds to undo have passed."""
    worker = Worker(clock=lambda: timezone.now() + timedelta(seconds=15))
    while worker.run_next():
        pass


def submit(page: Page, step: str, choice: str = "") -> None:
    """Press the button of a step that is unfolded on an order's or a case's page."""
    form = page.locator(f"#step-{step} form")
    button = f"button[value='{choice}']" if choice else "button:not([formaction])"
    form.locator(button).first.click()


def unfold(page: Page, step: str) -> None:
    page.locator(f"#step-{step}").evaluate("step => { step.open = true; }")


def register(day: Day) -> WorkOrder:
    """The operator takes a call down and saves it with the keyboard."""
    desk = day.seat(Role.OPERATOR)
    before = set(WorkOrder.objects.values_list("pk", flat=True))
    desk.goto("/desk/new/")
    place = desk.locator("#areas option").nth(3).get_attribute("value") or ""
    topic = desk.locator("#topics option[value*='路灯']").first.get_attribute("value") or ""
    desk.fill("[name=text]", CALLED.format(place=place))
    desk.fill("[name=phone]", "13800138000")
    desk.fill("[name=area]", place)
    desk.fill("[name=topic]", topic)
    expect(desk.locator("#suggested h3").first).to_be_visible()
    day.picture(desk, "operator-writes-a-call-down")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#saved-title")).to_be_visible()
    day.picture(desk, "operator-reads-the-receipt")
    return WorkOrder.objects.exclude(pk__in=before).get()


def dispatch(day: Day, order: WorkOrder) -> WorkOrder:
    """The dispatcher gives it to the first unit with one key; it goes out ten seconds later."""
    board = day.seat(Role.DISPATCHER)
    board.goto(f"/board/?order={order.pk}")
    expect(board.locator("[data-row]:focus")).to_be_visible()
    day.picture(board, "dispatcher-looks-at-the-board")
    if board.locator("form [data-key='1']").count():
        board.keyboard.press("1")
        expect(board.locator("[data-key='z']")).to_be_visible()
        day.picture(board, "dispatcher-has-ten-seconds-to-undo")
        work_off()
        assert DispatchPlan.objects.latest("pk").state == BatchState.SENT
    else:
        _dispatch_by_hand(board, order)
    order.refresh_from_db()
    assert order.state == OrderState.DISPATCHED
    return order


def _dispatch_by_hand(page: Page, order: WorkOrder) -> None:
    page.goto(f"/orders/{order.pk}/")
    unfold(page, "dispatch")
    lead = Unit.objects.filter(level="city").order_by("code")[0]
    page.select_option("#step-dispatch [name=lead]", str(lead.pk))
    submit(page, "dispatch")
    expect(page.locator(".notice-good")).to_be_visible()


def object_and_decide(day: Day, order: WorkOrder) -> None:
    """The unit says that it is not its duty; the dispatcher rejects that."""
    clerk = day.clerk_of(order.lead_unit)
    clerk.goto(f"/orders/{order.pk}/")
    clerk.keyboard.press("b")
    clerk.fill("#step-object [name=statement]", "该路段路灯由物业管理，不属我单位。")
    clerk.fill("#step-object [name=legal_basis]", "部门三定方案第三条")
    day.picture(clerk, "unit-objects")
    submit(clerk, "object")
    expect(clerk.locator(".notice-good")).to_be_visible()

    board = day.seat(Role.DISPATCHER)
    board.goto("/board/?tab=disputed")
    day.picture(board, "dispatcher-sees-what-is-disputed")
    board.goto(f"/orders/{order.pk}/")
    board.fill("#step-decide_objection [name=decision]", "按派单目录由你单位承办。")
    submit(board, "decide_objection", "0")
    expect(board.locator(".notice-good")).to_be_visible()


def handle(day: Day, order: WorkOrder) -> None:
    """The unit signs, talks to the citizen and replies."""
    clerk = day.clerk_of(order.lead_unit)
    clerk.goto("/orders/inbox/")
    day.picture(clerk, "unit-looks-at-its-inbox")
    clerk.goto(f"/orders/{order.pk}/")
    clerk.keyboard.press("s")
    submit(clerk, "sign")
    expect(clerk.locator("#step-contact")).to_be_visible()
    submit(clerk, "contact", "1")
    expect(clerk.locator("#step-reply")).to_be_visible()
    unfold(clerk, "reply")
    clerk.check("#step-reply [name=claim][value=solved]")
    clerk.fill(
        "#step-reply [name=text]", "经现场核查，三盏路灯线路老化，已全部更换，夜间试亮正常。"
    )
    clerk.fill("#step-reply [name=explanation]", "更换前后由两名工作人员到场确认。")
    day.picture(clerk, "unit-replies")
    submit(clerk, "reply")
    expect(clerk.locator(".notice-good")).to_be_visible()
    order.refresh_from_db()
    assert order.state == OrderState.REPLIED


def review_and_call_back(day: Day, order: WorkOrder) -> None:
    reviewer = day.seat(Role.REVIEWER)
    reviewer.goto(f"/orders/{order.pk}/")
    day.picture(reviewer, "reviewer-reads-the-reply")
    submit(reviewer, "review", "1")
    expect(reviewer.locator(".notice-good")).to_be_visible()
    work_off()
    order.refresh_from_db()
    caller = day.seat(Role.CALLER_BACK)
    caller.goto(f"/orders/{order.pk}/")
    if order.state == OrderState.REVIEWED:
        unfold(caller, "begin_call_back")
        submit(caller, "begin_call_back")
        expect(caller.locator(".notice-good")).to_be_visible()
    caller.check("#step-hear [name=resolved][value=yes]")
    caller.check("#step-hear [name=satisfaction][value='5']")
    day.picture(caller, "call-back-clerk-asks-the-citizen")
    submit(caller, "hear", "1")
    expect(caller.locator(".notice-good")).to_be_visible()
    order.refresh_from_db()
    assert order.state == OrderState.CLOSED


def report_a_wrong(day: Day) -> tuple[WorkOrder, str, str]:
    """A citizen without account reports a wrong by telephone, without JavaScript."""
    page, unit = day.citizen(), Unit.objects.filter(level="city").order_by("code")[1]
    page.goto("/report/")
    page.fill("#id_text", WRONG.format(unit=unit.name))
    day.picture(page, "citizen-says-what-happened")
    page.click("main form button[type=submit]")
    page.check("#id_is_place_unknown")
    page.click("main form [type=submit]:not([name=back])")
    day.picture(page, "citizen-looks-at-it-once-more")
    page.check("#id_is_confidential")
    page.locator("main form [type=submit]").last.click()
    number, code = (page.locator(".receipt dd").nth(place).inner_text() for place in (0, 1))
    day.picture(page, "citizen-has-a-receipt")
    return WorkOrder.objects.get(appeal__receipt__number=number), number, code


def track_and_rate(day: Day, number: str, code: str) -> None:
    page = day.citizen()
    page.goto("/track/")
    page.fill("#id_number", number)
    page.fill("#id_code", code)
    page.click("main form [type=submit]")
    day.picture(page, "citizen-follows-the-own-report")
    for name in ("resolved_0", "satisfaction_0", "attitude_0"):
        page.check(f"#rate-{name}")
    page.click("main section form [type=submit]")
    expect(page.locator(".done")).to_be_visible()
    day.picture(page, "citizen-has-rated")


def supervise(day: Day, order: WorkOrder) -> None:
    page = day.seat(Role.SUPERVISOR)
    page.goto("/supervision/")
    day.picture(page, "supervisor-looks-over-all")
    page.goto(f"/orders/{order.pk}/")
    unfold(page, "supervise")
    page.select_option("#step-supervise [name=level]", "1")
    page.select_option("#step-supervise [name=unit]", str(order.lead_unit_id))
    page.fill("#step-supervise [name=reason]", "同类问题多次反映。")
    submit(page, "supervise")
    expect(page.locator(".notice-good")).to_be_visible()
    day.picture(page, "supervisor-issued-a-sheet")


def meet(day: Day, order: WorkOrder) -> None:
    """The secretary calls a joint meeting, brings the order before it, and keeps what it decided."""
    page, today = day.seat(Role.MEETING_SECRETARY), timezone.localdate()
    units = list(Unit.objects.filter(level="city").order_by("code")[:2])
    area = Area.objects.filter(level=AreaLevel.CITY).order_by("code")[0]
    page.goto("/meetings/new/")
    page.fill("[name=title]", "路灯管护联席会议")
    page.select_option("[name=area]", str(area.pk))
    page.fill("[name=day]", str(today))
    page.fill("[name=convener]", "分管副市长")
    page.select_option("[name=units]", [str(unit.pk) for unit in units])
    page.locator("main form.stack .actions button").click()
    page.wait_for_url("**/meetings/*/")
    unfold(page, "agenda")
    page.fill("#step-agenda [name=order]", order.number)
    page.fill("#step-agenda [name=question]", "路灯由谁长期管护？")
    submit(page, "agenda")
    unfold(page, "hold")
    page.fill("#step-hold [name=minutes]", "会议明确由第一家牵头。")
    page.locator("#step-hold [name=present]").first.check()
    submit(page, "hold")
    unfold(page, "decide")
    page.fill("#step-decide [name=text]", "一周内拿出管护方案。")
    page.select_option("#step-decide [name=owner]", str(units[0].pk))
    page.fill("#step-decide [name=due_day]", str(today + timedelta(days=7)))
    submit(page, "decide")
    expect(page.locator("main")).to_contain_text("一周内拿出管护方案。")
    day.picture(page, "secretary-keeps-what-the-meeting-decided")


def mediate(day: Day, order: WorkOrder) -> None:
    page = day.seat(Role.PETITION_OFFICER)
    page.goto(f"/mediation/new/?order={order.number}")
    page.fill("[name=subject]", "路灯管护费用分担")
    page.select_option("[name=committee]", index=1)
    page.select_option("[name=mediator]", index=1)
    page.locator("main form.stack .actions button").click()
    page.wait_for_url("**/mediation/*/")
    day.picture(page, "mediation-is-proposed")


def plan_and_undo(day: Day, orders: list[WorkOrder]) -> None:
    """One plan for several orders: looked at first, sent, and undone within the ten seconds."""
    page = day.seat(Role.DISPATCHER)
    page.goto("/plans/new/?" + "&".join(f"order={order.pk}" for order in orders))
    page.fill("[name=title]", "路灯集中整治")
    page.fill("[name=plan]", "分三批更换线路。")
    page.select_option("[name=claim]", "explained")
    page.fill("[name=answer]", "您的{number}号诉求“{subject}”已列入集中整治。")
    page.locator("main form.stack .actions button").click()
    page.wait_for_url("**/plans/*/")
    day.picture(page, "dispatcher-sees-what-a-plan-would-do")
    page.locator("main form[action$='/send/'] button").click()
    expect(page.locator("#countdown-title")).to_be_visible()
    day.picture(page, "dispatcher-may-still-undo-the-plan")
    page.locator("main form[action$='/undo/'] button").click()
    expect(page.locator(".notice-good")).to_be_visible()
    assert BatchPlan.objects.latest("pk").state == BatchState.DRAFT


@pytest.mark.timeout(900)
def test_everybody_does_the_days_key_steps_through_the_pages(day: Day) -> None:
    meetings, mediations = JointMeeting.objects.count(), MediationCase.objects.count()

    wrong, number, code = report_a_wrong(day)
    assert wrong.appeal.kind == Kind.REPORT
    answered = finish_report(day, wrong)
    track_and_rate(day, number, code)

    called, second = register(day), register(day)
    object_and_decide(day, dispatch(day, called))
    dispatch(day, second)
    plan_and_undo(day, [second])
    supervise(day, second)
    meet(day, second)
    mediate(day, second)
    handle(day, called)
    review_and_call_back(day, called)

    answered.refresh_from_db()
    assert answered.close_type == "resolved"
    assert SupervisionSheet.objects.filter(order=second).count() == 1
    assert JointMeeting.objects.count() == meetings + 1
    assert MediationCase.objects.count() == mediations + 1


def finish_report(day: Day, wrong: WorkOrder) -> WorkOrder:
    """The hotline takes the report up; the unit that gets it handles it, the reviewer passes it."""
    desk = day.seat(Role.OPERATOR)
    desk.goto(f"/orders/{wrong.pk}/")
    unfold(desk, "register")
    submit(desk, "register")
    expect(desk.locator(".notice-good")).to_be_visible()
    unfold(desk, "pass_on")
    submit(desk, "pass_on")
    expect(desk.locator(".notice-good")).to_be_visible()
    board = day.seat(Role.DISPATCHER)
    _dispatch_by_hand(board, wrong)
    wrong.refresh_from_db()
    handle(day, wrong)
    reviewer = day.seat(Role.REVIEWER)
    reviewer.goto(f"/orders/{wrong.pk}/")
    submit(reviewer, "review", "1")
    expect(reviewer.locator(".notice-good")).to_be_visible()
    return wrong
