from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def look_at_all_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Components tell now what was decided; without a basis the next run makes them anew."""
    apps.get_model("issues", "SimilarityBasis").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0015_keyed_hashes'),
    ]

    operations = [
        migrations.RunPython(look_at_all_again, migrations.RunPython.noop),
    ]
