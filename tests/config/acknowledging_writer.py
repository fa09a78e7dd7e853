"""Take reports in for ever, and say each number once its receipt could be shown: NAME."""

import itertools
import sys
from datetime import UTC, datetime

import django

django.setup()

from civicloop.apps.dispatch.actions.registering import take_in  # noqa: E402
from civicloop.apps.intake.actions.registering import Form, Told  # noqa: E402
from civicloop.apps.intake.models import Channel, Kind, RecordedOn  # noqa: E402
from civicloop.apps.vault.identities import ContactDetails  # noqa: E402

channel = Channel.objects.get()
for count in itertools.count():
    taken = take_in(
        told=Told(text=f"路灯不亮 {count}", kind=Kind.HELP, channel=channel),
        contact=ContactDetails(phone="13800138000"),
        form=Form(
            token=f"{sys.argv[1]} {count}", body_hash="", recorded_on=RecordedOn.WEB, actor=None
        ),
        now=datetime(2023, 11, 14, 1, 30, tzinfo=UTC),
    )
    print(taken.order.number, flush=True)
