"""What somebody with the keys of the database can do, and Django between two tests that commit."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

from civicloop.apps.append_guards import TRIGGERS, append_only_tables, unguarded_tables


@contextmanager
def unguarded() -> Iterator[None]:
    """Rows that are written once can be changed within."""
    lift_guards()
    yield
    for config in apps.get_app_configs():
        post_migrate.send(sender=config, app_config=config, using="default")


def lift_guards() -> None:
    if connection.vendor == "postgresql":
        connection.check_constraints()  # it lifts none while a check of new rows is pending
    guarded = set(append_only_tables()) - set(unguarded_tables(connection))
    with connection.cursor() as cursor:
        for table in sorted(guarded):
            for pattern in TRIGGERS[connection.vendor]:
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER "{pattern.format(table=table)}"{on}')
