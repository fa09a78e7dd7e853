"""Whoever belongs to the unit that a report is about finds it nowhere: in no list, search, count or file."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    police,
)
from tests.factories import AppealFactory, UnitFactory, UserFactory, WorkOrderFactory
from tests.web.test_canaries import TOKEN, bytes_of
from tests.web.test_routes import (  # noqa: F401  fixtures
    addresses,
    county,
    numbers,
    order,
    path_of,
)

from civicloop.apps.accounts.models import Role
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.cases.actions.meetings import (
    call_meeting,
    decide,
    hold_meeting,
    put_on_agenda,
)
from civicloop.apps.cases.models import (
    JointMeeting,
    MeetingCase,
    MeetingDecision,
    MeetingState,
)
from civicloop.apps.dispatch import visibility as dispatch_visibility
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.intake import shown as intake_shown
from civicloop.apps.intake.masking import mask_again, mask_appeals
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.intake.queries import AppealFilters, appeals_page
from civicloop.apps.intake.queries.overview import intake_overview
from civicloop.apps.intake.search import index_new_appeals
from civicloop.apps.issues import class_queries
from civicloop.apps.issues import shown as issues_shown
from civicloop.apps.issues.class_tables import class_table
from civicloop.apps.issues.models import (
    ClassDecision,
    ClassNeighbour,
    Event,
    EventClass,
    EventClassMember,
    EventDecision,
    EventMember,
    HotIssue,
    HotIssueList,
)

WORDS = "槿花会馆收钱不办事"  # of the reports, and nowhere else
SAID = f"举报{WORDS}"
SECONDS = re.compile('seconds="[0-9]+"')  # until somebody is logged out
INSIDERS = [
    Role.DISPATCHER,
    Role.OPERATOR,
    Role.SUPERVISOR,
    Role.LEADER,
    Role.PETITION_OFFICER,
    Role.MEETING_SECRETARY,
    Role.UNIT_HEAD,
]

pytestmark = pytest.mark.django_db


def browser_of(role: Role, unit) -> Client:
    """Of somebody who belongs to a unit, whatever the role."""
    client = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
    client.force_login(UserFactory(role=role, unit=unit))
    return client


@pytest.fixture
def reports(numbers, order, police, now) -> Mapping[str, object]:  # noqa: F811
    """Three reports about the police: at a unit, of an event, and waiting for a dispatcher."""
    issue_sheet(
        order_id=order.pk, level=3, cause="by_hand", reason="-", unit=order.lead_unit,
        actor=UserFactory(role=Role.SUPERVISOR), now=now,
    )  # fmt: skip
    told = Appeal.objects.get(pk=numbers["appeal_id"])
    waiting = WorkOrderFactory(state=OrderState.TRIAGE, due_at=now)
    WorkOrderFactory(appeal=told, state=OrderState.REPLIED)
    about = [order.appeal_id, told.pk, waiting.appeal_id]
    Appeal.objects.filter(pk__in=about).update(
        kind=Kind.REPORT, subject=SAID, text=SAID, reply_text=SAID
    )
    WorkOrder.objects.filter(appeal__in=about).update(
        kind=Kind.REPORT, is_sensitive=True, respondent_unit=police
    )
    event = Event.objects.get(members__appeal=told)
    Event.objects.filter(pk=event.pk).update(title=SAID)
    HotIssue.objects.filter(event=event).update(title=SAID)
    mask_again()
    mask_appeals()
    index_new_appeals()
    return numbers


LOOKS = ("overdue", "again", "bounced", "red", "reminded", "sheets", "replied", "leaders")
ASKED = [
    *(
        f"{page}?{name}={quote(word)}"
        for page in ("/appeals/", "/events/")
        for name in ("search", "q")
        for word in (WORDS, "举报")
    ),
    "/appeals/?kind=report",
    *(f"/board/?tab={tab}" for tab in ("new", "returned", "disputed", "due_today", "later")),
    *(f"/supervision{ending}?look={look}" for ending in ("/", ".csv", ".xlsx") for look in LOOKS),
    *(f"/classes.{format_}" for format_ in ("csv", "xlsx")),
    "/replies/?look=all",
]


def paths_of(numbers: Mapping[str, object]) -> Iterator[str]:  # noqa: F811
    for name, pattern in addresses(get_resolver().url_patterns):
        if "logout" not in name:
            yield path_of(name, pattern, numbers)
    yield from ASKED
    for table, format_ in product(
        ("hot-events", "hot-topics", "hot-event-appeals"), ("csv", "xlsx")
    ):
        yield reverse("issues:export", args=[HotIssueList.objects.get().pk, table, format_])
    for order_ in WorkOrder.objects.all():
        yield reverse("dispatch:order", args=[order_.pk])
        yield reverse("board:preview", args=[order_.pk])
        yield f"{reverse('palette:go')}?q={order_.number}"
    for appeal_id in Appeal.objects.values_list("pk", flat=True):
        yield reverse("intake:appeal", args=[appeal_id])


def told_by(client: Client, numbers: Mapping[str, object]) -> dict[str, list[str]]:  # noqa: F811
    """The addresses that tell the words or a number of one of the reports, with what they tell."""
    orders = WorkOrder.objects.filter(kind=Kind.REPORT).select_related("appeal")
    marks = {WORDS, *(one.number for one in orders), *(one.appeal.source_key for one in orders)}
    marks |= {reverse("dispatch:order", args=[one.pk]) for one in orders}
    marks |= {reverse("intake:appeal", args=[one.appeal_id]) for one in orders}
    found: dict[str, list[str]] = {}
    for path in paths_of(numbers):
        text = bytes_of(client, path)
        asked = path + quote(path)  # what was asked for is no news
        told = sorted(mark for mark in marks if mark in text and quote(mark) not in asked)
        if told:
            found[path] = told
    return found


@pytest.mark.parametrize("role", INSIDERS)
def test_no_address_tells_an_insider_of_the_report(role, reports, police):  # noqa: F811
    assert told_by(browser_of(role, police), reports) == {}


def test_others_find_it(reports):
    """The red twin: what is looked for is there for whoever belongs to another unit."""
    found = told_by(browser_of(Role.DISPATCHER, UnitFactory()), reports)

    assert len(found) > 20
    assert {reverse("board:board"), reverse("issues:event_list"), reverse("dispatch:inbox")} <= {
        path.partition("?")[0] for path in found
    }


def test_it_would_be_found_if_lists_left_nothing_out(reports, police, monkeypatch):  # noqa: F811
    for module in (intake_shown, dispatch_visibility, issues_shown, class_queries):
        monkeypatch.setattr(module, "unit_now", lambda: None)

    found = told_by(browser_of(Role.DISPATCHER, police), reports)

    pages = {path.partition("?")[0] for path in found}
    names = ("home", "board:board", "intake:appeal_list", "issues:hot_issues", "dispatch:inbox")
    assert {reverse(name) for name in names} <= pages


def test_counts_and_searches_are_those_of_a_city_without_the_report(police, now):  # noqa: F811
    others = [AppealFactory(received_at=now), AppealFactory(received_at=now, is_confidential=True)]
    insider, other = (UserFactory(role=Role.LEADER, unit=unit) for unit in (police, UnitFactory()))
    with read_by(insider):
        before = [intake_overview(now), appeals_page(AppealFilters())]

    WorkOrderFactory(
        kind=Kind.REPORT,
        respondent_unit=police,
        appeal__kind=Kind.REPORT,
        appeal__text=SAID,
        appeal__received_at=now,
    )
    mask_appeals()
    index_new_appeals()

    with read_by(insider):
        assert [intake_overview(now), appeals_page(AppealFilters())] == before
        assert len(before[1].appeals) == before[1].count == len(others)
        for filters in (AppealFilters(search=WORDS), AppealFilters(kind=Kind.REPORT)):
            assert appeals_page(filters).count == 0
    with read_by(other):  # the red twin
        assert intake_overview(now) != before[0]
        for filters in (AppealFilters(search=WORDS), AppealFilters(kind=Kind.REPORT)):
            assert appeals_page(filters).count == 1


@pytest.mark.parametrize(
    "page", ["intake:appeal_list", "issues:event_list", "dispatch:inbox", "board:board"]
)
def test_leaving_it_out_needs_no_statement_more(page, police):  # noqa: F811
    needed = []
    for unit in (None, police):
        client = browser_of(Role.DISPATCHER, unit)
        client.get(reverse(page))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(page)).status_code == 200
        needed.append(len(asked))

    assert needed[0] == needed[1]


@pytest.mark.parametrize("name", ["board:return", "board:later", "board:back", "board:merge"])
def test_an_insider_moves_nothing_by_a_guessed_number(name, police, now):  # noqa: F811
    order = WorkOrderFactory(kind=Kind.REPORT, respondent_unit=police, state=OrderState.TRIAGE)  # noqa: F811
    client = browser_of(Role.DISPATCHER, police)
    said = {"note": "缺地点", "when": "tomorrow", "version": "1"}

    hidden = client.post(reverse(name, args=[order.pk]), said)
    missing = client.post(reverse(name, args=[987654]), said)

    assert hidden.status_code == missing.status_code < 500
    order.refresh_from_db()
    assert (order.state, order.version) == (OrderState.TRIAGE, 1)


def test_an_insider_of_oversight_finds_nothing_of_it_in_a_meeting(police, county, now):  # noqa: F811
    """Neither matter nor decision, nor the minutes, which tell of both; what has no order stays."""
    of_report = WorkOrderFactory(
        kind=Kind.REPORT, respondent_unit=police, appeal__kind=Kind.REPORT, appeal__text=SAID
    )
    meeting = JointMeeting.objects.create(
        title="联席会议", area=county, day=now.date(), convener="市长", state=MeetingState.HELD,
        secretary=UserFactory(role=Role.MEETING_SECRETARY), minutes=f"议定{WORDS}一事",
    )  # fmt: skip
    matters = [
        MeetingCase.objects.create(meeting=meeting, order=about, question=question)
        for about, question in ((of_report, WORDS), (WorkOrderFactory(), "路灯由谁管"))
    ]
    for matter, text in (
        (matters[0], f"查处{WORDS}"),
        (matters[1], "路灯归住建局"),
        (None, "下次会议"),
    ):
        MeetingDecision.objects.create(
            meeting=meeting, case=matter, text=text, owner=UnitFactory(), due_day=now.date()
        )
    pages = [reverse("cases:meeting", args=[meeting.pk]), reverse("cases:open_cases")]

    insider = browser_of(Role.SUPERVISOR, police)
    shown, others = (
        "".join(bytes_of(client, page) for page in pages)
        for client in (insider, browser_of(Role.SUPERVISOR, UnitFactory()))
    )

    assert WORDS not in shown
    assert {"路灯由谁管", "路灯归住建局", "下次会议"} <= {
        said for said in ("路灯由谁管", "路灯归住建局", "下次会议") if said in shown
    }
    assert others.count(WORDS) >= 4  # the red twin


@pytest.mark.parametrize("role", [Role.MEETING_SECRETARY, Role.UNIT_HEAD])
def test_a_meeting_counts_and_remembers_no_matter_about_an_insider(role, police, county, now):  # noqa: F811
    secretary = UserFactory(role=Role.MEETING_SECRETARY)
    meeting = call_meeting(
        title="联席会议", area=county, day=now.date(), convener="市长", units=[UnitFactory(), UnitFactory()],
        actor=secretary, now=now,
    )  # fmt: skip
    report = WorkOrderFactory(kind=Kind.REPORT, appeal__kind=Kind.REPORT)
    for about, question in ((report, WORDS), (None, "路灯由谁管")):
        put_on_agenda(
            meeting_id=meeting.pk, question=question, order=about, actor=secretary, now=now
        )
    hold_meeting(meeting_id=meeting.pk, minutes=f"议{WORDS}", present=[], actor=secretary, now=now)
    meeting.members.create(unit=police, was_there=True)
    for owner, case in ((police, None), (UnitFactory(), meeting.cases.get(order=report))):
        decide(
            meeting_id=meeting.pk, text="办", owner=owner, due_day=now.date(), case=case,
            actor=secretary, now=now,
        )  # fmt: skip
    WorkOrder.objects.update(respondent_unit=police)  # as it was found out later
    pages = reverse("cases:meeting_list"), reverse("cases:meeting", args=[meeting.pk])

    told, others = (
        [bytes_of(browser_of(someone, unit), page) for page in pages]
        for someone, unit in ((role, police), (Role.MEETING_SECRETARY, UnitFactory()))
    )

    assert not [page for page in told if WORDS in page]
    assert [page.count("Matter put on the agenda") for page in (told[1], others[1])] == [1, 2]
    assert [page.count("Decision entered") for page in (told[1], others[1])] == [1, 2]
    assert ['data-label="Matters">1<' in told[0], 'data-label="Matters">2<' in others[0]] == [
        True,
        True,
    ]


def test_a_meeting_s_page_is_the_same_after_a_change_that_is_hidden_from_an_insider(
    police,  # noqa: F811
    county,  # noqa: F811
    now,
):
    """The version that its forms carry counts no such change, and a form filled in before it is taken."""
    secretary = UserFactory(role=Role.MEETING_SECRETARY, unit=police)
    by = {"actor": UserFactory(role=Role.MEETING_SECRETARY), "now": now}
    meeting = call_meeting(
        title="联席会议", area=county, day=now.date(), convener="市长", units=[UnitFactory(), UnitFactory()],
        **by,
    )  # fmt: skip
    others = browser_of(Role.MEETING_SECRETARY, UnitFactory())
    client = Client()
    client.force_login(secretary)
    page = reverse("cases:meeting", args=[meeting.pk])

    def shown_to(one: Client) -> str:
        return SECONDS.sub("", TOKEN.sub("", one.get(page).text))

    before, of_others = shown_to(client), shown_to(others)
    report = WorkOrderFactory(kind=Kind.REPORT, appeal__kind=Kind.REPORT, respondent_unit=police)

    put_on_agenda(meeting_id=meeting.pk, question=WORDS, order=report, **by)

    assert shown_to(client) == before
    assert shown_to(others) != of_others  # the red twin
    sent = {"seen_version": "1", "question": "路灯由谁管"}
    assert client.post(f"{page}agenda/", sent).status_code == 302
    assert client.post(f"{page}agenda/", sent).status_code == 409


def _sizes_told(unit, event_class: EventClass) -> list[object]:
    """What the list, the page and the file of classes say of the size of a class."""
    user = UserFactory(role=Role.LEADER, unit=unit)
    with read_by(user):
        [listed] = class_queries.sized_for_reader(class_queries.classes_found())
        details = class_queries.class_details(event_class.pk).event_class
        [_header, row] = class_table()
    return [
        (one.event_count, one.place_count, one.appeal_count, one.people_count)
        for one in (listed, details)
    ] + [tuple(row[6:10])]


def test_a_class_is_as_large_as_what_an_insider_sees_of_it(police, now):  # noqa: F811
    events = [
        Event.objects.create(
            title="路灯不亮", appeal_count=count, people_count=count, first_at=now, last_at=now
        )
        for count in (4, 3)
    ]
    event_class = EventClass.objects.create(
        title="路灯不亮", event_count=2, appeal_count=7, people_count=7, place_count=2,
        first_at=now, last_at=now,
    )  # fmt: skip
    for event in events:
        EventClassMember.objects.create(event=event, event_class=event_class)
    report = WorkOrderFactory(
        kind=Kind.REPORT, respondent_unit=police, appeal__kind=Kind.REPORT
    ).appeal
    EventMember.objects.create(event=events[0], appeal=report)

    assert _sizes_told(police, event_class) == [(1, 0, 3, 3)] * 3
    assert _sizes_told(UnitFactory(), event_class)[0][2] == 7  # the red twin
    assert EventClass.objects.get().appeal_count == 7  # nothing was written


def test_an_insider_changes_no_class_of_the_report_alone(police, now):  # noqa: F811
    report = WorkOrderFactory(
        kind=Kind.REPORT, respondent_unit=police, appeal__kind=Kind.REPORT
    ).appeal
    event = Event.objects.create(
        title=SAID, appeal_count=1, people_count=1, first_at=now, last_at=now
    )
    EventMember.objects.create(event=event, appeal=report)
    event_class = EventClass.objects.create(
        title=SAID, event_count=1, first_at=now, last_at=now, people_count=1
    )
    EventClassMember.objects.create(event=event, event_class=event_class)
    name = reverse("issues:name_class", args=[event_class.pk])

    assert browser_of(Role.DISPATCHER, police).post(name, {"name": "甲"}).status_code == 404
    assert browser_of(Role.DISPATCHER, UnitFactory()).post(name, {"name": "乙"}).status_code == 302
    assert EventClass.objects.get().name == "乙"
    undo = reverse("issues:undo_class", args=[event_class.decisions.get().pk])
    take_out = reverse("issues:take_out", args=[event_class.pk])
    for step in (take_out, undo):
        assert browser_of(Role.DISPATCHER, police).post(step).status_code == 404
        assert browser_of(Role.DISPATCHER, UnitFactory()).post(step).status_code == 302


def test_no_decision_is_shown_by_its_number_that_is_about_a_hidden_event(police, now):  # noqa: F811
    """An address may name any decision: neither an event's title nor that it was decided on comes out."""
    report = WorkOrderFactory(
        kind=Kind.REPORT, respondent_unit=police, appeal__kind=Kind.REPORT
    ).appeal
    hidden, other = (
        Event.objects.create(title=title, appeal_count=1, people_count=1, first_at=now, last_at=now)
        for title in (SAID, "路灯不亮")
    )
    EventMember.objects.create(event=hidden, appeal=report)
    shown, of_report = (
        EventClass.objects.create(title=title, event_count=1, first_at=now, last_at=now)
        for title in ("路灯", WORDS)
    )
    for event, event_class in ((other, shown), (hidden, of_report)):
        EventClassMember.objects.create(event=event, event_class=event_class)
    ClassNeighbour.objects.create(
        event=other, event_class=of_report, closeness=0.5, shared=["甲"], lacking=[], own=[]
    )
    by = {"actor": UserFactory(role=Role.DISPATCHER), "decided_at": now, "event": hidden}
    in_class = ClassDecision.objects.create(kind="add", event_class=shown, **by)
    of_event = EventDecision.objects.create(kind="confirm", before={}, **by)
    pages = (
        f"{reverse('issues:event_class', args=[shown.pk])}?decision={in_class.pk}",
        f"{reverse('issues:event_list')}?decision={of_event.pk}",
    )

    told, others = (
        [bytes_of(browser_of(Role.LEADER, unit), page) for page in pages]
        for unit in (police, UnitFactory())
    )

    assert [WORDS in told[0], "Confirmed: these" in told[1]] == [False, False]
    assert others[0].count(WORDS) >= 2  # the red twin
    assert "Confirmed: these" in others[1]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER])
def test_counts_of_a_few_are_kept_from_whoever_belongs_to_a_unit(role, police):  # noqa: F811
    """They might be of a report about it; the lists behind them leave it out."""
    assert may(UserFactory(role=role), Action.SEE_SMALL_COUNTS)
    assert not may(UserFactory(role=role, unit=police), Action.SEE_SMALL_COUNTS)
