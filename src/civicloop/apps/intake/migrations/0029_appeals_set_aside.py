from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0028_registrations_about_a_unit")]

    operations = [
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("is_masked", False)),
                fields=["id"],
                name="intake_appeal_set_aside",
            ),
        )
    ]
