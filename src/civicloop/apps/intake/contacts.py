"""Who a citizen is, sealed into a record and opened again for those who must reach them."""

from dataclasses import dataclass

from civicloop.apps.intake.models import Appeal, Contact
from civicloop.apps.intake.sealing import key_in_use, seal, unseal


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """What the citizen gave; "" where nothing was given. Shown nowhere by accident."""

    name: str = ""
    phone: str = ""
    address: str = ""
    preference: str = ""

    def __repr__(self) -> str:
        return "ContactDetails(…)"

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.address or self.preference)


def sealed_contact(appeal: Appeal, details: ContactDetails) -> Contact:
    """The record to be kept; each column is sealed for itself and this appeal."""
    return Contact(
        appeal=appeal,
        key_id=key_in_use(),
        name=seal(details.name, place=_place("name", appeal.pk)),
        phone=seal(details.phone, place=_place("phone", appeal.pk)),
        address=seal(details.address, place=_place("address", appeal.pk)),
        preference=seal(details.preference, place=_place("preference", appeal.pk)),
    )


def open_contact(contact: Contact) -> ContactDetails:
    """What was sealed; whoever asks must have the right to, and leaves an audit event.

    Raises:
        SealBrokenError: the key is missing or the record was tampered with.
    """

    def column(name: str, sealed: bytes | memoryview) -> str:
        return unseal(sealed, key_id=contact.key_id, place=_place(name, contact.appeal_id))

    return ContactDetails(
        name=column("name", contact.name),
        phone=column("phone", contact.phone),
        address=column("address", contact.address),
        preference=column("preference", contact.preference),
    )


def _place(column: str, appeal_id: int) -> str:
    return f"intake_contact.{column}:{appeal_id}"
