from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0016_seal_rows")]

    operations = [
        migrations.RemoveField("originalrow", "cells"),
        migrations.RemoveField("laterrow", "cells"),
        migrations.RemoveField("rejectedrow", "cells"),
    ]
