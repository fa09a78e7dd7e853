from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0003_link_known_events"),
    ]

    operations = [
        migrations.AlterField("auditevent", "chain", models.PositiveIntegerField(verbose_name="chain")),
        migrations.AlterField("auditevent", "position", models.PositiveBigIntegerField(verbose_name="place in the chain")),
        migrations.AlterField("auditevent", "key_id", models.CharField(max_length=16, verbose_name="key id")),
        migrations.AlterField("auditevent", "mac", models.BinaryField(max_length=32, verbose_name="code")),
        migrations.AddConstraint("auditevent", models.UniqueConstraint(fields=["chain", "position"], name="audit_event_place")),
    ]
