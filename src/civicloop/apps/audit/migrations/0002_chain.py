from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                ("number", models.AutoField(primary_key=True, serialize=False, verbose_name="number")),
                ("position", models.PositiveBigIntegerField(verbose_name="place of the last event")),
                ("mac", models.BinaryField(max_length=32, verbose_name="code of the last event")),
            ],
            options={"verbose_name": "audit chain", "verbose_name_plural": "audit chains"},
        ),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("event_count", models.PositiveBigIntegerField(verbose_name="events read")),
                ("anchor_count", models.PositiveIntegerField(verbose_name="anchors compared")),
                ("faults", models.JSONField(default=list, verbose_name="what was wrong")),
                ("fault_count", models.PositiveBigIntegerField(verbose_name="things wrong")),
            ],
            options={"verbose_name": "check of the audit", "verbose_name_plural": "checks of the audit"},
        ),
        migrations.AddField("auditevent", "chain", models.PositiveIntegerField(null=True, verbose_name="chain")),
        migrations.AddField("auditevent", "position", models.PositiveBigIntegerField(null=True, verbose_name="place in the chain")),
        migrations.AddField("auditevent", "key_id", models.CharField(max_length=16, null=True, verbose_name="key id")),
        migrations.AddField("auditevent", "mac", models.BinaryField(max_length=32, null=True, verbose_name="code")),
    ]
