from datetime import timedelta

import pytest
from django.utils import timezone
from tests.factories import UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.actions.supervising import (
    SHEETS_A_MONTH,
    issue_sheet,
    reply_to_sheet,
)
from civicloop.apps.dispatch.models import SupervisionSheet
from civicloop.apps.dispatch.queries import oversight as queries
from civicloop.apps.places.models import UnitLevel

pytestmark = pytest.mark.django_db

PAGE = "/supervision/"


@pytest.fixture
def supervisor(db):
    return UserFactory(role=Role.SUPERVISOR)


@pytest.fixture
def late(make_dispatched):
    """An order whose time ran out so many days ago."""

    def late(days=3, **fields):
        order = make_dispatched(**fields)
        order.due_at = timezone.now() - timedelta(days=days)
        order.save()
        return order

    return late


@pytest.fixture
def sheet(make_dispatched, supervisor, housing):
    def sheet(level=2):
        return issue_sheet(
            order_id=make_dispatched().pk,
            level=level,
            cause="by_hand",
            reason="群众多次反映",
            unit=housing,
            actor=supervisor,
            now=timezone.now(),
        )

    return sheet


def test_the_latest_order_comes_first_and_opens(late, browse, supervisor):
    three, nine = late(3), late(9)

    page = browse(supervisor).get(PAGE).text

    assert page.index(nine.number) < page.index(three.number)
    assert "overdue by 9 days" in page
    assert f'href="/orders/{nine.pk}/"' in page


def test_one_units_late_orders_can_be_looked_at_alone(late, browse, supervisor, housing, police):
    ours, theirs = late(), late(lead=police)

    page = browse(supervisor).get(PAGE, {"unit": housing.pk}).text

    assert ours.number in page
    assert theirs.number not in page


def test_units_with_late_orders_stand_in_tiers_of_one_level_and_are_not_ranked(
    late, browse, supervisor
):
    first = UnitFactory(name="甲局", code="1", level=UnitLevel.CITY)
    second = UnitFactory(name="乙局", code="2", level=UnitLevel.CITY)
    town = UnitFactory(name="丙镇", code="0", level=UnitLevel.TOWNSHIP)
    for unit, count in ((first, 1), (second, 2), (town, 3)):
        for _ in range(count):
            late(lead=unit)

    page = browse(supervisor).get(PAGE).text

    units = page[page.index('id="units-title"') :]
    places = [
        units.index(name) for name in (">city<", "甲局", "乙局", ">township or street<", "丙镇")
    ]
    assert places == sorted(places)


def test_what_was_returned_twice_is_bounced_and_what_was_returned_once_is_not(
    make_dispatched, browse, supervisor
):
    once, twice = (make_dispatched(return_count=times) for times in (1, 2))

    page = browse(supervisor).get(PAGE, {"look": "bounced"}).text

    assert twice.number in page
    assert once.number not in page


def test_a_second_round_is_to_be_done_again(make_dispatched, browse, supervisor):
    first, second = make_dispatched(), make_dispatched(round=2)

    page = browse(supervisor).get(PAGE, {"look": "again"}).text

    assert second.number in page
    assert first.number not in page


def test_a_red_sheet_has_word_and_shape_beside_its_colour(sheet, browse, supervisor):
    red, blue = sheet(level=3), sheet(level=1)

    page = browse(supervisor).get(PAGE, {"look": "sheets", "level": 3}).text

    assert red.order.number in page
    assert blue.order.number not in page
    assert "L3 red sheet" in page
    assert 'class="light light-3"' in page
    assert '<path d="M1.5 1.5h13v13h-13z">' in page


def test_a_replied_sheet_waits_to_be_ended(sheet, browse, supervisor, clerk):
    answered, open_one = sheet(), sheet()
    reply_to_sheet(sheet_id=answered.pk, text="已整改。", actor=clerk, now=timezone.now())

    page = browse(supervisor).get(PAGE, {"look": "replied"}).text

    assert answered.order.number in page
    assert open_one.order.number not in page


def test_an_order_whose_unit_was_reminded_is_level_0(make_dispatched, browse, supervisor):
    order, other = make_dispatched(), make_dispatched()
    for one in (order, other):
        one.due_at = timezone.now() + timedelta(hours=5)
        one.save()
    Clock.objects.filter(owner_id=order.pk).update(reminded_at=timezone.now())

    page = browse(supervisor).get(PAGE, {"look": "reminded"}).text

    assert order.number in page
    assert other.number not in page
    assert "L0 reminder" in page


def test_what_a_units_limit_holds_back_is_listed(late, browse, supervisor, housing):
    held_back, supervised = late(), late(supervision_level=1)
    SupervisionSheet.objects.bulk_create(
        SupervisionSheet(
            order=late(), unit=housing, level=1, cause="overdue", issued_at=timezone.now()
        )
        for _ in range(SHEETS_A_MONTH)
    )

    page = browse(supervisor).get(PAGE, {"look": "held_back"}).text

    assert held_back.number in page
    assert supervised.number not in page


def test_nothing_is_held_back_below_the_limit(late, browse, supervisor):
    late()

    page = browse(supervisor).get(PAGE, {"look": "held_back"}).text

    assert "Nothing here: nobody has to look." in page


def test_every_order_is_on_one_page_of_the_list_and_no_order_on_two(
    late, browse, supervisor, monkeypatch
):
    monkeypatch.setattr(queries, "ENTRIES_PER_PAGE", 2)
    orders = [late(days) for days in (1, 2, 2, 4, 5)]
    client = browse(supervisor)

    seen, after = [], ""
    for _ in range(3):
        page = client.get(PAGE, {"after": after}).context["page"]
        seen += [entry.order.pk for entry in page.entries]
        after = page.next_cursor

    assert seen == [orders[place].pk for place in (4, 3, 1, 2, 0)]
    assert after == ""


@pytest.mark.parametrize("look", [look.value for look in queries.OversightLook])
def test_a_look_takes_eight_statements_at_any_size(
    look, late, sheet, browse, supervisor, django_assert_max_num_queries
):
    for _ in range(4):
        late()
        sheet()
    client = browse(supervisor)

    with django_assert_max_num_queries(8):
        page = client.get(PAGE, {"look": look})

    assert page.status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SUPERVISOR, 200),
        (Role.LEADER, 200),
        (Role.SYSTEM_ADMIN, 403),
        (Role.DISPATCHER, 403),
        (Role.PETITION_OFFICER, 403),
        (Role.GUEST, 403),
    ],
)
def test_the_page_and_its_file_are_for_those_who_oversee(role, status, browse):
    client = browse(UserFactory(role=role))

    assert client.get(PAGE).status_code == status
    assert client.get("/supervision.csv").status_code == status


def test_a_unit_does_not_see_other_units_sheets(clerk, browse):
    assert browse(clerk).get(PAGE).status_code == 403


def test_the_file_holds_what_the_tab_shows(late, browse, supervisor):
    order = late()

    lines = browse(supervisor).get("/supervision.csv").getvalue().decode("utf-8-sig").splitlines()

    assert len(lines) == 2
    assert order.number in lines[1]
    assert "住建局" in lines[1]
    assert browse(supervisor).get("/supervision.xlsx").status_code == 200
    assert browse(supervisor).get("/supervision.pdf").status_code == 404


def test_instructions_of_leaders_stand_in_a_tab_of_their_own(make_dispatched, browse, sheet):
    sheet()
    leader = browse(UserFactory(role=Role.LEADER, first_name="陈", last_name=""))
    order = make_dispatched()
    step = f"/orders/{order.pk}/steps/instruct/"
    answers = {"text": "一周内解决。", "seen_version": order.version}

    assert leader.post(step, answers).status_code == 302
    page = leader.get(PAGE, {"look": "leaders"})

    assert page.context["page"].counts[queries.OversightLook.LEADERS] == 1
    assert [entry.order for entry, _due in page.context["entries"]] == [order]
    assert "a leader&#x27;s instruction" in page.text
    assert "陈" in page.text


def test_the_order_says_how_far_the_instruction_is(make_dispatched, browse, clerk):
    leader = browse(UserFactory(role=Role.LEADER))
    order = make_dispatched()
    instruction = {"text": "一周内解决。", "seen_version": order.version}
    leader.post(f"/orders/{order.pk}/steps/instruct/", instruction)
    order.refresh_from_db()
    answers = {"stage": "deployed", "text": "已派工程科。", "seen_version": order.version}

    ours = browse(clerk)
    assert ours.post(f"/orders/{order.pk}/steps/feedback_sheet/", answers).status_code == 302

    page = leader.get(f"/orders/{order.pk}/").text
    assert "已派工程科。" in page
    assert "study and deployment" in page
    assert "Instruct the unit" not in page  # one matter, one sheet


def test_only_leaders_and_the_supervision_office_may_instruct(make_dispatched, browse, dispatcher):
    order = make_dispatched()

    answer = browse(dispatcher).post(
        f"/orders/{order.pk}/steps/instruct/", {"text": "快办", "leader": "王市长"}
    )

    assert answer.status_code == 403


def test_the_supervision_office_writes_down_what_came_on_paper(make_dispatched, browse, supervisor):
    order = make_dispatched()
    desk = browse(supervisor)
    answers = {"text": "限期解决。", "seen_version": order.version}
    step = f"/orders/{order.pk}/steps/note_instruction/"

    unsaid = desk.post(step, answers)
    desk.post(step, answers | {"leader": "王市长"})

    assert unsaid.status_code == 422
    assert order.sheets.get().leader == "王市长"
