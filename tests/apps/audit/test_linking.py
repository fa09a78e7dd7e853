"""Events of before the chain are linked in batches, and where that was ended it goes on."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.apps.intake.test_moved_contacts import migrate_to

from civicloop.apps.audit.models import AuditChain, AuditEvent
from civicloop.apps.audit.verifying import verify_audit

BEFORE, AFTER = ("audit", "0002_chain"), ("audit", "0004_every_event_is_linked")
COUNT = 5


@pytest.fixture
def apps_before():
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate_to(BEFORE)
    MigrationExecutor(connection).migrate(leaves)


@pytest.mark.django_db(transaction=True)
def test_events_of_before_are_linked_where_an_ended_migration_left_off(apps_before, now):
    events = apps_before.get_model("audit", "AuditEvent").objects
    for number in range(COUNT):
        events.create(
            at=now, action="told", object_type="appeal", object_id=str(number), details={"n": 1.0}
        )
    migration = import_module("civicloop.apps.audit.migrations.0003_link_known_events")
    migration.link_batch(apps_before, connection, 0, 2)
    assert events.filter(mac=None).count() == COUNT - 2

    migrate_to(AFTER)

    assert list(AuditEvent.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4, 5]  # fmt: skip
    assert AuditChain.objects.get().position == COUNT
    assert verify_audit(now=now).fault_count == 0
