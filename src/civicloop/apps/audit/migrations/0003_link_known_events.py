"""Chain the events that were written before there was a chain, in their order."""

from datetime import UTC

from django.db import migrations

from civicloop.apps.audit.keys import audit_keys
from civicloop.engines.audit import GENESIS, canonical, mac_of

BATCH = 2_000
COLUMNS = ["chain", "position", "key_id", "mac"]


def link(apps, schema_editor):
    events = apps.get_model("audit", "AuditEvent").objects
    if not events.exists():
        return
    chain = apps.get_model("audit", "AuditChain").objects.create(position=0, mac=GENESIS)
    key_id, key = next(iter(audit_keys().items()))
    last = 0
    while batch := list(events.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for event in batch:
            content = {
                "chain": chain.number,
                "at": event.at.astimezone(UTC).isoformat(),
                "actor": event.actor_id,
                "action": event.action,
                "object_type": event.object_type,
                "object_id": event.object_id,
                "details": event.details,
            }
            chain.position += 1
            chain.mac = mac_of(canonical(content), after=chain.mac, key=key)
            event.chain, event.position = chain.number, chain.position
            event.key_id, event.mac = key_id, chain.mac
        events.bulk_update(batch, COLUMNS, batch_size=200)
        last = batch[-1].pk
    chain.save()


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0002_chain"),
    ]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
