"""With number and code a citizen follows the own appeal, and nobody else's."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.factories import UnitFactory, UserFactory

from civicloop.apps.clocks.counting import last_day_of
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.actions.answering import answer_citizen
from civicloop.apps.dispatch.actions.dispatching import dispatch_order, pass_on
from civicloop.apps.dispatch.actions.dividing import Division, divide_order
from civicloop.apps.dispatch.actions.moving import Step, move_order
from civicloop.apps.dispatch.models import CallBack, CloseType, DispatchBasis, OrderState, WorkOrder
from civicloop.apps.dispatch.timing import answer_expected_at
from civicloop.web.templatetags.wording import day

EXPECTED = re.compile(r"Answer expected by</dt><dd[^>]*>([^<]+)<")


@pytest.fixture
def shown(citizen, report):
    """Report something and act on its page; gives the page's text."""
    number, code = report()

    def shown(**said):
        return citizen.post("/track/", {"number": number, "code": code} | said).text

    return shown


@pytest.fixture
def answered(shown, now):
    """The order was answered on the spot."""
    order = WorkOrder.objects.get()
    answer_citizen(order=order, text="已安排人员更换灯泡。", now=now)
    step = Step(
        name="answer",
        actor=UserFactory(role="operator"),
        now=now,
        note="内部备注",
        close_type=CloseType.ANSWERED,
    )
    return move_order(order_id=order.pk, step=step)


def test_number_and_code_show_the_way_in_plain_words(shown):
    page = shown()

    assert "Your report: received" in page
    assert "We have received it." in page
    assert "only the hotline" in page


def test_the_day_of_the_answer_is_the_units_not_that_of_the_dispatch(citizen, report, token):
    number, code = report()
    again = {"text": "云溪路12号门前的路灯三天没亮了", "is_place_unknown": "on", "token": token}
    order = WorkOrder.objects.get()
    expected = answer_expected_at(order, now=timezone.now())

    receipt = citizen.post("/report/check/", again).text  # sent again: the same
    page = citizen.post("/track/", {"number": number, "code": code}).text

    days = [day(last_day_of(expected))] if expected else []  # none if the next year is unknown
    assert EXPECTED.findall(receipt) == EXPECTED.findall(page) == days
    assert expected is None or expected - order.due_at > timedelta(days=2)


def test_small_letters_and_spaces_will_do(citizen, report):
    number, code = report()

    page = citizen.post("/track/", {"number": f" {number}", "code": code.lower()}).text

    assert "Your report" in page


def test_how_many_offices_have_it_is_said_but_not_what_they_write(shown, now):
    order, dispatcher = WorkOrder.objects.get(), UserFactory()
    move_order(order_id=order.pk, step=Step(name="register", actor=dispatcher, now=now))
    pass_on(order_id=order.pk, actor=dispatcher, now=now)
    dispatch_order(
        order_id=order.pk,
        lead=UnitFactory(),
        assisting=[UnitFactory()],
        basis=DispatchBasis.PERSON,
        routing={},
        actor=dispatcher,
        now=now,
        note="内部备注",
    )

    page = shown()

    assert "the hotline and 2 offices" in page
    assert "An office has been given it." in page
    assert "内部备注" not in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"number": "", "code": ""}, "Please give the number of your receipt."),
        ({"number": "202311140000999", "code": "ABCD-2345"}, "do not belong together"),
    ],
)
def test_a_receipt_that_is_none_is_refused_in_words(citizen, said, words):
    page = citizen.post("/track/", said).text

    assert words in page
    assert 'href="#id_number"' in page


def test_guessing_a_code_is_stopped_even_for_the_right_one(citizen, report):
    number, code = report()
    for guess in range(5):
        citizen.post("/track/", {"number": number, "code": f"ABCD-234{guess}"})

    locked = citizen.post("/track/", {"number": number, "code": code})

    assert locked.status_code == 429
    assert "Please try again after" in locked.text


def test_added_words_stand_in_the_history_once(shown):
    shown(do="add", words="灯杆编号是 0317")

    page = shown(do="add", words="灯杆编号是 0317")

    assert page.count("灯杆编号是 0317") == 1
    assert WorkOrder.objects.get().steps.count() == 2


def test_asked_for_more_the_citizen_completes_the_order(shown, now):
    order = WorkOrder.objects.get()
    asks = Step(name="ask_for_more", actor=UserFactory(), now=now, note="在哪里？")
    move_order(order_id=order.pk, step=asks)

    shown(do="add", words="在云溪路12号")

    assert WorkOrder.objects.get().state == OrderState.REGISTERED


def test_taking_back_needs_a_tick(shown):
    page = shown(do="withdraw")

    assert '<a href="#withdraw-is_sure">Tick the box if you are sure.</a>' in page
    assert WorkOrder.objects.get().state == OrderState.RECEIVED


def test_a_report_is_taken_back(shown):
    page = shown(do="withdraw", is_sure="on")

    order = WorkOrder.objects.get()
    assert (order.state, order.close_type) == (OrderState.CLOSED, CloseType.WITHDRAWN)
    assert "You have taken it back." in page


def test_the_answer_is_shown_and_what_was_noted_inside_is_not(shown, answered):
    page = shown()

    assert "已安排人员更换灯泡。" in page
    assert "内部备注" not in page


def test_solved_and_how_it_was_done_are_rated_apart_and_once(shown, answered):
    page = shown(do="rate", resolved="no", satisfaction="2", attitude="5", note="还是不亮")
    again = shown(do="rate", resolved="yes", satisfaction="5", attitude="5")

    rating = CallBack.objects.get()
    assert (rating.way, rating.resolved, rating.satisfaction, rating.attitude) == (
        "web", "no", 2, 5,
    )  # fmt: skip
    assert "What you said is kept." in page
    assert "There is no answer that you have not rated." in again


def test_a_rating_does_not_move_an_order_that_has_ended(shown, answered):
    shown(do="rate", resolved="no", satisfaction="1", attitude="1")

    assert WorkOrder.objects.get().state == OrderState.CLOSED
    assert not CallBack.objects.get().is_counted


def test_each_question_of_the_rating_must_be_answered(shown, answered):
    page = shown(do="rate", resolved="yes")

    assert '<a href="#rate-satisfaction">Please rate the result.</a>' in page
    assert not CallBack.objects.exists()


def test_a_new_fact_has_it_looked_at_again_in_a_new_round(shown, answered):
    shown(do="reopen", words="换了灯泡第二天又坏了")

    order = WorkOrder.objects.get()
    assert (order.state, order.round) == (OrderState.TRIAGE, 2)
    assert order.steps.last().note == "换了灯泡第二天又坏了"


def test_without_a_new_fact_nothing_is_opened_again(shown, answered):
    page = shown(do="reopen", words=" ")

    assert "Please write something in this box." in page
    assert WorkOrder.objects.get().state == OrderState.CLOSED


def test_what_has_not_ended_is_not_reopened(shown):
    assert "You can add to it instead." in shown(do="reopen", words="新情况")


@pytest.fixture
def both_answered(shown, now):
    """The appeal told of two problems; each has its unit, and both have been answered."""
    first, dispatcher = WorkOrder.objects.get(), UserFactory()
    move_order(order_id=first.pk, step=Step(name="register", actor=dispatcher, now=now))
    first = pass_on(order_id=first.pk, actor=dispatcher, now=now)
    division = Division(problem="楼道里堆满杂物。", rest="路灯不亮。")
    second = divide_order(
        order_id=first.pk, division=division, seen_version=first.version, actor=dispatcher, now=now
    )
    for order in (first, second):
        given = dispatch_order(
            order_id=order.pk,
            lead=UnitFactory(),
            basis=DispatchBasis.PERSON,
            routing={},
            actor=dispatcher,
            now=now,
        )
        answer_citizen(order=given, text=f"{given.problem}已处理。", now=now)
    WorkOrder.objects.update(state=OrderState.CALL_BACK, replied_at=now)
    Clock.objects.update(stopped_at=now)
    return first, second


def test_each_problem_of_an_appeal_is_asked_about_by_itself(shown, both_answered):
    page = shown()

    assert page.count("What do you say of the answer?") == 2
    assert 'id="rate1-resolved"' in page
    assert 'id="rate2-resolved"' in page


def test_what_is_said_of_one_answer_moves_that_problem_alone(shown, both_answered):
    first, second = both_answered

    page = shown(do="rate", part="1", resolved="yes", satisfaction="5", attitude="5")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (OrderState.CLOSED, OrderState.CALL_BACK)
    assert page.count("What do you say of the answer?") == 1
    assert 'id="rate2-resolved"' in page

    shown(do="rate", part="2", resolved="no", satisfaction="1", attitude="3")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.round) == (OrderState.CLOSED, 1)
    assert (second.state, second.round) == (OrderState.IN_PROGRESS, 2)


def test_an_error_leads_to_the_question_about_its_problem(shown, both_answered):
    page = shown(do="rate", part="2", resolved="no")

    assert '<a href="#rate2-satisfaction">Please rate the result.</a>' in page
    assert page.count('class="error"') == 2  # the result and the manners, of one problem
    assert not CallBack.objects.exists()


@pytest.mark.parametrize("part", ["3", "0", "x", "99999999999999999999", '"><script>'])
def test_a_part_that_is_none_rates_nothing(shown, both_answered, part):
    page = shown(do="rate", part=part, resolved="no", satisfaction="1", attitude="1")

    assert "There is a problem" in page
    assert "<script>" not in page.split("</head>")[1]
    assert not CallBack.objects.exists()
