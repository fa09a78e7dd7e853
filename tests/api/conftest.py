"""A channel's program with its key."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from civicloop.apps.intake.actions.clients import add_client
from civicloop.apps.intake.models import ApiAction
from tests.factories import ChannelFactory

TEXT = "云溪路12号门前的路灯三天没亮了"
Send = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def answers_in_english(settings) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.DEMO = False


@pytest.fixture
def make_key(db, now: datetime) -> Callable[..., str]:
    """Make a program and give its key."""

    def make(name: str = "city app", *actions: ApiAction, hourly_limit: int = 100) -> str:
        return add_client(
            name=name,
            channel=ChannelFactory(code="app", name="手机应用", name_en="Mobile app"),
            actions=actions or list(ApiAction),
            hourly_limit=hourly_limit,
            actor=None,
            now=now,
        )[1]

    return make


@pytest.fixture
def key(make_key) -> str:
    return make_key()


@pytest.fixture
def program() -> Client:
    return Client(headers={"Accept-Language": "en"}, raise_request_exception=False)


@pytest.fixture
def send(program: Client, key: str) -> Send:
    """Send an appeal; `again` is the key that the tries of one appeal share."""

    def send(body: object = None, *, again: str = "k1", key: str = key, **headers: str):
        return program.post(
            "/api/v1/appeals",
            {"text": TEXT} if body is None else body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": again} | headers,
        )

    return send


def api_addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the API with its pattern."""
    [api] = [one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "api"]
    yield from _addresses(api, "/api/")


def _addresses(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _addresses(one, address)
        else:
            yield address, one
