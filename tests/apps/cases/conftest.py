import pytest
from tests.factories import AreaFactory, UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.places.models import Area, Unit


@pytest.fixture
def county(db) -> Area:
    return AreaFactory()


@pytest.fixture
def secretary(db) -> User:
    return UserFactory(role=Role.MEETING_SECRETARY)


@pytest.fixture
def officer(db) -> User:
    return UserFactory(role=Role.PETITION_OFFICER)


@pytest.fixture
def leader(db) -> User:
    return UserFactory(role=Role.LEADER)


@pytest.fixture
def units(db) -> list[Unit]:
    return [UnitFactory(name=name) for name in ("住建局", "公安局", "水务局")]
