from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = [
    ("guest", "guest"),
    ("operator", "operator"),
    ("dispatcher", "dispatcher"),
    ("reviewer", "reviewer"),
    ("caller_back", "call-back clerk"),
    ("unit_clerk", "unit clerk"),
    ("unit_head", "head of unit"),
    ("mediator", "mediator"),
    ("petition_officer", "petition officer"),
    ("meeting_secretary", "secretary of joint meetings"),
    ("supervisor", "supervisor"),
    ("leader", "leader"),
    ("system_admin", "system administrator"),
    ("security_admin", "security administrator"),
    ("audit_admin", "audit administrator"),
]


def make_system_admins(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Who could do everything keeps the installation; other roles are given by name."""
    apps.get_model("accounts", "User").objects.filter(role="administrator").update(
        role="system_admin"
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles_and_unit")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=ROLES, default="guest", max_length=20, verbose_name="role"
            ),
        ),
        migrations.RunPython(make_system_admins, migrations.RunPython.noop),
    ]
