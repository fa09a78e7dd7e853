"""Take a report in and die by SIGKILL at a chosen point: killed_registering.py POINT TOKEN."""

import os
import signal
import sys
from datetime import UTC, datetime

import django

django.setup()

from civicloop.apps.dispatch.actions import registering  # noqa: E402
from civicloop.apps.intake.actions.registering import Form, Told  # noqa: E402
from civicloop.apps.intake.models import Channel, Kind, RecordedOn  # noqa: E402
from civicloop.apps.vault.identities import ContactDetails  # noqa: E402

POINT, TOKEN = sys.argv[1], sys.argv[2]


def die_instead(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)


if POINT in {"open_order_for", "issue_receipt"}:
    setattr(registering, POINT, die_instead)
registering.take_in(
    told=Told(text="路灯不亮", kind=Kind.HELP, channel=Channel.objects.get()),
    contact=ContactDetails(phone="13800138000"),
    form=Form(token=TOKEN, body_hash="", recorded_on=RecordedOn.WEB, actor=None),
    now=datetime(2023, 11, 14, 1, 30, tzinfo=UTC),
)
die_instead()  # the answer is lost
