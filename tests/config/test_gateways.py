"""The ways out of the house, as the environment names them."""

import pytest

from civicloop.config.gateways import read_email_server, read_robot_urls, read_sms_url
from civicloop.config.unsafe import UnsafeEnvironmentError

GOOD_ROBOT = "feishu+https://open.feishu.example.org/hook/1#s"
GOOD_SMS = "https://sms.example.org/send?m={to}&c={text}"


@pytest.fixture
def say(monkeypatch):
    def say(name: str, value: str) -> None:
        monkeypatch.setenv(f"CIVICLOOP_{name}", value)

    for name in ("EMAIL_URL", "EMAIL_FROM", "ROBOT_URLS", "SMS_URL"):
        monkeypatch.delenv(f"CIVICLOOP_{name}", raising=False)
    return say


@pytest.mark.parametrize(
    ("url", "port", "starts_tls", "is_tls"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp+tls://u%40x:p%2Fw@mail.example.org", 587, True, False),
        ("smtps://mail.example.org:1465", 1465, False, True),
    ],
)
def test_email_server_is_read_from_its_address(url, port, starts_tls, is_tls, say):
    say("EMAIL_URL", url)
    say("EMAIL_FROM", "闭环 <loop@12345.example.org>")

    server = read_email_server()

    assert (server.host, server.port) == ("mail.example.org", port)
    assert (server.starts_tls, server.is_tls) == (starts_tls, is_tls)
    assert (server.user, server.password) == (("u@x", "p/w") if "%40" in url else ("", ""))
    assert server.domain == "12345.example.org"


def test_nothing_said_means_that_nothing_goes_out(say):
    assert read_email_server().host == ""
    assert read_robot_urls() == []
    assert read_sms_url() == ""


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("mail.example.org", "a@b"),
        ("http://mail.example.org", "a@b"),
        ("smtp://", "a@b"),
        ("smtp://mail.example.org:port", "a@b"),
        ("smtp://mail.example.org", ""),
    ],
)
def test_an_email_server_that_cannot_be_used_is_refused(url, sender, say):
    say("EMAIL_URL", url)
    say("EMAIL_FROM", sender)

    with pytest.raises(UnsafeEnvironmentError, match="CIVICLOOP_EMAIL_"):
        read_email_server()


def test_robots_and_sms_gateway_are_looked_at_when_the_site_starts(say):
    say("ROBOT_URLS", f"{GOOD_ROBOT} {GOOD_ROBOT}")
    say("SMS_URL", GOOD_SMS)
    assert (read_robot_urls(), read_sms_url()) == ([GOOD_ROBOT] * 2, GOOD_SMS)
    say("ROBOT_URLS", f"{GOOD_ROBOT} https://open.feishu.example.org/hook/1")
    say("SMS_URL", "https://sms.example.org/send")

    with pytest.raises(UnsafeEnvironmentError, match="CIVICLOOP_ROBOT_URLS"):
        read_robot_urls()
    with pytest.raises(UnsafeEnvironmentError, match="CIVICLOOP_SMS_URL"):
        read_sms_url()
