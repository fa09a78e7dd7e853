from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("indicators", "0002_days_of_air_have_one_table")]

    operations = [migrations.DeleteModel(name="AirDay")]
