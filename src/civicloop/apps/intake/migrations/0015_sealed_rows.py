from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0014_splits")]

    operations = [
        migrations.AddField("originalrow", "key_id", models.CharField(default="", max_length=16), preserve_default=False),
        migrations.AddField("originalrow", "sealed_cells", models.BinaryField(default=bytes, verbose_name="cells")),
        migrations.AddField("laterrow", "key_id", models.CharField(default="", max_length=16), preserve_default=False),
        migrations.AddField("laterrow", "sealed_cells", models.BinaryField(default=bytes, verbose_name="cells")),
        migrations.AddField("rejectedrow", "key_id", models.CharField(default="", max_length=16), preserve_default=False),
        migrations.AddField("rejectedrow", "sealed_cells", models.BinaryField(default=bytes, verbose_name="cells")),
    ]
