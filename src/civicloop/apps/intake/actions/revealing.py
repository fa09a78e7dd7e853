"""Let a member of the hotline see how to reach a citizen: for a reason, and never unnoticed."""

from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.models import Appeal, Contact
from civicloop.apps.vault.identities import ContactDetails

REVEALED = "contact_revealed"


@transaction.atomic
def reveal_contact(*, appeal: Appeal, reason: str, actor: User, now: datetime) -> ContactDetails:
    """What the citizen gave; the reason stays in the audit trail, the citizen sees that it was done.

    Raises:
        Contact.DoesNotExist: the citizen gave nothing.
        SealBrokenError: the key is missing or the record was tampered with.
    """
    details = open_contact(Contact.objects.get(appeal=appeal))
    record_event(
        action=REVEALED,
        object_type="appeal",
        object_id=appeal.pk,
        actor=actor,
        now=now,
        details={"reason": reason},
    )
    return details


def revealed_at(appeal: Appeal) -> list[datetime]:
    """When somebody looked, oldest first."""
    looks = AuditEvent.objects.filter(
        action=REVEALED, object_type="appeal", object_id=str(appeal.pk)
    )
    return list(looks.order_by("id").values_list("at", flat=True))
