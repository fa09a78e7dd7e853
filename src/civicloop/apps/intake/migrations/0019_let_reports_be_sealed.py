from django.db import migrations
from django.db.models import Q

COPIES = ("masked_subject", "masked_text", "masked_address")


def let_reports_be_sealed(apps, schema_editor):
    """What the job that masks finds without a copy it masks, and of reports it seals the words."""
    hides = Q()
    for copy in COPIES:
        hides |= Q(**{f"{copy}__isnull": False})
    appeals = apps.get_model("intake", "Appeal").objects.filter(hides, is_masked=True)
    appeals.filter(Q(kind="report") | Q(is_confidential=True)).update(is_masked=None)


class Migration(migrations.Migration):
    dependencies = [("intake", "0018_sealed_words")]

    operations = [migrations.RunPython(let_reports_be_sealed, migrations.RunPython.noop)]
