"""Keep, open and find identities; whoever asks for one has the right to, and leaves an audit event."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.db import router, transaction
from django.db.models import Q

from civicloop.apps.vault.models import ID_NUMBER, PHONE, REF_BYTES, Identity
from civicloop.apps.vault.sealing import SealBrokenError, indexes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """What the citizen gave; "" where nothing was given. Shown nowhere by accident."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    preference: str = ""

    def __repr__(self) -> str:
        return "ContactDetails(…)"

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


def keep_identity(details: ContactDetails, *, now: datetime) -> str:
    """Keep who a citizen is; the random number given back is all that leads to it.

    Where the vault is a database of its own this stands in it before the appeal that it belongs to
    does anywhere. If that one fails, nothing leads here, and `remove_orphans` takes it away.
    """
    identity = Identity(ref=secrets.token_hex(REF_BYTES), kept_at=now)
    identity.seal_columns(asdict(details))
    identity.save(force_insert=True)
    return identity.ref


def open_identity(ref: str) -> ContactDetails:
    """What the citizen gave.

    Raises:
        Identity.DoesNotExist: it was removed, or its database is an older one.
        SealBrokenError: the key is missing or the record was tampered with.
    """
    return ContactDetails(**Identity.objects.get(pk=ref).opened())


def open_identities(refs: Sequence[str]) -> dict[str, ContactDetails]:
    """By number what citizens gave, as far as it is there and opens."""
    opened = {}
    for ref, identity in Identity.objects.in_bulk(refs).items():
        with suppress(SealBrokenError):
            opened[ref] = ContactDetails(**identity.opened())
    return opened


def refs_of(*, phone: str = "", id_number: str = "") -> list[str]:
    """The identities with this telephone or identity number, found without opening any."""
    same = Q(phone_index__in=indexes_of(phone, column=PHONE)) | Q(
        id_number_index__in=indexes_of(id_number, column=ID_NUMBER)
    )
    return list(
        Identity.objects.filter(same).order_by("kept_at", "ref").values_list("ref", flat=True)
    )


def refs_kept_before(moment: datetime, *, after: str, most: int) -> list[str]:
    """The next identities in the order of their numbers."""
    kept = Identity.objects.filter(kept_at__lt=moment, ref__gt=after).order_by("ref")
    return list(kept.values_list("ref", flat=True)[:most])


def mask_identity(ref: str) -> None:
    """Leave the first sign of the name and some of the telephone; one that does not open is removed.

    Done once more it changes nothing: where the vault is a database of its own, it comes before the
    appeal is masked, and again if that failed.
    """
    with transaction.atomic(using=router.db_for_write(Identity)):
        identity = Identity.objects.select_for_update().get(pk=ref)
        try:
            was = identity.opened()
        except SealBrokenError:
            identity.delete()
        else:
            _leave_a_hint(identity, was)


def _leave_a_hint(identity: Identity, was: Mapping[str, str]) -> None:
    name, phone = was["name"], was["phone"]
    identity.seal_columns(
        {
            "name": f"{name[:1]}**" if name else "",
            "phone": f"{phone[:3]}****{phone[-2:]}" if phone else "",
        }
    )
    identity.phone_index = ""
    identity.save()


def remove_identities(refs: Iterable[str]) -> int:
    """Forget who they are, for good."""
    count, _by_model = Identity.objects.filter(ref__in=list(refs)).delete()
    return count
