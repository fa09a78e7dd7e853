from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.apps.dispatch.directories import draft, in_force, rule
from tests.factories import TopicFactory, UnitFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.models import (
    DirectoryRule,
    DirectoryState,
    DirectoryVersion,
    PastHandling,
    UnitModelVersion,
)
from civicloop.apps.intake.models import Appeal
from civicloop.apps.places.models import Unit

LogIn = Callable[[str], Client]
URL = "/directory/"


@pytest.fixture
def police(county) -> Unit:
    return UnitFactory(code="POLICE", name="公安局", area=county)


@pytest.fixture
def housing(county) -> Unit:
    return UnitFactory(code="HOUSING", name="住建局", area=county)


@pytest.fixture
def noise(db):
    return TopicFactory(path="噪声")


@pytest.fixture
def version(noise, police, housing, now) -> DirectoryVersion:
    return in_force(rule("噪声", "POLICE", statute="噪声条例", assisting=["HOUSING"]), now=now)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.GUEST, 200), (Role.DISPATCHER, 200), (Role.SUPERVISOR, 200), (Role.MEDIATOR, 403)],
)
def test_the_directory_is_read_by_staff(
    role: str, status: int, version: DirectoryVersion, log_in: LogIn
) -> None:
    client = log_in(role)

    pages = [URL, f"{URL}{version.number}/", f"{URL}{version.number}.xlsx"]

    assert [client.get(page).status_code for page in pages] == [status] * 3


def test_a_clerk_of_a_unit_reads_what_the_unit_answers_for(version, police) -> None:
    client = Client()
    client.force_login(UserFactory(role=Role.UNIT_CLERK, unit=police))

    assert "公安局" in client.get(f"{URL}{version.number}/?unit=POLICE").text


def test_the_page_warns_where_no_version_is_in_force(guest: Client) -> None:
    assert "every order waits for a person" in guest.get(URL).text


def test_rules_are_filtered(version: DirectoryVersion, guest: Client) -> None:
    address = f"{URL}{version.number}/"

    def shown(**asked: str) -> int:
        return guest.get(address, asked).context["page"].paginator.count

    assert shown() == shown(topic="噪") == shown(unit="POLICE") == shown(area="990101") == 1
    assert shown(topic="水") == shown(unit="HOUSING") == shown(grassroots="on") == 0
    assert "No rule fits these filters." in guest.get(address, {"topic": "水"}).text


def test_an_uploaded_table_becomes_a_draft_that_is_looked_at(
    version: DirectoryVersion, dispatcher: Client
) -> None:
    file = SimpleUploadedFile("目录.csv", "类别,主办单位\n噪声,住建局\n噪声,没有的局\n".encode())

    response = dispatcher.post(URL, {"file": file, "valid_from": "2023-12-01"}, follow=True)

    made = DirectoryVersion.objects.get(state=DirectoryState.DRAFT)
    assert response.context["shown"] == made
    assert (made.source_doc, made.written_by.username) == ("目录.csv", "dispatcher-user")
    assert (response.context["error_count"], response.context["warning_count"]) == (1, 1)
    assert "没有的局" in response.text
    assert "version 1, which is in force" in response.text
    assert directory_in_force() == version


def test_a_topic_that_is_merged_over_two_rules_is_not_every_topic(
    version: DirectoryVersion, dispatcher: Client
) -> None:
    book = openpyxl.Workbook()
    for row in (["类别", "主办单位"], ["噪声", "公安局"], [None, "住建局"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    content = BytesIO()
    book.save(content)
    file = SimpleUploadedFile("目录.xlsx", content.getvalue())

    response = dispatcher.post(URL, {"file": file, "valid_from": "2023-12-01"}, follow=True)

    made = DirectoryVersion.objects.get(state=DirectoryState.DRAFT)
    assert {rule.topic for rule in made.rules.all()} == {"噪声"}
    assert response.context["error_count"] == 1  # two rules for one topic: neither can run


def directory_in_force() -> DirectoryVersion:
    return DirectoryVersion.objects.get(state=DirectoryState.IN_FORCE)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "类别\n噪声\n".encode(), "the column “主办单位” is missing"),
        ("a.xlsx", b"no workbook", "a.xlsx"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_words(
    name: str, content: bytes, words: str, dispatcher: Client, version
) -> None:
    file = SimpleUploadedFile(name, content)

    response = dispatcher.post(URL, {"file": file, "valid_from": "2023-12-01"})

    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert DirectoryVersion.objects.count() == 1


def test_a_draft_is_approved_by_a_supervisor_and_not_by_its_author(
    version: DirectoryVersion, dispatcher: Client, log_in: LogIn, now
) -> None:
    dispatcher.post(f"{URL}{version.number}/copy/", {"valid_from": "2023-12-01"})
    made = DirectoryVersion.objects.get(state=DirectoryState.DRAFT)

    refused = dispatcher.post(f"{URL}{made.number}/approve/")
    supervisor = log_in(Role.SUPERVISOR)
    supervisor.post(f"{URL}{made.number}/approve/")

    made.refresh_from_db()
    assert refused.status_code == 403
    assert made.state == DirectoryState.IN_FORCE
    assert made.approved_by.username == "supervisor-user"


def test_nobody_approves_the_own_draft_in_another_role(version, log_in: LogIn) -> None:
    author = log_in(Role.DISPATCHER)
    author.post(f"{URL}{version.number}/copy/", {"valid_from": "2023-12-01"})
    made = DirectoryVersion.objects.get(state=DirectoryState.DRAFT)
    User.objects.filter(role=Role.DISPATCHER).update(role=Role.SUPERVISOR)

    response = author.post(f"{URL}{made.number}/approve/", follow=True)

    assert "somebody else must approve it" in response.text
    made.refresh_from_db()
    assert made.state == DirectoryState.DRAFT


def test_a_rule_of_a_draft_is_changed_added_and_taken_out(
    version: DirectoryVersion, dispatcher: Client
) -> None:
    dispatcher.post(f"{URL}{version.number}/copy/", {"valid_from": "2023-12-01"})
    made = DirectoryVersion.objects.get(state=DirectoryState.DRAFT)
    answers = {"topic": "噪声/", "area": "", "level": "county", "lead": "HOUSING"}

    form = dispatcher.get(f"{URL}{made.number}/rules/1/")
    dispatcher.post(f"{URL}{made.number}/rules/1/", answers | {"seen": form.context["seen"]})
    dispatcher.post(f"{URL}{made.number}/rules/new/", answers | {"topic": "", "statute": "条例"})
    changed = list(made.rules.values_list("number", "topic", "lead", "statute"))
    dispatcher.post(f"{URL}{made.number}/rules/2/remove/")

    assert 'value="POLICE" selected' in form.text
    assert changed == [(1, "噪声", "HOUSING", ""), (2, "", "HOUSING", "条例")]
    assert made.rules.count() == 1


def test_of_two_who_change_a_rule_the_second_sees_what_the_first_wrote(
    version: DirectoryVersion, dispatcher: Client
) -> None:
    """Nothing of theirs is lost: it stands in the form, and sent again it is taken."""
    dispatcher.post(f"{URL}{version.number}/copy/", {"valid_from": "2023-12-01"})
    made = DirectoryVersion.objects.get(state=DirectoryState.DRAFT)
    address = f"{URL}{made.number}/rules/1/"
    answers = {"topic": "噪声", "area": "", "level": "county", "lead": "HOUSING"}
    seen = {"seen": dispatcher.get(address).context["seen"]}
    dispatcher.post(address, answers | seen | {"statute": "第一人的条例"})

    late = dispatcher.post(address, answers | seen | {"statute": "第二人的条例"})
    kept = made.rules.get(number=1).statute
    again = {"seen": late.context["seen"]}
    taken = dispatcher.post(address, answers | again | {"statute": "第二人的条例"})

    assert (late.status_code, kept) == (409, "第一人的条例")
    assert "第一人的条例" in late.text
    assert '<dd lang="zh-Hans">HOUSING</dd>' not in late.text
    assert "第二人的条例" in late.text
    assert (taken.status_code, made.rules.get(number=1).statute) == (302, "第二人的条例")


def test_a_rule_without_a_unit_is_refused(version, dispatcher: Client) -> None:
    dispatcher.post(f"{URL}{version.number}/copy/", {"valid_from": "2023-12-01"})

    response = dispatcher.post(f"{URL}2/rules/new/", {"topic": "噪声", "level": "county"})

    assert response.status_code == 422


def test_rules_in_force_have_no_form(version: DirectoryVersion, dispatcher: Client) -> None:
    assert dispatcher.get(f"{URL}{version.number}/rules/1/").status_code == 404
    assert "Change rule 1" not in dispatcher.get(f"{URL}{version.number}/").text


def test_a_draft_is_thrown_away_and_a_version_retired(version, dispatcher, log_in) -> None:
    dispatcher.post(f"{URL}{version.number}/copy/", {"valid_from": "2023-12-01"})
    dispatcher.post(f"{URL}2/discard/")
    refused = dispatcher.post(f"{URL}1/discard/", follow=True)

    log_in(Role.SUPERVISOR).post(f"{URL}1/retire/")

    assert "no draft any more" in refused.text
    assert DirectoryVersion.objects.get().state == DirectoryState.RETIRED
    assert DirectoryRule.objects.count() == 1


def test_a_workbook_holds_the_rules_with_names(version, guest: Client) -> None:
    content = guest.get(f"{URL}{version.number}.xlsx").content

    sheet = openpyxl.load_workbook(BytesIO(content)).active
    rows = list(sheet.values)
    assert rows[0][3] == "Lead unit"
    assert rows[1][3:5] == ("公安局", "住建局")


def test_a_back_test_lists_the_orders_that_would_go_elsewhere(
    version, noise, make_appeal: Callable[..., Appeal], dispatcher: Client, now
) -> None:
    made = draft(rule("噪声", "HOUSING"), now=now)
    order = WorkOrderFactory(appeal=make_appeal(topic=noise), topic=noise, opened_at=now)
    alone = make_appeal(topic=noise)
    make_appeal()  # without a topic: a person, before and after
    asked = {"version": made.number, "first_day": "2023-11-01", "last_day": "2023-11-30"}

    response = dispatcher.get(f"{URL}backtest/", asked)
    chosen = dispatcher.get(f"{URL}backtest/", asked | {"before": "POLICE", "after": "HOUSING"})
    none = dispatcher.get(f"{URL}backtest/", asked | {"before": "HOUSING", "after": "POLICE"})

    assert response.context["report"].result.orders == 3
    assert response.context["moves"] == [("POLICE", "HOUSING", "公安局", "住建局", 2)]
    assert response.context["topics"] == [("噪声", 2)]
    assert reverse("dispatch:order", args=[order.pk]) in response.text
    assert reverse("intake:appeal", args=[alone.pk]) in response.text
    assert "33.3%" in response.text
    assert (len(chosen.context["orders"]), len(none.context["orders"])) == (2, 0)


def test_a_back_test_lists_the_orders_that_others_would_assist_with(
    version, noise, make_appeal: Callable[..., Appeal], dispatcher: Client, now
) -> None:
    UnitFactory(code="WATER", name="水务局")
    made = draft(rule("噪声", "POLICE", assisting=["WATER"]), now=now)
    WorkOrderFactory(appeal=make_appeal(topic=noise), topic=noise, opened_at=now)
    asked = {"version": made.number, "first_day": "2023-11-01", "last_day": "2023-11-30"}

    page = dispatcher.get(f"{URL}backtest/", asked)
    chosen = dispatcher.get(f"{URL}backtest/", asked | {"before": "POLICE", "after": "POLICE"})

    assert (page.context["moves"], page.context["topics"]) == ([], [("噪声", 1)])
    assert page.context["assisting"] == [("POLICE", "公安局", "住建局", "水务局", 1)]
    [one] = chosen.context["orders"]
    assert (one.before, one.assists_no_more, one.assists_then) == ("公安局", "住建局", "水务局")
    assert "The lead unit stays, others assist" in page.text
    assert "Every order would go where it goes now" not in page.text


def test_a_back_test_asks_for_a_version_and_days_in_order(version, dispatcher: Client) -> None:
    first = dispatcher.get(f"{URL}backtest/")
    wrong = dispatcher.get(
        f"{URL}backtest/", {"version": 1, "first_day": "2023-11-02", "last_day": "2023-11-01"}
    )

    assert first.status_code == 200
    assert wrong.status_code == 422


def test_a_back_test_needs_a_version_in_force(dispatcher: Client) -> None:
    assert "nothing to compare with" in dispatcher.get(f"{URL}backtest/").text


def test_a_guest_may_not_run_a_back_test(version, guest: Client) -> None:
    assert guest.get(f"{URL}backtest/").status_code == 403


def test_an_orders_page_says_why_it_is_there(
    version, noise, police, make_appeal: Callable[..., Appeal], dispatcher: Client, now
) -> None:
    from civicloop.apps.dispatch.actions.routing import route_order

    PastHandling.objects.create(appeal=make_appeal(), unit=police)
    order = WorkOrderFactory(appeal=make_appeal(topic=noise), topic=noise)
    before = dispatcher.get(reverse("dispatch:order", args=[order.pk])).text
    route_order(order_id=order.pk, now=now)

    text = dispatcher.get(reverse("dispatch:order", args=[order.pk])).text

    assert "Why here" not in before
    assert "Rule 1 of version 1: 噪声, whole city → 公安局" in text
    assert "噪声条例" in text
    assert "Nothing has been learned from earlier orders yet." in text


def test_a_rule_whose_cases_another_unit_solves_is_doubted_and_redrafted(
    version, noise, police, housing, make_appeal: Callable[..., Appeal], dispatcher: Client
) -> None:
    for number in range(20):
        unit = police if number == 0 else housing
        PastHandling.objects.create(appeal=make_appeal(topic=noise), unit=unit)

    page = dispatcher.get(f"{URL}proposals/")
    dispatcher.post(f"{URL}proposals/")

    (doubt,) = [one["doubt"] for one in page.context["doubts"]]
    assert (doubt.cases, doubt.solver, doubt.share) == (20, "HOUSING", 0.95)
    made = DirectoryVersion.objects.get(state=DirectoryState.DRAFT)
    assert (made.rules.get().lead, made.rules.get().assisting) == ("HOUSING", [])
    assert made.based_on == version


def test_few_cases_and_a_township_that_is_not_allowed_doubt_no_rule(
    version, noise, housing, county, make_appeal: Callable[..., Appeal], dispatcher: Client
) -> None:
    town = UnitFactory(code="TOWN", name="石桥镇人民政府", level="township", area=county)
    for _number in range(9):
        PastHandling.objects.create(appeal=make_appeal(topic=noise), unit=housing)
    few = dispatcher.get(f"{URL}proposals/")
    PastHandling.objects.update(unit=town)
    for _number in range(20):
        PastHandling.objects.create(appeal=make_appeal(topic=noise), unit=town)

    pushed = dispatcher.get(f"{URL}proposals/")

    assert few.context["doubts"] == pushed.context["doubts"] == []


def test_rules_in_doubt_are_for_those_who_write_the_directory(version, guest: Client) -> None:
    assert guest.get(f"{URL}proposals/").status_code == 403


def test_a_copy_needs_a_day(version, dispatcher: Client) -> None:
    response = dispatcher.post(f"{URL}{version.number}/copy/", {"valid_from": "soon"}, follow=True)

    assert "Say from which day" in response.text
    assert DirectoryVersion.objects.count() == 1


def test_a_supervisor_puts_an_older_unit_model_to_use(guest: Client, log_in: LogIn, now) -> None:
    for number, is_active in [(1, False), (2, True)]:
        UnitModelVersion.objects.create(
            version=number,
            trained_at=now,
            is_active=is_active,
            summary={},
            payload=b"",
            wanted_accuracy=0.95,
            threshold=0.4,
            validation={"rows": 50, "coverage": 0.8, "accuracy": 0.96, "low": 0.9, "high": 0.99},
        )
    supervisor = log_in(Role.SUPERVISOR)

    page = guest.get(URL)
    supervisor.post(f"{URL}models/1/use/")
    again = supervisor.post(f"{URL}models/1/use/", follow=True)

    assert "80.0% would go by themselves, 96.0% of them to the right unit" in page.text
    assert UnitModelVersion.objects.get(is_active=True).version == 1
    assert "in use already" in again.text
    assert guest.post(f"{URL}models/2/use/").status_code == 403


def test_a_rule_leaves_the_lead_to_the_county_concerned(
    version: DirectoryVersion, log_in: LogIn, now
) -> None:
    made = draft(rule("噪声", "POLICE"), now=now)
    client = log_in(Role.DISPATCHER)
    address = f"{URL}{made.number}/rules/1/"
    answers = {"topic": "噪声", "area": "", "level": "county", "lead": "@county/公安局"}

    form = client.get(address)
    assert "公安局 of the county concerned" in form.text
    assert client.post(address, answers | {"seen": form.context["seen"]}).status_code == 302

    assert made.rules.get().lead == "@county/公安局"
    assert "公安局 of the county concerned" in client.get(f"{URL}{made.number}/").text
