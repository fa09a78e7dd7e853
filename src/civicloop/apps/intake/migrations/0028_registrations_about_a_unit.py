from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0027_no_index_of_nowhere")]

    operations = [
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("respondent_unit__isnull", False)),
                fields=["respondent_unit"],
                name="intake_registration_about",
            ),
        )
    ]
