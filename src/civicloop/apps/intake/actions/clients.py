"""Give a channel's program its key, take it away, forget what it sent long ago."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.actions.channels import ensure_channels
from civicloop.apps.intake.models import ApiAction, ApiClient, Channel, SentAppeal

KEY_BYTES = 32
LONGEST_NAME = 60
USUAL_PER_HOUR, MOST_PER_HOUR = 1_000, 1_000_000
KEPT = timedelta(days=30)  # that an appeal sent again under its key is the same one


class ClientRefusedError(ValueError):
    """The program cannot be given or lose a key so; the argument says why."""


def key_hash_of(key: str) -> bytes:
    """What is kept of a key; made of 256 random bits, it needs neither salt nor slowness."""
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def channel_known_as(code: str, *, now: datetime) -> Channel:
    """The channel of this code; the usual ones are there from the first time that one is asked for.

    Raises:
        ClientRefusedError: there is none.
    """
    ensure_channels(now=now)
    channel = Channel.objects.filter(code=code).first()
    if channel is None:
        known = ", ".join(Channel.objects.values_list("code", flat=True))
        raise ClientRefusedError(
            _("There is no channel %(code)s. Known: %(known)s.") % {"code": code, "known": known}
        )
    return channel


@transaction.atomic
def add_client(
    *,
    name: str,
    channel: Channel,
    actions: Collection[ApiAction],
    hourly_limit: int,
    actor: User | None,
    now: datetime,
) -> tuple[ApiClient, str]:
    """Make a key for a program; gives it, too, for it is shown once and kept nowhere.

    Raises:
        ClientRefusedError: the name is taken, or the program may do nothing.
    """
    if not actions:
        raise ClientRefusedError(_("Say what the program may do."))
    if ApiClient.objects.filter(name=name).exists():
        raise ClientRefusedError(_("There is a program named %(name)s already.") % {"name": name})
    key = secrets.token_urlsafe(KEY_BYTES)
    client = ApiClient.objects.create(
        name=name,
        channel=channel,
        actions=sorted(actions),
        hourly_limit=hourly_limit,
        key_hash=key_hash_of(key),
        made_by=actor,
        made_at=now,
    )
    _record("api_key_made", client, actor, now)
    return client, key


@transaction.atomic
def revoke_client(*, name: str, actor: User | None, now: datetime) -> ApiClient:
    """End a key; what was sent with it stays.

    Raises:
        ClientRefusedError: there is no such key that still opens.
    """
    client = ApiClient.objects.select_for_update().filter(name=name, revoked_at=None).first()
    if client is None:
        raise ClientRefusedError(_("No program named %(name)s has a key.") % {"name": name})
    client.revoked_at = now
    client.save(update_fields=["revoked_at"])
    _record("api_key_revoked", client, actor, now)
    return client


@transaction.atomic
def forget_sent_keys(*, now: datetime) -> int:
    """Forget under which key, and with which words, appeals were sent; gives their number."""
    old = SentAppeal.objects.filter(sent_at__lt=now - KEPT, key_hash__isnull=False)
    return old.update(key_hash=None, body_hash="")


def _record(action: str, client: ApiClient, actor: User | None, now: datetime) -> None:
    record_event(
        action=action,
        object_type="api_client",
        object_id=client.pk,
        actor=actor,
        now=now,
        details={
            "name": client.name,
            "channel": client.channel.code,
            "actions": list(client.actions),
        },
    )
