"""Thousands of rows of one import have the same few parents."""

from django.db import migrations

from civicloop.apps.parent_checks import CheckParentsByStatement


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0030_let_more_notes_be_sealed"),
        ("places", "0001_initial"),
    ]

    operations = [
        CheckParentsByStatement(
            "intake_appeal",
            {
                "channel_id": "intake_channel",
                "area_id": "places_area",
                "county_id": "places_area",
                "topic_id": "intake_topic",
            },
        ),
        CheckParentsByStatement("intake_originalrow", {"run_id": "intake_importrun"}),
    ]
