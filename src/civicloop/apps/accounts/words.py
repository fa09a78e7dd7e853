"""Records that hold citizens' words: they come out of the database as their reader may see them.

The hidden originals stay with the record, so that saving it writes what stood there.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.base import ModelBase

from civicloop.apps.accounts.visibility import (
    OPEN,
    Protected,
    Sight,
    is_read,
    note_seen,
    read_by_nobody,
    sight_now,
)
from civicloop.engines.pii import PiiKind, find_pii, mask_pii

KINDS: Mapping[Sight, frozenset[PiiKind]] = {
    Sight.PLACED: frozenset(PiiKind) - {PiiKind.HOME},
    Sight.MASKED: frozenset(PiiKind),
}
NOTHING = "〖…〗"  # for who may see nothing
HIDDEN = re.compile("〖[^〖〗]*〗")  # what stands where something was hidden


def words_at(sight: Sight, words: str) -> str:
    """A citizen's words at a sight."""
    if sight is Sight.FULL or not words:
        return words
    return NOTHING if sight is Sight.NONE else mask_pii(words, KINDS[sight])


def words_now(words: str, what: Protected = Protected.WORDS) -> str:
    """Words that were not read as a record, as the reader of this moment may see them."""
    sight = sight_now(what)
    if words and sight in OPEN:
        note_seen(what, 0)  # of which record is not known here
    return words_at(sight, words)


def private_spans(words: str) -> list[tuple[int, int]]:
    """Where something stands that is hidden from most; for those who see it all the same."""
    return [(span.start, span.end) for span in find_pii(words)]


def value_at(sight: Sight, value: object) -> object:
    """A value of a column at a sight: its strings, however deep in lists and mappings."""
    if isinstance(value, str):
        return words_at(sight, value)
    if isinstance(value, list):
        return [value_at(sight, one) for one in value]
    if isinstance(value, dict):
        return {key: value_at(sight, one) for key, one in value.items()}
    return value


def is_masked_copy(shown: object, said: object, *, longest: int | None = None) -> bool:
    """Whether something is what was said with some of it hidden, once or again, by these rules or older ones.

    So whoever masks what was masked before knows that nobody wrote it anew. ``longest``: where it was cut off.
    """
    if isinstance(shown, str) and isinstance(said, str):
        return _is_masked_text(shown, said, longest)
    if isinstance(shown, list) and isinstance(said, list):
        return len(shown) == len(said) and all(map(is_masked_copy, shown, said))
    if isinstance(shown, dict) and isinstance(said, dict):
        return shown.keys() == said.keys() and all(
            is_masked_copy(one, said[key]) for key, one in shown.items()
        )
    return shown == said


def _is_masked_text(shown: str, said: str, longest: int | None) -> bool:
    parts = HIDDEN.split(shown)
    is_cut = len(shown) == longest
    if is_cut:
        parts = [*parts[:-1], *parts[-1].split("〖", 1)]
    if len(parts) == 1 or not said:
        return shown == said
    first, *between, last = parts
    if not said.startswith(first):
        return False
    place = len(first)
    for part in between:
        found = said.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return is_cut or (said.endswith(last) and place + len(last) <= len(said))


class HoldsWords(models.Model):
    """A record with columns that may tell who a citizen is."""

    PROTECTED: ClassVar[Mapping[str, Protected]] = {}  # by column

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        with self.as_stored():
            super().save(
                force_insert=force_insert,
                force_update=force_update,
                using=using,
                update_fields=update_fields,
            )

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        **kwargs: Any,  # noqa: ANN401 -- what later versions of Django pass on
    ) -> Self:
        record = super().from_db(db, field_names, values, **kwargs)
        if is_read():  # jobs load a million records
            record.hide_words()
        return record

    def sight_at(self, column: str) -> Sight:
        """How much the reader sees of a column of this record."""
        return sight_now(self.PROTECTED[column])

    def at_sight(self, column: str, sight: Sight) -> object:
        """A column's value at a sight that is not full."""
        return value_at(sight, self.__dict__[column])

    def hide_words(self, at_most: Sight = Sight.FULL) -> None:
        """Hide what the reader may not see; ``at_most`` tells that this record is more secret."""
        hidden: dict[str, tuple[Any, Any]] = self.__dict__.setdefault("_hidden", {})
        is_open = False
        for column in self.PROTECTED:
            if column not in self.__dict__:  # not loaded
                continue
            sight = self.sight_at(column)
            if sight is Sight.PLACED and at_most is Sight.MASKED:
                sight = Sight.MASKED
            if sight in OPEN and self.__dict__[column]:
                is_open = True
            if sight is not Sight.FULL:
                was = self.__dict__[column]
                shown = self.at_sight(column, sight)
                if shown != was:
                    original = hidden[column][1] if column in hidden else was
                    hidden[column] = (shown, original)
                    self.__dict__[column] = shown
        if is_open and self.pk is not None:
            note_seen(self._meta.db_table, self.pk)

    def hides(self, column: str) -> bool:
        """Whether something in a column was hidden from the reader."""
        return column in self.__dict__.get("_hidden", {})

    @contextmanager
    def as_stored(self) -> Iterator[None]:
        """Within this, the record holds the originals of what is hidden and was not changed."""
        shown = self._put_back()
        try:
            yield
        finally:
            self.__dict__.update(shown)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        self._put_back()
        self.__dict__.pop("_hidden", None)
        with read_by_nobody():
            super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        self.hide_words()

    def _put_back(self) -> dict[str, Any]:
        """Put the originals in place of what still stands hidden; give what was shown."""
        hidden: dict[str, tuple[Any, Any]] = self.__dict__.get("_hidden", {})
        shown = {}
        for column, (value, original) in hidden.items():
            if self.__dict__.get(column) == value:
                shown[column] = value
                self.__dict__[column] = original
        return shown
