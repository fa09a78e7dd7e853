from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0002_event_classes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SimilarityBasis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("learned_at", models.DateTimeField(verbose_name="learned at")),
                ("appeal_count", models.PositiveIntegerField(verbose_name="appeals learned from")),
                ("payload", models.BinaryField(verbose_name="payload")),
                ("looked_at", models.JSONField(verbose_name="appeals looked at")),
            ],
            options={
                "verbose_name": "basis of similarity",
                "verbose_name_plural": "bases of similarity",
            },
        ),
        migrations.CreateModel(
            name="GramFilings",
            fields=[
                ("shelf", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("filings", models.BinaryField()),
            ],
            options={
                "verbose_name": "shelf of filed appeals",
                "verbose_name_plural": "shelves of filed appeals",
            },
        ),
    ]
