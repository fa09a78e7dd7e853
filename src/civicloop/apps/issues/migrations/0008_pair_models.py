from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0007_reply_verdicts"),
    ]

    operations = [
        migrations.CreateModel(
            name="PairModelVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="version")),
                ("learned_at", models.DateTimeField(verbose_name="learned at")),
                ("is_active", models.BooleanField(default=False, verbose_name="in use")),
                (
                    "decision_count",
                    models.PositiveIntegerField(verbose_name="decisions learned from"),
                ),
                (
                    "file_name",
                    models.CharField(
                        blank=True, max_length=255, verbose_name="file of judged events"
                    ),
                ),
                ("pairs", models.JSONField(verbose_name="pairs learned from")),
                ("weights", models.JSONField(verbose_name="weights")),
                ("changed", models.JSONField(verbose_name="what changed most")),
                (
                    "figures",
                    models.JSONField(verbose_name="comparison with the weights in use"),
                ),
            ],
            options={
                "verbose_name": "weights of the same-event engine",
                "verbose_name_plural": "weights of the same-event engine, by version",
                "ordering": ["-version"],
            },
        ),
    ]
