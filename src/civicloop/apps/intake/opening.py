"""What is sealed of an appeal, opened; who asks has a look that is open, and leaves an audit event."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.models import Appeal, Contact, OriginalRow, SealedNote, SealedWords
from civicloop.apps.vault.identities import ContactDetails

HAS_SEALED = (  # of appeals
    Q(contact__isnull=False)
    | Q(original_row__isnull=False)
    | Q(sealed_words__isnull=False)
    | Q(Exists(SealedNote.objects.filter(appeal=OuterRef("pk"))))  # there may be many
)


class Note(NamedTuple):
    """What somebody of the staff wrote, and where: both in the words of the page."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was sealed of one appeal; None where there is nothing. Shown nowhere by accident."""

    contact: ContactDetails | None
    row: OriginalRow | None  # of the file, with its import
    cells: Sequence[str]  # of the row
    words: Mapping[str, str]  # as they were said, by column; "" where the appeal has them itself
    notes: Sequence[Note]  # of staff, oldest first

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
        notes=[
            note
            for sealed in SealedNote.objects.filter(appeal=appeal_id).order_by("pk")
            for note in _notes(sealed)
        ],
    )


def _notes(sealed: SealedNote) -> Iterator[Note]:
    kinds = {model._meta.db_table: model for model in apps.get_models()}  # noqa: SLF001
    model = kinds[sealed.about.partition(":")[0]]
    for column, written in sealed.opened_words().items():
        field = model._meta.get_field(column)  # noqa: SLF001 -- so Django calls it
        words = written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
        yield Note(kind=f"{model._meta.verbose_name}: {field.verbose_name}", words=words)  # type: ignore[union-attr]  # noqa: SLF001
