"""Every byte that a role can fetch, searched for what tells who a citizen is.

Each column that may hold a citizen's words is filled with details that occur nowhere else; each role
then fetches every address of the table of routes. What may be found is written here by hand.
"""

import base64
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
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
from tests.factories import UserFactory
from tests.web.posting import answers_to_forms, answers_to_nothing
from tests.web.row_of_each import make_a_row_of_each
from tests.web.test_routes import (  # noqa: F401  fixtures
    addresses,
    browser_of,
    county,
    numbers,
    order,
    path_of,
)

from civicloop.apps.accounts import visibility
from civicloop.apps.accounts.models import ADMINS, Role
from civicloop.apps.accounts.visibility import Protected, Sight
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.cases.models import JointMeeting, MediationCase
from civicloop.apps.dispatch.actions.citizens import add_information
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.dispatch.models import (
    CitizenAnswer,
    ContactAttempt,
    Reply,
    ReplyClaim,
    SheetFeedback,
    WorkOrder,
)
from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.intake.masking import mask_again, mask_appeals
from civicloop.apps.intake.models import Appeal, Kind, Look, OriginalRow
from civicloop.apps.intake.search import index_new_appeals
from civicloop.apps.issues.models import (
    ClassNeighbour,
    Event,
    EventClassMember,
    HotIssueList,
    TopicModelVersion,
)
from civicloop.apps.vault.identities import ContactDetails
from civicloop.connectors.spreadsheets import cells_as_text

FULL = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.REVIEWER, Role.CALLER_BACK})
UNITS = frozenset({Role.UNIT_CLERK, Role.UNIT_HEAD})
CASE_ROLES = frozenset({Role.PETITION_OFFICER, Role.MEETING_SECRETARY, Role.MEDIATOR})
OVERSEERS = frozenset({Role.SUPERVISOR, Role.LEADER})
# by what the details stand in: who may find them at all, and who may find where the citizen lives
MAY_FIND: Mapping[str, frozenset[Role]] = {
    "words": FULL,
    "reply": FULL | UNITS | CASE_ROLES | OVERSEERS,
    "case": FULL | CASE_ROLES,
    "contact": frozenset(),  # only by a reveal, which is a POST with a reason
    "row": frozenset(),  # only by a look, too
}
MAY_FIND_HOME = {**MAY_FIND, "words": FULL | UNITS, "case": FULL | CASE_ROLES | UNITS}
DIGIT = {"words": "1", "reply": "2", "case": "3", "contact": "4", "row": "5"}
ALARM = {
    "day": "2023-11-14", "kind": "topic", "event": None, "people": 9, "expected": 1, "window_days": 1,
    "lead_days": 1, "plain_days_later": None,
}  # fmt: skip
BACKTEST = {
    "first_day": "2023-11-14", "weeks": 1, "series": 1, "lead_days": None, "before_peak": 0,
    "plain_alarms": 0, "plain_lead_days": None, "plain_before_peak": 0, "plain_threshold": None,
    "plain_too": 0, "plain_later_days": None,
}  # fmt: skip
SENDING = (  # one of each sight, and of each set of steps
    Role.DISPATCHER, Role.UNIT_HEAD, Role.SUPERVISOR, Role.PETITION_OFFICER, Role.GUEST, Role.SYSTEM_ADMIN,
)  # fmt: skip
HOMES = {"words home", "case home"}  # of notes that are not sealed yet
REVEALING = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.CALLER_BACK})

pytestmark = pytest.mark.one_database  # what a role may see is asked of a table in the code


def details_of(where: str) -> dict[str, str]:
    digit = DIGIT[where]
    return {
        "name": "欧阳" + "甲乙丙丁戊"[int(digit) - 1] + "焱",
        "mobile": f"139{digit * 8}",
        "email": f"canary{digit}@example.org",
        "messenger": f"wx_canary{digit}",
        "plate": f"晋B{digit}Q{digit}Q{digit}",
        "home": f"{digit}7栋{digit}904",
    }


def words_with(where: str) -> str:
    has = details_of(where)
    return (
        f"我叫{has['name']}，电话{has['mobile']}，微信{has['messenger']}，邮箱{has['email']}，"
        f"车牌{has['plate']}，家住金槿花园{has['home']}，路灯不亮"
    )


WHERE = {Protected.REPLY: "reply", Protected.CASE: "case"}


def plant() -> int:
    """Put details into every column that is protected; the number of columns that hold some."""
    planted = 0
    for model in apps.get_models():
        if not issubclass(model, HoldsWords):
            continue
        for column, what in model.PROTECTED.items():
            words = words_with(WHERE.get(what, "words"))
            field = model._meta.get_field(column)
            value: object = words[: field.max_length]
            if column == "result":
                value = {**BACKTEST, "alarms": [{**ALARM, "title": words, "place": words}]}
            elif isinstance(field, models.JSONField):
                if column not in {"terms", "danger_words", "shared", "lacking", "own"}:
                    continue  # of a form that pages read
                value = [words]
            planted += bool(model._default_manager.update(**{column: value}))
    return planted


@pytest.fixture
def seeded(numbers, order, clerk, now) -> Mapping[str, object]:  # noqa: F811
    party = order.parties.first()
    ContactAttempt.objects.create(
        order=order, unit=clerk.unit, at=now, actor=clerk, is_reached=True
    )
    Reply.objects.create(
        order=order, party=party, round=1, claim=ReplyClaim.SOLVED, author=clerk, at=now
    )
    CitizenAnswer.objects.create(order=order, round=1, at=now)
    add_information(appeal=order.appeal, text="-", now=now)
    supervisor = UserFactory(role=Role.SUPERVISOR)
    issue_sheet(
        order_id=order.pk, level=1, cause="by_hand", reason="-", unit=clerk.unit, actor=supervisor, now=now
    )  # fmt: skip
    SheetFeedback.objects.create(
        sheet=order.sheets.get(), stage="deployed", text="-", given_by=clerk, given_at=now
    )
    Look.objects.create(
        appeal=order.appeal, asked_by=supervisor, asked_at=now, reason="-", needs_second=True
    )
    event = Event.objects.get(pk=numbers["event_id"])
    share = dict.fromkeys(("accuracy", "macro_f1", "coverage", "threshold", "ece"), 0.9)
    model = TopicModelVersion.objects.create(
        version=1, trained_at=now, trained_on="-", summary={"rows": 9, **share}, payload=b"1"
    )
    make_a_row_of_each(
        now, order=order, appeal=order.appeal, unit=clerk.unit, owner=clerk.unit, organ=clerk.unit,
        lead_unit=clerk.unit, event=event, model=model,
    )  # fmt: skip
    MediationCase.objects.update(agreed_at=now)
    for near in ClassNeighbour.objects.all():
        EventClassMember.objects.create(event=near.event, event_class=near.event_class)
    for meeting in JointMeeting.objects.all():
        meeting.members.create(unit=clerk.unit)
    assert plant() >= 60
    for appeal in Appeal.objects.all():
        has = details_of("contact")
        keep_contact(
            appeal=appeal,
            details=ContactDetails(name=has["name"], phone=has["mobile"], address=has["home"]),
            now=now,
        )
    run_id = numbers["run_id"]
    row = OriginalRow(appeal_id=numbers["appeal_id"], run_id=run_id, row_number=1)
    row.seal_cells(cells_as_text([words_with("row")]))
    row.save(force_insert=True)
    mask_again()
    mask_appeals()
    index_new_appeals()
    return numbers


def more_addresses(numbers: Mapping[str, object]) -> Iterator[str]:  # noqa: F811
    """Addresses with a query or another part that shows something else."""
    for word in (details_of("words")["mobile"], details_of("words")["name"], "路灯"):
        yield f"{reverse('intake:appeal_list')}?search={quote(word)}"
        yield f"{reverse('issues:event_list')}?search={quote(word)}"
        yield f"{reverse('palette:go')}?q={quote(word)}"
    for look in ("late", "again", "bounced", "red", "sheets", "leaders"):
        yield f"{reverse('dispatch:oversight')}?look={look}"
        for format_ in ("csv", "xlsx"):
            yield f"{reverse('dispatch:export_oversight', args=[format_])}?look={look}"
    hot_list = HotIssueList.objects.get()
    for table in ("hot-events", "hot-topics", "hot-event-appeals"):
        for format_ in ("csv", "xlsx"):
            yield reverse("issues:export", args=[hot_list.pk, table, format_])
    for format_ in ("csv", "xlsx"):
        yield reverse("issues:export_classes", args=[format_])
        yield reverse("issues:reply_export", args=[format_])
    yield reverse("dispatch:figure_orders", args=["on_time", "whole"])
    for appeal_id in Appeal.objects.values_list("pk", flat=True):
        yield reverse("intake:appeal", args=[appeal_id])


def bytes_of(client: Client, path: str) -> str:
    """What an address gives, with what its headers say; a workbook unpacked."""
    response = client.get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"".join(map(archive.read, archive.namelist()))
    return f"{body.decode('utf-8', 'replace')}\n{response.headers}"


def spellings(detail: str) -> Iterator[str]:
    yield detail
    yield quote(detail)
    yield detail.encode("unicode_escape").decode()
    for shift in range(3):  # base64 tells by threes
        encoded = base64.b64encode(b"\0" * shift + detail.encode())
        yield encoded[4 if shift else 0 : -4].decode()


def found_by(role: Role, unit: object, numbers: Mapping[str, object]) -> dict[str, set[str]]:  # noqa: F811
    """What a role finds, by the detail: the addresses that gave it."""
    client = browser_of(role, unit)
    found: dict[str, set[str]] = {}
    for path in paths_to(numbers):
        for what in details_in(bytes_of(client, path), quote(path) + path):
            found.setdefault(what, set()).add(path)
    return found


def paths_to(numbers: Mapping[str, object]) -> list[str]:  # noqa: F811
    paths = [
        path_of(name, pattern, numbers)
        for name, pattern in addresses(get_resolver().url_patterns)
        if name != "accounts:logout"
    ]
    return [*paths, *more_addresses(numbers)]


def details_in(text: str, asked: str) -> Iterator[str]:
    """Which details a text tells; what was asked for is no news."""
    for where in DIGIT:
        for kind, detail in details_of(where).items():
            if detail in asked or quote(detail) in asked:
                continue
            if any(one in text for one in spellings(detail)):
                yield f"{where} {kind}"


def leaks(role: Role, found: Mapping[str, set[str]]) -> dict[str, set[str]]:
    return {
        what: paths
        for what, paths in found.items()
        for where, kind in [what.split()]
        if role not in (MAY_FIND_HOME if kind == "home" else MAY_FIND)[where]
    }


@pytest.mark.parametrize("role", Role)
def test_a_role_finds_nothing_but_what_it_may(role, seeded, housing):  # noqa: F811
    assert leaks(role, found_by(role, housing, seeded)) == {}


@pytest.mark.parametrize("role", [Role.LEADER, Role.GUEST, Role.UNIT_CLERK])
def test_a_role_finds_nothing_before_the_copies_are_made(role, seeded, housing):  # noqa: F811
    mask_again()

    assert leaks(role, found_by(role, housing, seeded)) == {}


@pytest.mark.parametrize("role", SENDING)
def test_no_form_answers_a_role_with_more_than_it_may_find(role, seeded, housing):  # noqa: F811
    """Whatever it sends: a refusal, an error or the page that it is led to tells nothing more."""
    client, paths = browser_of(role, housing), paths_to(seeded)
    found: dict[str, set[str]] = {}
    routes = set()

    for answer in (
        *answers_to_forms(client, paths, "路灯不亮"),
        *answers_to_nothing(client, paths),
    ):
        assert not answer.startswith("5"), answer.asked
        routes.add(answer.route)
        is_look = (
            answer.route == "looks:ask" and role in REVEALING
        )  # with a reason, and written down
        for what in details_in(answer, answer.asked):
            if not (is_look and what.startswith(("contact", "row"))):
                found.setdefault(what, set()).add(answer.route)

    assert leaks(role, found) == {}
    assert len(routes) > 100


def test_a_unit_finds_nothing_but_the_reply_in_a_report(seeded, housing, order):  # noqa: F811
    Appeal.objects.update(kind=Kind.REPORT)

    found = found_by(Role.UNIT_CLERK, housing, seeded)

    pages = {reverse("dispatch:order", args=[order.pk]), reverse("dispatch:inbox")}
    assert {what for what, paths in found.items() if paths & pages} - HOMES <= {
        f"reply {kind}" for kind in details_of("reply")
    }
    appeal = bytes_of(
        browser_of(Role.UNIT_CLERK, housing), reverse("dispatch:order", args=[order.pk])
    )
    assert "家住金槿花园〖门牌〗" in appeal


def test_sealed_notes_of_a_report_tell_no_role_of_a_home(seeded, housing, order):  # noqa: F811
    Appeal.objects.update(kind=Kind.REPORT, is_masked=None)
    WorkOrder.objects.update(kind=Kind.REPORT)
    mask_appeals()

    pages = {reverse("dispatch:order", args=[order.pk]), reverse("dispatch:inbox")}
    found = found_by(Role.UNIT_CLERK, housing, seeded)
    assert not [what for what in HOMES if pages & found.get(what, set())]
    WorkOrder.objects.update(respondent_name="")  # which the centre sees
    assert not pages & found_by(Role.DISPATCHER, housing, seeded).get("words home", set())


def test_who_may_read_everything_finds_it(seeded, housing):  # noqa: F811
    found = found_by(Role.DISPATCHER, housing, seeded)

    assert {f"words {kind}" for kind in details_of("words")} <= set(found)


@pytest.mark.parametrize("role", [Role.LEADER, Role.GUEST])
def test_the_search_would_find_it_if_a_role_saw_too_much(role, seeded, housing, monkeypatch):  # noqa: F811
    """The red twin: a table that gives a role more makes the battery fail."""
    given = {**visibility.MATRIX[Protected.WORDS], role: Sight.FULL}
    monkeypatch.setattr(visibility, "MATRIX", {**visibility.MATRIX, Protected.WORDS: given})

    assert {f"words {kind}" for kind in details_of("words")} <= set(
        leaks(role, found_by(role, housing, seeded))
    )


TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def test_what_is_hidden_and_what_does_not_exist_look_alike(seeded, order, police):  # noqa: F811
    client = browser_of(Role.UNIT_CLERK, police)
    there = reverse("dispatch:order", args=[order.pk])
    nowhere = reverse("dispatch:order", args=[987654])

    hidden, missing = client.get(there), client.get(nowhere)

    assert (hidden.status_code, missing.status_code) == (404, 404)
    bodies = [
        TOKEN.sub("", response.text).replace(path, "")
        for response, path in ((hidden, there), (missing, nowhere))
    ]
    assert len(bodies[0]) == len(bodies[1])
    assert {k: v for k, v in hidden.headers.items() if k != "Content-Length"} == {
        k: v for k, v in missing.headers.items() if k != "Content-Length"
    }


def test_the_administrators_find_nothing_at_all(seeded, housing):  # noqa: F811
    for role in ADMINS:
        assert found_by(role, housing, seeded) == {}
        assert not any(role in roles for roles in [*MAY_FIND.values(), *MAY_FIND_HOME.values()])
