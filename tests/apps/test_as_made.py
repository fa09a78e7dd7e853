"""A test that commits leaves nothing to the next; these two stand for any two of them."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from tests.factories import AppealFactory
from tests.guards import lift_guards

from civicloop.apps.append_guards import unguarded_tables
from civicloop.apps.clocks.models import CalendarDay, CalendarVersion
from civicloop.apps.intake.models import Appeal, Channel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("place", ["first", "second"])
def test_who_comes_after_a_test_that_commits_finds_the_tables_as_they_were_made(place: str) -> None:
    found = {
        model: model.objects.count()
        for model in (Appeal, Channel, CalendarDay, CalendarVersion, ContentType)
    }
    assert found[Appeal] == found[Channel] == 0
    assert found[CalendarDay] > 500
    assert found[CalendarVersion] == 1
    assert found[ContentType] > 100
    assert CalendarVersion.objects.get().source == "chinesecalendar"
    assert unguarded_tables(connection) == []

    AppealFactory(source_key=place)
    CalendarVersion.objects.update(source=place)
    CalendarDay.objects.all()[0].delete()
    ContentType.objects.all()[0].delete()
    if connection.vendor == "sqlite":  # PostgreSQL's are not lifted between two tests
        lift_guards()
