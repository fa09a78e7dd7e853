from django.db import migrations, models

import civicloop.apps.intake.models.clients


def name_cases(apps, _editor):
    for case in apps.get_model("dispatch", "PublicCase").objects.filter(open_id=""):
        case.open_id = civicloop.apps.intake.models.clients.new_open_id()
        case.save(update_fields=["open_id"])


class Migration(migrations.Migration):

    dependencies = [
        ('dispatch', '0011_sealed_in_the_vault'),
    ]

    operations = [
        migrations.AddField(
            model_name='publiccase',
            name='open_id',
            field=models.CharField(default='', editable=False, max_length=32),
        ),
        migrations.RunPython(name_cases, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='publiccase',
            name='open_id',
            field=models.CharField(default=civicloop.apps.intake.models.clients.new_open_id, editable=False, max_length=32, unique=True),
        ),
    ]
