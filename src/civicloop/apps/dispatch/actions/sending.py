"""Take in what a channel's program sends: once for each of its keys, whatever becomes of the answers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from civicloop.apps.dispatch.actions.registering import take_in
from civicloop.apps.intake.actions.registering import Form, Told
from civicloop.apps.intake.models import ApiClient, RecordedOn, SentAppeal
from civicloop.apps.intake.receipts import body_hash_of, code_of
from civicloop.apps.vault.identities import ContactDetails

TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One try of a program: who it is, the key that its tries share, what it sent."""

    client: ApiClient
    key: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it; the same at every further try."""

    sent: SentAppeal
    number: str
    code: str  # for the citizen's eyes alone
    is_new: bool


class KeyUsedOtherwiseError(Exception):
    """The key was used before with another body."""


def find_sent(sending: Sending) -> Sent | None:
    """What came of an earlier try.

    Raises:
        KeyUsedOtherwiseError: that try sent something else.
    """
    if not sending.key:
        return None
    known = SentAppeal.objects.filter(client=sending.client, key_hash=_key_hash(sending.key))
    sent = known.select_related("appeal__receipt").first()
    if sent is None:
        return None
    if sent.body_hash != body_hash_of(sending.body):
        raise KeyUsedOtherwiseError
    return _answer(sent, sent.appeal.receipt.number, is_new=False)


def take_in_sent(*, sending: Sending, told: Told, contact: ContactDetails, now: datetime) -> Sent:
    """Register what was told; of two tries at once the second waits, and gets the same.

    The answer is given after the commit: what it says is kept.

    Raises:
        KeyUsedOtherwiseError: the key was used before with another body.
    """
    try:
        return _take_in_sent(sending, told, contact, now)
    except IntegrityError:
        known = find_sent(sending)  # the same, sent twice at once
        if known is None:
            raise
        return known


@transaction.atomic(durable=True)
def _take_in_sent(sending: Sending, told: Told, contact: ContactDetails, now: datetime) -> Sent:
    token, body_hash = secrets.token_bytes(TOKEN_BYTES), body_hash_of(sending.body)
    form = Form(
        token=_form_token(token), body_hash=body_hash, recorded_on=RecordedOn.API, actor=None
    )
    taken = take_in(told=told, contact=contact, form=form, now=now)
    sent = SentAppeal(
        client=sending.client,
        appeal=taken.order.appeal,
        key_hash=_key_hash(sending.key),
        body_hash=body_hash,
        token=token,
        sent_at=now,
    )
    sent.save(force_insert=True)
    return _answer(sent, taken.receipt.number, is_new=True)


def _answer(sent: SentAppeal, number: str, *, is_new: bool) -> Sent:
    code = code_of(_form_token(bytes(sent.token)))
    return Sent(sent=sent, number=number, code=code, is_new=is_new)


def _form_token(token: bytes) -> str:
    return f"sent {token.hex()}"


def _key_hash(key: str) -> bytes | None:
    """Without a key each try is an appeal of its own."""
    return sha256(key.encode()).digest() if key else None
