from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0018_place_keys"), ("vault", "__first__")]

    operations = [
        migrations.AddField(
            "stepdraft",
            "key_id",
            models.CharField(db_index=True, default="", max_length=16),
            preserve_default=False,
        ),
        migrations.AddField(
            "stepdraft",
            "sealed_answers",
            models.BinaryField(default=bytes, verbose_name="what was written"),
        ),
    ]
