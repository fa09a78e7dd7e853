# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`, its records `_default_manager`
"""A key file that opens nothing of what is sealed belongs to another database, or was lost.

Whatever was sealed with another key meanwhile would be lost as soon as the right file is back.
"""

from django.core.management.base import CommandError
from django.db import connections, router
from django.utils.translation import gettext as _

from civicloop.apps.vault.databases import pending_migrations
from civicloop.apps.vault.keys import begin_anew, keys
from civicloop.apps.vault.models import Sealed
from civicloop.apps.vault.rotating import count_without_key, sealed_models


def is_anything_sealed() -> bool:
    """Whether a record needs a key; tables that are not made yet need none."""
    return any(
        _is_there(model) and model._default_manager.exclude(key_id="").exists()
        for model in sealed_models()
    )


def refuse_foreign_keys(*, are_lost: bool = False) -> None:
    """End a command that would seal, before it does; whose keys are lost for good begins with a new one.

    Raises:
        CommandError: there are sealed records, and not one was sealed with a key at hand.
    """
    if are_lost:
        begin_anew()
        return
    at_hand = [*keys()]
    if pending_migrations() or any(
        model._default_manager.filter(key_id__in=at_hand).exists() for model in sealed_models()
    ):
        return
    if count := count_without_key():
        words = _(
            "%(count)s records are sealed with a key that is not in contact_key: bring back the "
            "file that belongs to this database"
        )
        raise CommandError(words % {"count": count})


def _is_there(model: type[Sealed]) -> bool:
    connection = connections[router.db_for_read(model)]
    table, reading = model._meta.db_table, connection.introspection
    with connection.cursor() as cursor:
        return table in reading.table_names(cursor) and any(
            column.name == "key_id" for column in reading.get_table_description(cursor, table)
        )
