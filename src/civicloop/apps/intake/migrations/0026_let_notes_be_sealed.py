from django.db import migrations
from django.db.models import Q


def let_notes_be_sealed(apps, schema_editor):
    """What the job that masks finds without its copies it masks, and of reports it seals what staff wrote."""
    reports = Q(kind="report") | Q(is_confidential=True)
    apps.get_model("intake", "Appeal").objects.filter(reports, is_masked=True).update(
        is_masked=None
    )


class Migration(migrations.Migration):
    dependencies = [("intake", "0025_sealed_notes")]

    operations = [migrations.RunPython(let_notes_be_sealed, migrations.RunPython.noop)]
