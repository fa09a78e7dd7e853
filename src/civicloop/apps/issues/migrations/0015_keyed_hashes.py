"""Key the hashes of contents that readings were made of, as intake's are; it may be ended midway."""

from django.db import migrations, transaction

BATCH = 2_000


def key_hashes(apps, schema_editor):
    last = 0
    while last is not None:
        last = key_readings(apps, schema_editor.connection, last, BATCH)


def key_readings(apps, connection, last, size):
    """The number of the last reading that was keyed; None when there is none left."""
    from civicloop.apps.intake.content_hashes import MARK, ContentHasher

    hasher = ContentHasher()
    readings = apps.get_model("issues", "AppealReading").objects.using(connection.alias)
    with transaction.atomic(using=connection.alias):
        unkeyed = readings.exclude(content_hash__startswith=MARK).filter(pk__gt=last)
        found = list(unkeyed.order_by("pk").values_list("pk", "content_hash")[:size])
        with connection.cursor() as cursor:
            number = readings.model._meta.pk.column
            cursor.executemany(
                f"UPDATE issues_appealreading SET content_hash = %s WHERE {number} = %s",
                [(hasher.keyed(plain), pk) for pk, plain in found],
            )
    return found[-1][0] if found else None


class Migration(migrations.Migration):
    atomic = False  # as intake's

    dependencies = [
        ("intake", "0022_keyed_hashes"),
        ("issues", "0014_readings"),
    ]

    operations = [migrations.RunPython(key_hashes, migrations.RunPython.noop)]
