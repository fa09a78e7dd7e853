"""Days of air are kept by the app air alone: what indicators kept of their own goes there."""

import hashlib
import json
from itertools import islice

from django.db import migrations, models


def carry_days(apps, schema_editor):
    """Put each day beside what air keeps, in the order and under the number of older files of facts."""
    air_day = apps.get_model("indicators", "AirDay")
    city_day = apps.get_model("air", "CityDay")
    since = air_day.objects.order_by("area").values("area").annotate(since=models.Min("recorded_at"))
    cities = {row["area"]: _city(apps, row["area"], row["since"]) for row in since}
    used = air_day.objects.order_by().values("document")
    documents = apps.get_model("indicators", "SourceDocument").objects.filter(pk__in=used)
    sources = {document.pk: _source(apps, document) for document in documents.order_by("pk")}
    rows = air_day.objects.order_by("pk").iterator(chunk_size=500)
    days = (_day(city_day, cities[row.area], sources[row.document_id], row) for row in rows)
    while batch := list(islice(days, 500)):
        city_day.objects.bulk_create(batch)


def _city(apps, area, since):
    """The city that has the area's name and is no other area, or a new one."""
    air_city, place = apps.get_model("air", "AirCity"), apps.get_model("places", "Area")
    name = place.objects.filter(code=area).values_list("name", flat=True).first() or area
    city = air_city.objects.filter(name=name, area="").first()
    if city is None:
        is_taken = air_city.objects.filter(name=name).exists()
        city = air_city(name=f"{name} {area}" if is_taken else name)
    city.area, city.area_recorded_at = area, since
    city.save()
    return city


def _source(apps, document):
    ways = {
        "day_rules": "standard", "stamp": None, "control_sites": [], "least_stations": 1,
        "columns": {}, "dust": [], "carried_from": f"source document {document.pk}",
    }  # fmt: skip
    return apps.get_model("air", "AirSource").objects.create(
        name=document.name,
        sha256=document.sha256,
        ways=ways,
        ways_sha256=hashlib.sha256(json.dumps(ways, sort_keys=True).encode()).hexdigest(),
        recorded_at=document.recorded_at,
    )


def _day(city_day, city, source, row):
    """Only index and level were kept: concentrations come back with the file of hours."""
    pollutants = ("so2", "no2", "pm10", "pm25", "co", "o3")
    return city_day(
        source=source,
        city=city,
        day=row.day,
        exact={},
        published=dict.fromkeys(pollutants),
        aqi=row.aqi,
        level=row.level,
        primary=[],
        edition=row.edition,
        profiles={row.edition: [row.aqi, row.level]},
        rows="",
        former_number=row.pk,
        recorded_at=row.recorded_at,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("indicators", "0001_initial"),
        ("air", "0002_cities_are_areas"),
        ("places", "0001_initial"),
    ]

    operations = [migrations.RunPython(carry_days, migrations.RunPython.noop)]
