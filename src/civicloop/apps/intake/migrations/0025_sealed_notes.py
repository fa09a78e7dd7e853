import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0024_addresses_unfiled")]

    operations = [
        migrations.CreateModel(
            name="SealedNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key_id", models.CharField(db_index=True, max_length=16)),
                ("about", models.CharField(max_length=80, unique=True)),
                ("words", models.BinaryField(default=bytes, verbose_name="words")),
                (
                    "appeal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sealed_notes",
                        to="intake.appeal",
                    ),
                ),
            ],
            options={"verbose_name": "sealed note", "verbose_name_plural": "sealed notes"},
        ),
    ]
