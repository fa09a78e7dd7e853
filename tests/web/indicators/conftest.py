"""A city on a day of which it is known what is over and what is late."""

from datetime import datetime
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import SHANGHAI, define, state

from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.places.models import Area, AreaLevel

CITY, COUNTY, PEER = "140200000000", "140212000000", "140100000000"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    now = datetime(2023, 11, 13, 9, tzinfo=SHANGHAI)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


@pytest.fixture
def places(db):
    city = Area.objects.create(code=CITY, name="大城", level=AreaLevel.CITY)
    Area.objects.create(code=COUNTY, name="小县", level=AreaLevel.COUNTY, parent=city)


@pytest.fixture
def works(places, today):
    define("works", now=today)
    state("heat_pipes", "2022-10", Decimal("6.0"), unit="公里", now=today)
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里", now=today)
    state("heat_pipes", "2023-09", Decimal("5.0"), unit="公里", now=today)
    compute_figures(now=today, actor=None, months=14)


def text_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())
