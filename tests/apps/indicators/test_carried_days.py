"""Days of air that indicators kept of their own go to air, and figures still follow from them."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.apps.indicators.stating import DATONG, SHANGHAI, TAIYUAN

from civicloop.apps.air.models import AirCity, CityDay
from civicloop.apps.air.queries import days_known

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2023, 11, 13, 9, tzinfo=SHANGHAI)


def migrate_to(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def apps_before():
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate_to([("indicators", "0001_initial"), ("air", "0002_cities_are_areas")])
    migrate_to(leaves)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def test_days_are_carried_with_their_number_file_and_time(apps_before):
    document = apps_before.get_model("indicators", "SourceDocument").objects.create(
        name="hours.csv", sha256="ab" * 32, recorded_at=AT
    )
    days = apps_before.get_model("indicators", "AirDay").objects
    for area, day, aqi in (
        (DATONG, date(2023, 10, 1), 80),
        (DATONG, date(2023, 10, 2), None),
        (TAIYUAN, date(2023, 10, 1), 130),
    ):
        is_good, level = (None, None) if aqi is None else (aqi <= 100, 2 if aqi <= 100 else 3)
        days.create(
            area=area, day=day, aqi=aqi, level=level, is_good=is_good,
            edition="cn_hj633_2012", document=document, recorded_at=AT,
        )  # fmt: skip
    numbers = list(days.order_by("pk").values_list("pk", flat=True))
    places = apps_before.get_model("places", "Area").objects
    places.create(code=DATONG, name="大同市", level="city")
    apps_before.get_model("air", "AirCity").objects.create(name="大同市")

    migrate_to(MigrationExecutor(connection).loader.graph.leaf_nodes())

    assert {city.area: city.name for city in AirCity.objects.all()} == {
        DATONG: "大同市",
        TAIYUAN: TAIYUAN,
    }
    known = days_known(AT)
    assert [day.reference for day in known] == [f"air day {number}" for number in numbers]
    assert [(day.city.area, day.day, day.aqi) for day in known] == [
        (DATONG, date(2023, 10, 1), 80),
        (DATONG, date(2023, 10, 2), None),
        (TAIYUAN, date(2023, 10, 1), 130),
    ]
    assert not days_known(AT - timedelta(seconds=1))
    source = CityDay.objects.first().source
    assert (source.name, source.sha256, source.recorded_at) == ("hours.csv", "ab" * 32, AT)
