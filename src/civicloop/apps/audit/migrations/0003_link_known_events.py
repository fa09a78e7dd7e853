"""Chain the events that were written before there was a chain, in their order.

In batches, each a transaction: ended at any moment, it goes on behind the last event that is chained.
"""

from datetime import UTC

from django.db import migrations, transaction

from civicloop.apps.audit.keys import audit_keys
from civicloop.engines.audit import GENESIS, canonical, mac_of

BATCH = 5_000
CONTENT = ("pk", "at", "actor_id", "action", "object_type", "object_id", "details")
WRITE = "UPDATE audit_auditevent SET chain = %s, position = %s, key_id = %s, mac = %s WHERE id = %s"


def link(apps, schema_editor):
    last = 0
    while last is not None:
        last = link_batch(apps, schema_editor.connection, last, BATCH)


def link_batch(apps, connection, after, size):
    """The number of the last event that was chained; None when there is none left."""
    using = connection.alias
    events = apps.get_model("audit", "AuditEvent").objects.using(using)
    chains = apps.get_model("audit", "AuditChain").objects.using(using)
    with transaction.atomic(using=using):
        batch = list(
            events.filter(pk__gt=after, mac=None).order_by("pk").values_list(*CONTENT)[:size]
        )
        if not batch:
            return None
        chain = chains.order_by("number").first()
        if chain is None:
            chain = chains.create(position=0, mac=GENESIS)
        with connection.cursor() as cursor:
            cursor.executemany(WRITE, list(_linked(batch, chain)))
        chain.save(using=using)
    return batch[-1][0]


def _linked(batch, chain):
    """The columns of each event behind the one before it; the chain moves on with them."""
    key_id, key = next(iter(audit_keys().items()))
    for number, at, actor, action, object_type, object_id, details in batch:
        content = {
            "chain": chain.number,
            "at": at.astimezone(UTC).isoformat(),
            "actor": actor,
            "action": action,
            "object_type": object_type,
            "object_id": object_id,
            "details": details,
        }
        chain.position += 1
        chain.mac = mac_of(canonical(content), after=bytes(chain.mac), key=key)
        yield chain.number, chain.position, key_id, chain.mac, number


class Migration(migrations.Migration):
    atomic = False  # a million events in one transaction would fill the journal

    dependencies = [
        ("audit", "0002_chain"),
    ]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
