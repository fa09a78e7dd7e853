from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0008_masked_words"), ("vault", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="ref",
            field=models.CharField(max_length=32, null=True, unique=True),
        ),
    ]
