"""What is shown when something breaks; each page stands alone and says what to do."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role


@pytest.fixture
def client() -> Client:
    return Client(headers={"Accept-Language": "en"}, raise_request_exception=False)


@pytest.fixture
def no_database(db) -> Iterator[None]:
    """Every statement fails, as it does while the database is away."""

    def away(*_arguments: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        yield


@pytest.mark.parametrize("page", ["citizen:what", "home", "board:board"])
def test_a_database_that_is_away_gives_the_hotlines_number_and_the_time_to_try_again(
    page, client, settings, no_database
):
    settings.DEMO = True  # everybody's user is read from the database
    client.cookies["sessionid"] = "a" * 32

    response = client.get(reverse(page))

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "12345" in response.text
    assert "no-store" in response["Cache-Control"]


def test_it_is_said_in_chinese_too(settings, no_database):
    settings.DEMO = True
    client = Client(headers={"Accept-Language": "zh-CN"}, raise_request_exception=False)

    assert "12345" in client.get(reverse("home")).text
    assert "暂时" in client.get(reverse("home")).text


def test_another_error_is_not_said_to_pass_by_itself(db, client, monkeypatch):
    client.force_login(UserFactory(role=Role.DISPATCHER))
    monkeypatch.setattr(SessionStore, "load", lambda store: 1 / 0)

    response = client.get(reverse("home"))

    assert response.status_code == 500
    assert not response.has_header("Retry-After")
    assert "went wrong" in response.text


def test_a_request_that_is_broken_gets_a_page(db, client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

    response = client.post(reverse("citizen:what"), {f"field{number}": "1" for number in range(9)})

    assert response.status_code == 400
    assert "could not understand" in response.text
