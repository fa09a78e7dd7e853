import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_search_tables"),
        ("issues", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="eventdecision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("merge", "merged"),
                    ("split", "split off"),
                    ("confirm", "confirmed as one matter"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="EventClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("title", models.CharField(max_length=200, verbose_name="telling words")),
                ("terms", models.JSONField(default=list, verbose_name="telling words")),
                (
                    "topic_share",
                    models.FloatField(
                        default=0, verbose_name="share of the events with this topic"
                    ),
                ),
                (
                    "respondent",
                    models.CharField(blank=True, max_length=20, verbose_name="whom it is about"),
                ),
                (
                    "respondent_share",
                    models.FloatField(
                        default=0, verbose_name="share of the events about such a party"
                    ),
                ),
                ("season", models.JSONField(blank=True, null=True, verbose_name="season")),
                ("event_count", models.PositiveIntegerField(default=0, verbose_name="events")),
                ("appeal_count", models.PositiveIntegerField(default=0, verbose_name="appeals")),
                ("people_count", models.PositiveIntegerField(default=0, verbose_name="people")),
                ("place_count", models.PositiveIntegerField(default=0, verbose_name="places")),
                ("first_at", models.DateTimeField(null=True, verbose_name="first appeal at")),
                ("last_at", models.DateTimeField(null=True, verbose_name="last appeal at")),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="intake.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "class of events",
                "verbose_name_plural": "classes of events",
            },
        ),
        migrations.CreateModel(
            name="ClassNeighbour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closeness", models.FloatField(verbose_name="likeness to the class")),
                ("shared", models.JSONField(verbose_name="words in common")),
                ("lacking", models.JSONField(verbose_name="words of the class that it lacks")),
                ("own", models.JSONField(verbose_name="words of its own matter")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="class_neighbours",
                        to="issues.event",
                    ),
                ),
                (
                    "event_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="neighbours",
                        to="issues.eventclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "neighbour of a class",
                "verbose_name_plural": "neighbours of classes",
                "ordering": ["-closeness", "event"],
            },
        ),
        migrations.CreateModel(
            name="ClassDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("name", "named"),
                            ("take_out", "event taken out"),
                            ("add", "event added"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                (
                    "undone_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="undone at"),
                ),
                ("before", models.JSONField(null=True, verbose_name="as it was before")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="class_decisions",
                        to="issues.event",
                    ),
                ),
                (
                    "event_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="issues.eventclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on a class",
                "verbose_name_plural": "decisions on classes",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="EventClassMember",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="class_member",
                        serialize=False,
                        to="issues.event",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("engine", "found by the text engine"),
                            ("person", "decided by a person"),
                        ],
                        default="engine",
                        max_length=10,
                    ),
                ),
                (
                    "closeness",
                    models.FloatField(
                        default=0, verbose_name="likeness to the others of the class"
                    ),
                ),
                (
                    "event_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="issues.eventclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "member of a class",
                "verbose_name_plural": "members of classes",
            },
        ),
        migrations.AddIndex(
            model_name="eventclass",
            index=models.Index(fields=["-people_count", "id"], name="issues_eventclass_people"),
        ),
        migrations.AddConstraint(
            model_name="classneighbour",
            constraint=models.UniqueConstraint(
                fields=("event", "event_class"), name="issues_classneighbour_once"
            ),
        ),
    ]
