"""What group robots and SMS gateways are told, and what their answers mean."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from civicloop.connectors.notify import (
    Message,
    NotDeliveredError,
    post_once,
    robot_of,
    sms_gateway_of,
)
from civicloop.connectors.notify.post_once import UnclearAnswerError
from tests.connectors.notify.gateway_server import FakeGateway, fake_gateway

MESSAGE = Message(
    message_id="4f1c",
    kind="工单已超期",
    reference="2023111400017",
    link="https://12345.example.org/orders/17/",
)
TEXT = "工单已超期 2023111400017 https://12345.example.org/orders/17/"


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with fake_gateway() as fake:
        yield fake


def say(url: str) -> None:
    robot_of(url, clock=lambda: 1_700_000_000.5).send(MESSAGE)


def test_wecom_robot_is_told_in_its_form(gateway):
    say(f"wecom+{gateway.url}/cgi-bin/webhook/send?key=k1")

    [told] = gateway.told
    assert told.path == "/cgi-bin/webhook/send?key=k1"
    assert json.loads(told.body) == {"msgtype": "text", "text": {"content": TEXT}}


def test_dingtalk_robot_is_told_with_a_signature(gateway):
    say(f"dingtalk+{gateway.url}/robot/send?access_token=t1#SEC000")

    [told] = gateway.told
    asked = parse_qs(urlsplit(told.path).query)
    assert asked["access_token"] == ["t1"]
    assert asked["timestamp"] == ["1700000000500"]
    # printf '1700000000500\nSEC000' | openssl dgst -sha256 -hmac SEC000 -binary | base64
    assert asked["sign"] == ["1EMAw7k/b48sT6dM53Wuuoe3Vi+zPidR23QWPykHy7Y="]
    assert "SEC000" not in told.path + told.body


def test_feishu_robot_is_told_with_a_signature(gateway):
    gateway.answer = b'{"code": 0, "msg": "success"}'

    say(f"feishu+{gateway.url}/open-apis/bot/v2/hook/h1#s3cret")

    [told] = gateway.told
    assert json.loads(told.body) == {
        "msg_type": "text",
        "content": {"text": TEXT},
        "timestamp": "1700000000",
        # printf '' | openssl dgst -sha256 -mac HMAC -macopt key:$'1700000000\ns3cret' -binary | base64
        "sign": "IX3eHI0/v/Td7jqJ0ynSEK3Dq5JY3HUZeoeMgVZeZGo=",
    }


def test_sms_gateway_gets_the_form_that_the_operator_describes(gateway):
    sms = sms_gateway_of(
        f"{gateway.url}/send?account=city&mobile={{to}}&content={{text}}&id={{id}}"
    )

    sms.send(MESSAGE, to="+8613900000042")

    [told] = gateway.told
    assert told.path == "/send"  # nothing of it stands in a log of addresses
    assert told.content_type.startswith("application/x-www-form-urlencoded")
    assert dict(parse_qsl(told.body)) == {
        "account": "city",
        "mobile": "+8613900000042",
        "content": TEXT,
        "id": "4f1c",
    }


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'),
        (200, b'{"code": 19024, "msg": "Key Words Not Found"}'),
        (403, b""),
        (503, b""),
    ],
)
def test_a_refusal_means_that_nothing_went_out(gateway, status, answer):
    gateway.status, gateway.answer = status, answer

    with pytest.raises(NotDeliveredError):
        say(f"wecom+{gateway.url}/send?key=k1")


@pytest.mark.parametrize(("status", "answer"), [(200, b"<html>"), (200, b"[1]"), (502, b"{}")])
def test_an_answer_that_tells_nothing_leaves_it_open(gateway, status, answer):
    gateway.status, gateway.answer = status, answer

    with pytest.raises(UnclearAnswerError):
        say(f"wecom+{gateway.url}/send?key=k1")


def test_a_redirect_is_not_followed(gateway):
    with fake_gateway() as elsewhere:
        gateway.status, gateway.location = 307, f"{elsewhere.url}/steal"

        with pytest.raises(NotDeliveredError):
            say(f"wecom+{gateway.url}/send?key=k1")

        assert elsewhere.told == []


def test_nobody_there_means_that_nothing_went_out():
    with pytest.raises(NotDeliveredError):
        say("wecom+http://127.0.0.1:9/send?key=k1")


def test_a_silent_gateway_is_not_waited_for_long_and_leaves_it_open(gateway, monkeypatch):
    monkeypatch.setattr(post_once, "TIMEOUT_SECONDS", 0.2)
    gateway.silent_seconds = 1

    with pytest.raises(TimeoutError):
        say(f"wecom+{gateway.url}/send?key=k1")


@pytest.mark.parametrize(
    "url",
    ["", "wecom", "https://qyapi.example.org/", "slack+https://h/", "wecom+file:///etc/passwd"],
)
def test_an_address_of_no_robot_is_refused(url):
    with pytest.raises(ValueError, match="wecom, dingtalk, feishu"):
        robot_of(url, clock=lambda: 0.0)


@pytest.mark.parametrize(
    "url", ["", "ftp://h/?a={to}&b={text}", "https://h/?a={to}", "https://h/?b={text}", "https:///"]
)
def test_an_address_of_no_sms_gateway_is_refused(url):
    with pytest.raises(ValueError, match="fields for"):
        sms_gateway_of(url)
