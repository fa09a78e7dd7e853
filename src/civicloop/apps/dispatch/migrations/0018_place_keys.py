from datetime import timedelta

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from civicloop.apps.dispatch.place_keys import key_of
from civicloop.engines.text.readings.gazetteer import Gazetteer

REMEMBERED = timedelta(days=366)
AT_ONCE = 500


def name_places(apps, _schema_editor):
    """Orders of the last year are found by their places, too; never those about what is secret."""
    WorkOrder = apps.get_model("dispatch", "WorkOrder")  # noqa: N806
    areas = apps.get_model("places", "Area").objects.order_by("code").values_list("name", "level")
    gazetteer = Gazetteer(list(areas))
    known = WorkOrder.objects.filter(
        opened_at__gte=timezone.now() - REMEMBERED, is_confidential=False
    ).exclude(kind="report")
    known = known.exclude(appeal__kind="report").exclude(appeal__is_confidential=True)
    known = known.exclude(appeal__address="")
    rows = known.order_by("pk").values_list("pk", "appeal__address", "appeal__county_id")
    keyed = []
    for pk, address, county in rows.iterator(chunk_size=AT_ONCE):
        key = key_of(address, county, gazetteer)
        if key:
            keyed.append(WorkOrder(pk=pk, place_key=key))
    for start in range(0, len(keyed), AT_ONCE):
        WorkOrder.objects.bulk_update(keyed[start : start + AT_ONCE], ["place_key"])


class Migration(migrations.Migration):

    dependencies = [
        ('dispatch', '0017_precedents'),
        ('intake', '0023_appeals_of_a_place'),
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='workorder',
            name='place_key',
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(condition=models.Q(('place_key', ''), _negated=True), fields=['place_key', 'opened_at', 'id'], name='dispatch_order_place'),
        ),
        migrations.RunPython(name_places, migrations.RunPython.noop, elidable=True),
    ]
