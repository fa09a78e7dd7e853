"""A program sees where its appeals stand: all of them, page by page, and only what changed."""

import pytest
from django.utils import timezone

from civicloop.api.writing import written_moment
from civicloop.apps.dispatch.actions.answering import answer_citizen
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.intake.models import ApiAction, SentAppeal
from tests.factories import UnitFactory

APPEALS = "/api/v1/appeals"


@pytest.fixture
def follow(program, key):
    """Ask for an address with the program's key."""

    def follow(address: str = APPEALS, *, key: str = key, **headers: str):
        return program.get(address, headers={"Authorization": f"Bearer {key}"} | headers)

    return follow


def ids(response) -> list[str]:
    return [one["id"] for one in response.json()["appeals"]]


def test_pages_give_each_appeal_once_whatever_comes_in_between(send, follow):
    sent = [send(again=f"k{number}").json()["id"] for number in range(5)]

    first = follow(f"{APPEALS}?limit=2")
    send(again="later")
    second = follow(first.json()["next"])
    third = follow(second.json()["next"])

    assert ids(first) + ids(second) + ids(third) == sent[::-1]
    assert third.json()["next"] is None


def test_the_list_says_of_each_what_its_own_address_says(send, follow):
    address = send()["Location"]
    answer_citizen(order=WorkOrder.objects.get(), text="已安排更换", now=timezone.now())

    assert follow().json() == {"appeals": [follow(address).json()], "next": None}
    assert follow().json()["appeals"][0]["answers"][0]["text"] == "已安排更换"


def test_a_due_time_is_that_of_a_unit_not_that_of_the_dispatch(send, follow):
    address = send()["Location"]
    order = WorkOrder.objects.get()
    before = follow(address).json()["due_at"]
    WorkOrder.objects.update(lead_unit=UnitFactory(), state=OrderState.DISPATCHED)

    assert order.due_at is not None
    assert before is None
    assert follow(address).json()["due_at"] == written_moment(order.due_at)


def test_what_another_program_sent_is_not_listed_and_no_place_to_begin(send, follow, make_key):
    other = send(key=make_key("other app")).json()["id"]
    send()

    assert other not in ids(follow())
    assert follow(f"{APPEALS}?cursor={other}").status_code == 422


def test_a_key_that_may_only_send_lists_nothing(send, follow, make_key):
    assert follow(key=make_key("counter", ApiAction.SEND)).status_code == 401


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "many", "٣", "9" * 400])
def test_a_page_of_no_length_is_refused_by_name(limit, follow):
    refused = follow(f"{APPEALS}?limit={limit}")

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/limit"


def test_an_answer_that_is_as_it_was_comes_without_a_body(send, follow):
    address = send()["Location"]
    mark, listed = follow(address)["ETag"], follow()["ETag"]

    same = follow(address, **{"If-None-Match": f'"other", W/{mark}'})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", mark)
    assert follow(**{"If-None-Match": listed}).status_code == 304

    answer_citizen(order=WorkOrder.objects.get(), text="已修复", now=timezone.now())

    changed = follow(address, **{"If-None-Match": mark})
    assert (changed.status_code, changed.json()["answers"][0]["text"]) == (200, "已修复")
    assert follow(**{"If-None-Match": listed}).status_code == 200


def test_a_page_takes_as_many_statements_as_an_appeal(send, follow, django_assert_max_num_queries):
    for number in range(6):
        send(again=f"k{number}")

    with django_assert_max_num_queries(8):
        assert len(ids(follow())) == SentAppeal.objects.count() == 6
