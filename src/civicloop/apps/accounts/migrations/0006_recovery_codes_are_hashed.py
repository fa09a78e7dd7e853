from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def remove_sealed_codes(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Of the codes that were made until now, all could be made again from what is kept."""
    authenticators = apps.get_model("mfa", "Authenticator")
    authenticators.objects.filter(type="recovery_codes").delete()


class Migration(migrations.Migration):
    """Codes are kept as hashes now; everybody makes new ones."""

    dependencies = [
        ("accounts", "0005_external_login"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(remove_sealed_codes, migrations.RunPython.noop)]
