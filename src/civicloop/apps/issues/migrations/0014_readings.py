import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def look_at_all_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A basis without readings is none: the next run looks at the whole history."""
    apps.get_model("issues", "SimilarityBasis").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0008_masked_words'),
        ('issues', '0013_links_without_reasons'),
    ]

    operations = [
        migrations.CreateModel(
            name='AppealComponent',
            fields=[
                ('first', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('payload', models.BinaryField()),
            ],
            options={
                'verbose_name': 'appeals that hang together',
                'verbose_name_plural': 'appeals that hang together',
            },
        ),
        migrations.CreateModel(
            name='ReadAppeal',
            fields=[
                ('appeal', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='intake.appeal')),
                ('component', models.PositiveBigIntegerField(null=True)),
                ('reading', models.BinaryField()),
            ],
            options={
                'verbose_name': 'appeal as read',
                'verbose_name_plural': 'appeals as read',
            },
        ),
        migrations.RemoveIndex(
            model_name='similarappeal',
            name='issues_similarappeal_link',
        ),
        migrations.RunPython(look_at_all_again, migrations.RunPython.noop),
    ]
