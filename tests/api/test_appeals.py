"""An appeal that a program sends is kept once for each of its keys; what cannot be taken is said."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.answering import answer_citizen
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.actions.clients import forget_sent_keys, revoke_client
from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.models import ApiAction, Appeal, Receipt, RecordedOn, SentAppeal
from civicloop.apps.intake.receipts import is_code_of
from tests.api.conftest import TEXT
from tests.factories import AreaFactory, TopicFactory


def test_an_appeal_gets_a_receipt_that_opens_it(send):
    response = send()

    said, appeal = response.json(), Appeal.objects.get()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/appeals/{said['id']}"
    assert response["Cache-Control"] == "no-store"
    assert is_code_of(Receipt.objects.get(number=said["number"]), said["code"])
    assert (appeal.text, appeal.channel.code) == (TEXT, "app")
    assert appeal.registration.recorded_on == RecordedOn.API


def test_all_that_was_written_is_kept(send):
    area, topic = AreaFactory(), TopicFactory(code="0102")
    body = {
        "text": TEXT, "kind": "help", "area": area.code, "topic": topic.code, "address": "云溪路12号",
        "occurred": "昨晚", "is_confidential": True,
        "contact": {"name": "张三", "phone": "138 0013 8000", "preference": "晚上"},
    }  # fmt: skip

    assert send(body).status_code == 201

    appeal = Appeal.objects.get()
    assert (appeal.kind, appeal.area, appeal.topic) == ("help", area, topic)
    assert (appeal.address, appeal.registration.occurred_words) == ("云溪路12号", "昨晚")
    assert appeal.orders.get().is_confidential
    contact = open_contact(appeal.contact)
    assert (contact.name, contact.phone, contact.preference) == ("张三", "13800138000", "晚上")


def test_sent_again_it_is_the_same_appeal_and_the_same_answer(send):
    body = {"text": TEXT, "address": "云溪路"}
    first = send(body)

    again = send(json.dumps(dict(reversed(body.items())), indent=2))

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert Appeal.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(send):
    send()

    response = send({"text": TEXT + "！"})

    assert (response.status_code, Appeal.objects.count()) == (422, 1)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"].endswith("/key_used")


def test_a_key_is_the_programs_own(send, make_key):
    other = make_key("mini program")

    assert send().json()["number"] != send(key=other).json()["number"]
    assert Appeal.objects.count() == 2


def test_a_key_is_forgotten_after_thirty_days_and_the_appeal_is_still_followed(send, program, key):
    first = send().json()
    now = timezone.now()

    assert forget_sent_keys(now=now + timedelta(days=29)) == 0
    assert forget_sent_keys(now=now + timedelta(days=31)) == 1
    assert send().json()["number"] != first["number"]
    followed = program.get(
        f"/api/v1/appeals/{first['id']}", headers={"Authorization": f"Bearer {key}"}
    )
    assert followed.json()["number"] == first["number"]


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_time_get_the_same_receipt(send):
    said, ready = [], threading.Barrier(3)

    def send_once() -> None:
        ready.wait()
        said.append(send().content)
        connections.close_all()

    threads = [threading.Thread(target=send_once) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 3
    assert len(set(said)) == Appeal.objects.count() == SentAppeal.objects.count() == 1


def test_nothing_is_kept_of_an_appeal_whose_key_could_not_be_kept(send):
    def no_key_is_kept(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "intake_sentappeal"'):
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(no_key_is_kept):
        response = send()

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert not Appeal.objects.exists()
    assert not AuditEvent.objects.filter(action="appeal_registered").exists()


def test_where_somebody_is_in_danger_the_lines_to_call_are_named(send):
    assert send().json()["emergency_lines"] == []
    danger = {"text": "家里煤气泄漏，有人晕倒了，快来人"}
    assert "119" in send(danger, again="k2").json()["emergency_lines"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/text"]),
        ({"text": " \n"}, ["#/text"]),
        ({"text": "字" * 4_001}, ["#/text"]),
        ({"text": TEXT, "tex": "t"}, ["#/tex"]),
        ({"text": 7, "kind": "wish"}, ["#/kind", "#/text"]),
        ({"text": TEXT, "area": "0", "topic": "0"}, ["#/area", "#/topic"]),
        ({"text": TEXT, "is_confidential": "yes"}, ["#/is_confidential"]),
        ({"text": TEXT, "contact": []}, ["#/contact"]),
        ({"text": TEXT, "contact": {"phone": "1", "e/mail": ""}}, ["#/contact/e~1mail", "#/contact/phone"]),
        ({"text": "nul \0"}, ["#/text"]),
        ({"text": "half a sign \ud800"}, ["#/text"]),
        ({"text": TEXT, "\ud800": 1}, ["#/\\ud800"]),
    ],
)  # fmt: skip
def test_each_part_that_cannot_be_taken_is_named(body, pointers, send):
    response = send(body)

    assert response.status_code == 422
    assert sorted(fault["pointer"] for fault in response.json()["errors"]) == pointers
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    "body", [" ", "[]", "{", '{"text": NaN}', "[" * 100_000, '"text"', '{"text": ' + "9" * 9_999 + "}"]
)  # fmt: skip
def test_what_is_no_json_object_is_refused(body, send):
    response = send(body)

    assert (response.status_code, response.json()["type"][-10:]) == (400, "unreadable")


def test_bytes_that_are_no_utf_8_are_refused(send):
    assert send(b'{"text": "\xff"}').status_code == 400


@pytest.mark.parametrize("again", ["", "ä", "two words", "k" * 256])
def test_a_key_that_is_none_is_refused(again, send):
    assert send(again=again).status_code == 400
    assert not Appeal.objects.exists()


def test_a_body_of_another_kind_is_refused(program, key):
    response = program.post(
        "/api/v1/appeals",
        {"text": TEXT},
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "k"},
    )

    assert response.status_code == 415


def test_a_body_that_is_too_large_is_refused(send, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert send({"text": "字" * 100}).status_code == 413


@pytest.mark.parametrize("why", ["none", "nobody's", "revoked", "may do other things"])
def test_keys_that_do_not_open_are_not_told_apart(why, send, make_key, now):
    keys = {
        "none": "",
        "nobody's": "x" * 43,
        "revoked": make_key("old"),
        "may do other things": make_key("reader", ApiAction.FOLLOW),
    }
    revoke_client(name="old", actor=None, now=now)

    response = send(key=keys[why])

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response.json()["detail"] == "Send a key that may do this: Authorization: Bearer KEY."
    assert not Appeal.objects.exists()


def test_wrong_keys_from_one_address_are_counted(send):
    statuses = [send(key="wrong").status_code for _ in range(31)]

    assert statuses == [401] * 30 + [429]


def test_a_program_sends_so_many_an_hour_and_what_it_sends_again_does_not_count(send, make_key):
    key = make_key("slow", hourly_limit=2)

    statuses = [send(again=again, key=key).status_code for again in ("a", "b", "a", "c")]

    assert statuses == [201, 201, 201, 429]
    assert int(send(again="c", key=key)["Retry-After"]) > 3_000


def test_a_twin_that_was_under_way_does_not_count(send, make_key):
    key, answers = make_key("slow", hourly_limit=2), []

    def sent_meanwhile(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if 'FROM "intake_sentappeal"' in sql and not answers:
            answers.append(None)
            answers[0] = send(again="a", key=key)
        return found

    with connection.execute_wrapper(sent_meanwhile):
        answers.append(send(again="a", key=key))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert [send(again=again, key=key).status_code for again in "bc"] == [201, 429]


def test_a_program_follows_what_it_sent_and_nothing_else(send, program, key, make_key, now):
    open_id, other = send().json()["id"], make_key("mini program")

    def follow(open_id: str, key: str):
        address = f"/api/v1/appeals/{open_id}"
        return program.get(address, headers={"Authorization": f"Bearer {key}"})

    own = follow(open_id, key)

    assert (own.status_code, own.json()["status"], own.json()["answers"]) == (200, "open", [])
    foreign, none = follow(open_id, other), follow("0" * 32, other)
    assert foreign.status_code == none.status_code == 404
    assert foreign.content == none.content


def test_who_follows_sees_the_answer(send, program, key, now):
    sent = send().json()
    order = WorkOrder.objects.get()
    answer_citizen(order=order, text="已换灯泡。", now=now)

    said = program.get(
        f"/api/v1/appeals/{sent['id']}", headers={"Authorization": f"Bearer {key}"}
    ).json()

    assert [answer["text"] for answer in said["answers"]] == ["已换灯泡。"]


def test_problems_are_said_in_the_language_that_was_asked_for(send):
    chinese = send({}, **{"Accept-Language": "zh-CN"})

    assert "请" in chinese.json()["errors"][0]["detail"]
    assert chinese["Content-Language"] == "zh-hans"
    assert send({}).json()["errors"][0]["detail"] == "Please write what happened."


@pytest.mark.parametrize("method", ["patch", "put", "delete", "options"])
def test_a_method_that_is_not_taken_gets_a_problem(method, program, db):
    response = getattr(program, method)("/api/v1/appeals")

    assert (response.status_code, response["Allow"]) == (405, "GET, POST")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["v2/nothing", "", "open311/discovery.%0A"])
def test_an_address_that_is_none_gets_a_problem(path, program, db):
    for method in (program.get, program.post):
        response = method(f"/api/{path}")
        assert (response.status_code, response.json()["status"]) == (404, 404)


def test_a_database_that_is_away_is_a_problem_that_passes(program, db):
    def away(*_arguments: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        response = program.post("/api/v1/appeals", headers={"Authorization": "Bearer k"})

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert response["Content-Type"] == "application/problem+json"


def test_a_database_that_is_away_before_any_view_is_a_problem_too(program, db, settings):
    settings.DEMO = True
    program.cookies["sessionid"] = "a" * 32

    def away(*_arguments: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        response = program.get("/api/v1/appeals/1")

    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")


def test_an_error_of_ours_is_a_problem_without_inside(send, monkeypatch):
    monkeypatch.setattr("civicloop.api.appeals.read_appeal", lambda body: 1 / 0)

    response = send()

    assert (response.status_code, response.json()["type"][-6:]) == (500, "broken")
    assert "division" not in response.text


def test_what_comes_without_https_is_refused_and_not_led_on(send, settings):
    settings.SECURE_SSL_REDIRECT = True  # as CIVICLOOP_HTTPS sets it

    response = send()

    assert (response.status_code, response.json()["type"][-10:]) == (403, "not_secure")
    assert not Appeal.objects.exists()


def test_a_browsers_session_opens_nothing(db, key):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/api/v1/appeals").status_code == 401
