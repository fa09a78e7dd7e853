from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0012_meanings")]

    operations = [
        migrations.AddIndex(
            model_name="similarappeal",
            index=models.Index(
                fields=["appeal", "score", "other"], name="issues_similarappeal_link"
            ),
        ),
    ]
