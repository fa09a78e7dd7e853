"""What staff write about a report, or about what was told in confidence: persons and homes lie sealed.

The column itself keeps the words without them, so that no page, search, file, copy or job can show more;
what was written is opened by a look, like the citizen's own words.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models.base import ModelBase
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Sight
from civicloop.apps.accounts.words import HoldsWords, is_masked_copy, value_at
from civicloop.apps.intake.models.appeals import Appeal
from civicloop.apps.vault.models import Sealed


class SealedNote(Sealed):
    """The words of one record of staff as they were written, by column; only where they say of a person."""

    SEALED = ("words",)

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="sealed_notes")
    about = models.CharField(max_length=80, unique=True)  # "dispatch_review:17"
    words = models.BinaryField(_("words"), default=bytes)  # JSON

    class Meta:
        verbose_name = _("sealed note")
        verbose_name_plural = _("sealed notes")

    def __str__(self) -> str:
        return self.about  # never what is in it

    def place_of(self, column: str) -> str:
        """By what it is about: its own number comes after it is sealed."""
        return f"intake_sealednote.{column}:{self.about}"

    def opened_words(self) -> dict[str, Any]:
        """What was written, by column.

        Raises:
            SealBrokenError: the key is missing or the record was tampered with.
        """
        opened: dict[str, Any] = json.loads(self.opened()["words"])
        return opened

    def seal_words(self, words: Mapping[str, object]) -> None:
        self.seal_columns({"words": json.dumps(words, ensure_ascii=False)})


class HoldsNotes(HoldsWords):
    """A record whose words are of staff, about an appeal."""

    APPEAL: ClassVar[Sequence[str]] = ("order__appeal",)  # the ways from the record to it
    NOT_NOTES: ClassVar[frozenset[str]] = frozenset()  # protected columns that stay as written

    class Meta:
        abstract = True

    @classmethod
    def note_columns(cls) -> list[str]:
        """The columns that are sealed when the appeal is a report."""
        return [column for column in cls.PROTECTED if column not in cls.NOT_NOTES]

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        names = None if update_fields is None else set(update_fields)
        columns = [one for one in self.note_columns() if names is None or one in names]
        report = self.report_about() if columns else None
        with self.as_stored(), transaction.atomic(using=using, savepoint=False):
            was_kept = not self._state.adding
            said = self.put_aside(columns) if report else {}
            super().save(
                force_insert=force_insert,
                force_update=force_update,
                using=using,
                update_fields=names,
            )
            if report and (said or was_kept):
                self.keep_said(report, columns, said)

    def report_about(self) -> Appeal | None:
        """The appeal that this is about, if it is a report or was told in confidence."""
        for path in self.APPEAL:
            found: Any = self
            for name in path.split("__"):
                found = getattr(found, name, None)  # of nothing, nothing
            if found is not None:
                return found if found.is_sensitive else None
        return None

    def put_aside(self, columns: Iterable[str]) -> dict[str, object]:
        """Take persons and homes out of the words; gives by column what was written there."""
        said = {}
        for column in columns:
            written = self.__dict__[column]
            masked = self._without_persons(column, written)
            if masked != written:
                said[column] = written
                self.__dict__[column] = masked
                self.__dict__.get("_hidden", {}).pop(column, None)  # saving would put it back
        return said

    def keep_said(self, report: Appeal, columns: Iterable[str], said: Mapping[str, object]) -> None:
        """Keep what was written, sealed, beside what was sealed before and still stands.

        Masking what is masked may find more in it: that is no new writing.
        """
        about = f"{self._meta.db_table}:{self.pk}"
        kept = SealedNote.objects.filter(about=about).first()
        before = kept.opened_words() if kept else {}
        anew = {
            column: written
            for column, written in said.items()
            if not self._is_copy(column, written, before.get(column))
        }
        gone = {
            column
            for column in columns
            if column in before and not self._is_copy(column, self.__dict__[column], before[column])
        }
        words = {name: one for name, one in before.items() if name not in gone} | anew
        if words == before:
            return
        note = kept or SealedNote(appeal=report, about=about)
        if not words:
            note.delete()
            return
        note.seal_words(words)
        note.save()

    def _is_copy(self, column: str, shown: object, said: object) -> bool:
        return is_masked_copy(shown, said, longest=self._meta.get_field(column).max_length)  # type: ignore[union-attr]

    def _without_persons(self, column: str, written: object) -> object:
        masked = value_at(Sight.MASKED, written)
        longest = self._meta.get_field(column).max_length  # type: ignore[union-attr]
        return masked[:longest] if isinstance(masked, str) and longest else masked


def create_notes(notes: Sequence[HoldsNotes]) -> None:
    """Keep new records of one kind by one statement; those about reports without persons and homes."""
    if not notes:
        return
    model = type(notes[0])
    columns = model.note_columns()
    said = [
        (note, report, note.put_aside(columns)) for note in notes if (report := note.report_about())
    ]
    model._default_manager.bulk_create(notes)  # noqa: SLF001 -- so Django calls it
    for note, report, words in said:
        if words:
            note.keep_said(report, columns, words)
