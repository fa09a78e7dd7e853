"""Which identity of the vault belongs to which appeal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from civicloop.apps.intake.models import Appeal, Contact
from civicloop.apps.vault.identities import (
    ContactDetails,
    keep_identity,
    mask_identity,
    open_identity,
    refs_kept_before,
    refs_of,
    remove_identities,
)

SURELY_ENDED = timedelta(days=1)  # longer than any transaction
BATCH = 1_000


def keep_contact(*, appeal: Appeal, details: ContactDetails, now: datetime) -> Contact:
    """Put what the citizen gave into the vault, and note that there is something."""
    return Contact.objects.create(appeal=appeal, ref=keep_identity(details, now=now))


def open_contact(contact: Contact) -> ContactDetails:
    """What the citizen gave; whoever asks must have the right to, and leaves an audit event.

    Raises:
        Identity.DoesNotExist: it was removed.
        SealBrokenError: the key is missing or the record was tampered with.
    """
    return open_identity(contact.ref)


def others_of(contact: Contact, details: ContactDetails) -> list[Appeal]:
    """Other appeals with the same telephone or identity number, the newest first."""
    refs = refs_of(phone=details.phone, id_number=details.id_number)
    found = Appeal.objects.filter(contact__ref__in=refs).exclude(pk=contact.appeal_id)
    return list(found.order_by("-received_at", "-id"))


def mask_contacts(appeal_ids: Sequence[int]) -> None:
    """Leave a hint of who these citizens are."""
    for ref in Contact.objects.filter(appeal__in=appeal_ids).values_list("ref", flat=True):
        mask_identity(ref)


def forget_contacts(appeal_ids: Sequence[int]) -> None:
    """Leave nothing of who these citizens are."""
    contacts = Contact.objects.filter(appeal__in=appeal_ids)
    remove_identities(contacts.values_list("ref", flat=True))
    contacts.delete()


def remove_orphans(*, now: datetime) -> int:
    """Remove identities whose appeal was never kept: the vault may be a database of its own."""
    removed, after = 0, ""
    while refs := refs_kept_before(now - SURELY_ENDED, after=after, most=BATCH):
        known = set(Contact.objects.filter(ref__in=refs).values_list("ref", flat=True))
        removed += remove_identities(set(refs) - known)
        after = refs[-1]
    return removed
