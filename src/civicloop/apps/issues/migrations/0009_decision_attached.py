from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0008_pair_models"),
    ]

    operations = [
        migrations.AddField(
            model_name="eventdecision",
            name="attached",
            field=models.JSONField(default=dict, verbose_name="attached before"),
        ),
    ]
