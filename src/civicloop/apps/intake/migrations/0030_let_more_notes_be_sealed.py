from django.db import migrations
from django.db.models import Q


def let_more_notes_be_sealed(apps, schema_editor):
    """Legal bases, names of files and of leaders are notes now: the job that masks seals those of reports."""
    reports = Q(kind="report") | Q(is_confidential=True)
    apps.get_model("intake", "Appeal").objects.filter(reports, is_masked=True).update(
        is_masked=None
    )


class Migration(migrations.Migration):
    dependencies = [("intake", "0029_appeals_set_aside")]

    operations = [migrations.RunPython(let_more_notes_be_sealed, migrations.RunPython.noop)]
