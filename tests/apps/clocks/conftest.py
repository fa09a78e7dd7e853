import pytest
from tests.apps.clocks.clocks_for_tests import at

from civicloop.apps.clocks.actions import seed_calendar
from civicloop.apps.clocks.models import CalendarVersion


@pytest.fixture
def calendar(db: None) -> CalendarVersion:
    """The library's years, 2004 to 2026: as they were seeded when the tables were made."""
    made = CalendarVersion.objects.filter(number=1).first()
    return made or seed_calendar(actor=None, now=at("2023-01-01 09:00"))
