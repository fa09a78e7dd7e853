"""Run in a process of its own, with a vault in a database of its own: `register` or `look`."""

import json
import os
import signal
import sys
from datetime import timedelta

import django


def register(count: int) -> None:
    """Register so many reports, and be killed after the last was written and before it is kept."""
    from django.db import transaction
    from django.utils import timezone

    from civicloop.apps.intake.actions.registering import Form, Told, register_appeal
    from civicloop.apps.intake.models import Channel, Kind, RecordedOn
    from civicloop.apps.vault.identities import ContactDetails

    channel = Channel.objects.create(code="web", name="网", name_en="web")
    for number in range(count):
        with transaction.atomic():
            register_appeal(
                told=Told(text="路灯不亮", kind=Kind.COMPLAINT, channel=channel),
                contact=ContactDetails(name=f"王{number}", phone="13800138000"),
                form=Form(token=str(number), body_hash="", recorded_on=RecordedOn.WEB, actor=None),
                now=timezone.now(),
            )
            if number == count - 1:
                os.kill(os.getpid(), signal.SIGKILL)
        print(number, flush=True)


def look() -> None:
    """What is there, and what is left after the orphans went."""
    from django.utils import timezone

    from civicloop.apps.audit.models import AuditEvent
    from civicloop.apps.intake.contacts import open_contact, remove_orphans
    from civicloop.apps.intake.models import Contact
    from civicloop.apps.vault.models import Identity
    from civicloop.apps.vault.moving import count_left

    told = {
        "names": [open_contact(contact).name for contact in Contact.objects.order_by("pk")],
        "events": AuditEvent.objects.filter(action="appeal_registered").count(),
        "kept": Identity.objects.count(),
        "in_the_main_database": Identity.objects.using("default").count(),
        "young": remove_orphans(now=timezone.now()),
        "orphans": remove_orphans(now=timezone.now() + timedelta(days=2)),
        "left": Identity.objects.count(),
        "not_moved": count_left(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "register":
        register(int(sys.argv[2]))
    else:
        look()
