from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0020_seal_drafts")]

    operations = [migrations.RemoveField("stepdraft", "answers")]
