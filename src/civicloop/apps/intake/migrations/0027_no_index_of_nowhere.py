"""Appeals without a place are looked for by their place never: each import filed them for nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0026_let_notes_be_sealed")]

    operations = [
        migrations.RemoveIndex(model_name="appeal", name="intake_appeal_county"),
        migrations.RemoveIndex(model_name="appeal", name="intake_appeal_area"),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("county__isnull", False)),
                fields=["county", "received_at", "id"],
                name="intake_appeal_in_county",
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("area__isnull", False)),
                fields=["area", "received_at", "id"],
                name="intake_appeal_in_area",
            ),
        ),
    ]
