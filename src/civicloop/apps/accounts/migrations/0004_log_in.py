from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_table_of_tries(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Where failed log-ins are counted for all processes, also after a restart."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_three_admins")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="password_set_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="password set"),
        ),
        migrations.AddField(
            model_name="user",
            name="is_password_given",
            field=models.BooleanField(
                default=False, editable=False, verbose_name="password given"
            ),
        ),
        migrations.RunPython(make_table_of_tries, migrations.RunPython.noop),
    ]
