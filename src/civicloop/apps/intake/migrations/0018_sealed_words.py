import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0017_rows_are_sealed")]

    operations = [
        migrations.CreateModel(
            name="SealedWords",
            fields=[
                ("key_id", models.CharField(db_index=True, max_length=16)),
                (
                    "appeal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sealed_words",
                        serialize=False,
                        to="intake.appeal",
                    ),
                ),
                ("subject", models.BinaryField(default=bytes, verbose_name="subject")),
                ("text", models.BinaryField(default=bytes, verbose_name="text")),
                ("address", models.BinaryField(default=bytes, verbose_name="address")),
            ],
            options={"verbose_name": "sealed words", "verbose_name_plural": "sealed words"},
        ),
    ]
