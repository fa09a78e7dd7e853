# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`
"""Move identities out of the main database into the vault's own, after it was given one."""

from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from civicloop.apps.vault.databases import alias_of_vault
from civicloop.apps.vault.models import Identity

BATCH = 500


def count_left() -> int:
    """How many identities are in the main database though the vault has one of its own."""
    main = connections[DEFAULT_DB_ALIAS]
    if (
        alias_of_vault() == DEFAULT_DB_ALIAS
        or Identity._meta.db_table not in main.introspection.table_names()
    ):
        return 0
    return Identity.objects.using(DEFAULT_DB_ALIAS).count()


def move_identities(*, progress: Callable[[int], None] | None = None) -> int:
    """Copy, commit there, then remove here; may be ended at any moment and begun again."""
    total = 0
    while count_left():
        batch = list(Identity.objects.using(DEFAULT_DB_ALIAS).order_by("pk")[:BATCH])
        with transaction.atomic(using=alias_of_vault()):
            Identity.objects.using(alias_of_vault()).bulk_create(batch, ignore_conflicts=True)
        refs = [identity.ref for identity in batch]
        Identity.objects.using(DEFAULT_DB_ALIAS).filter(pk__in=refs).delete()
        total += len(batch)
        if progress:
            progress(total)
    return total
