"""What is sealed of an appeal, opened; who asks has a look that is open, and leaves an audit event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.models import Appeal, Contact, OriginalRow, SealedWords
from civicloop.apps.vault.identities import ContactDetails

HAS_SEALED = (  # of appeals
    Q(contact__isnull=False) | Q(original_row__isnull=False) | Q(sealed_words__isnull=False)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was sealed of one appeal; None where there is nothing. Shown nowhere by accident."""

    contact: ContactDetails | None
    row: OriginalRow | None  # of the file, with its import
    cells: Sequence[str]  # of the row
    words: Mapping[str, str]  # as they were said, by column; "" where the appeal has them itself

    def __repr__(self) -> str:
        return "Opened(…)"


def is_sealed(appeal: Appeal) -> bool:
    """Whether there is anything to open."""
    return Appeal.objects.filter(HAS_SEALED, pk=appeal.pk).exists()


def open_sealed(appeal_id: int) -> Opened:
    """All that is sealed of an appeal.

    Raises:
        SealBrokenError: the key is missing or a record was tampered with.
    """
    contact = Contact.objects.filter(appeal=appeal_id).first()
    row = OriginalRow.objects.select_related("run").filter(appeal=appeal_id).first()
    cells = row.opened_cells() if row else []
    words = SealedWords.objects.filter(appeal=appeal_id).first()
    return Opened(
        contact=open_contact(contact) if contact else None,
        row=row if cells else None,
        cells=cells,
        words=words.opened() if words else {},
    )
