"""Which database the vault's tables are in, and whether all databases have the tables of this program."""

from django.db import connections, router
from django.db.migrations.executor import MigrationExecutor

from civicloop.apps.vault.models import Identity

APP = "vault"


def alias_of_vault() -> str:
    """The database that identities are written to."""
    return router.db_for_write(Identity)


def pending_migrations() -> int:
    """How many migrations the databases still lack; the vault's own has but the vault's tables."""
    is_apart = alias_of_vault() == APP
    count = 0
    for connection in connections.all():
        graph = (executor := MigrationExecutor(connection)).loader.graph
        targets = graph.leaf_nodes(APP if is_apart and connection.alias == APP else None)
        count += len(executor.migration_plan(targets))
    return count
