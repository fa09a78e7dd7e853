import pytest
from django.test import Client
from django.urls import reverse

from civicloop.apps.accounts.models import Role, User

PASSWORD = "correct horse battery"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(username="li", password=PASSWORD, role=Role.OPERATOR)


def test_right_password_leads_to_where_one_wanted_to_go(client: Client, user: User) -> None:
    answers = {"login": "li", "password": PASSWORD, "next": "/events/"}

    response = client.post(reverse("account_login"), answers)

    assert response.status_code == 302
    assert response["Location"] == "/events/"


def test_wrong_password_is_said_and_the_name_kept(client: Client, user: User) -> None:
    response = client.post(reverse("account_login"), {"login": "li", "password": "wrong"})

    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert 'value="li"' in response.text


def test_next_address_on_another_site_is_not_followed(client: Client, user: User) -> None:
    answers = {"login": "li", "password": PASSWORD, "next": "https://evil.example/"}

    response = client.post(reverse("account_login"), answers)

    assert response["Location"] == "/"


def test_logging_out_takes_a_post(client: Client, user: User) -> None:
    client.force_login(user)

    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("home")).status_code == 302


@pytest.mark.django_db
def test_language_is_switched_and_remembered(client: Client) -> None:
    response = client.post(
        reverse("set_language"), {"language": "zh-hans", "next": "/accounts/login/"}
    )

    assert response["Location"] == "/accounts/login/"
    assert '<html lang="zh-hans"' in client.get("/accounts/login/").text
