from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0010_move_contacts")]

    operations = [
        migrations.RemoveField(model_name="contact", name="key_id"),
        migrations.RemoveField(model_name="contact", name="name"),
        migrations.RemoveField(model_name="contact", name="phone"),
        migrations.RemoveField(model_name="contact", name="address"),
        migrations.RemoveField(model_name="contact", name="preference"),
        migrations.AlterField(
            model_name="contact",
            name="ref",
            field=models.CharField(max_length=32, unique=True),
        ),
    ]
