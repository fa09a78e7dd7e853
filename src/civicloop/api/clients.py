"""Which program asks, by the key that it shows."""

from datetime import datetime, timedelta

from django.http import HttpRequest

from civicloop.api.problems import Problem, ProblemError
from civicloop.apps.intake.actions.tallies import (
    Limit,
    count_try,
    give_back_try,
    network_of,
)
from civicloop.apps.intake.models import ApiAction, ApiClient
from civicloop.apps.intake.queries.clients import client_with

WRONG_KEYS = Limit(name="wrong keys from an address", most=30, within=timedelta(hours=1))
LONGEST_KEY = 200
BEARER = "bearer "


def client_of(request: HttpRequest, action: ApiAction, *, now: datetime) -> ApiClient:
    """The program of `Authorization: Bearer KEY`.

    Raises:
        ProblemError: no key, or none that may do this.
        TooManyTriesError: too many such tries from this address.
    """
    written = request.headers.get("Authorization", "")
    has_key = written[: len(BEARER)].lower() == BEARER
    return client_of_key(
        written[len(BEARER) :].strip() if has_key else "", request, action, now=now
    )


def client_of_key(key: str, request: HttpRequest, action: ApiAction, *, now: datetime) -> ApiClient:
    """The program that has this key, as `client_of`."""
    client = client_with(key, action) if 0 < len(key) <= LONGEST_KEY else None
    if client is None:
        network = network_of(str(request.META.get("REMOTE_ADDR", "")))
        count_try(limit=WRONG_KEYS, whom=network, now=now)
        raise ProblemError(Problem.UNKNOWN_CLIENT)
    return client


def count_sending(client: ApiClient, *, now: datetime) -> None:
    """Count one appeal more of a program before it is taken in.

    Raises:
        TooManyTriesError: it sent as many within the hour as it may.
    """
    count_try(limit=_sendings_of(client), whom=str(client.pk), now=now)


def give_back_sending(client: ApiClient) -> None:
    """What was sent before does not count."""
    give_back_try(limit=_sendings_of(client), whom=str(client.pk))


def _sendings_of(client: ApiClient) -> Limit:
    return Limit(name="appeals of a program", most=client.hourly_limit, within=timedelta(hours=1))
