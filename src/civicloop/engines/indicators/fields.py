"""Take fields out of a definition, one by one; what is left at the end is unknown."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from civicloop.engines.indicators.expressions import Expression
from civicloop.engines.indicators.faults import DefinitionError, ExpressionError, Fault
from civicloop.engines.indicators.parsing import parse

Word = TypeVar("Word", bound=StrEnum)
LONGEST_TEXT = 500
MOST_ENTRIES = 200
LANGUAGES = ("zh", "en")


class Fields:
    """The fields of one table of a definition."""

    def __init__(self, code: str, content: Mapping[str, object], within: str = "") -> None:
        self._code, self._left, self._within = code, dict(content), within
        self._asked: list[str] = []

    def take(self, name: str) -> object:
        """Return a field and cross it off; None where there is none."""
        self._asked.append(name)
        return self._left.pop(name, None)

    def finish(self) -> None:
        """Refuse fields that nobody asked for.

        Raises:
            DefinitionError: there is one.
        """
        for name in self._left:
            raise self.error(Fault.UNKNOWN_FIELD, str(name), known=", ".join(sorted(self._asked)))

    def error(self, fault: Fault, field: str, **params: str | int) -> DefinitionError:
        """Return the error of a field."""
        inside = f"{self._within}.{field}" if self._within else field
        return DefinitionError(fault, code=self._code, field=inside, **params)

    def text(self, name: str, *, default: str | None = None) -> str:
        """Return a text; without default it must be there.

        Raises:
            DefinitionError: it is missing, empty, no text or too long.
        """
        value = self.take(name)
        if value is None and default is not None:
            return default
        if value is None or value == "":
            raise self.error(Fault.MISSING, name)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise self._wrong(name, value, f"a text of at most {LONGEST_TEXT} characters")
        return value

    def words(self, name: str) -> Mapping[str, str]:
        """Return a text by language; one text alone is that of every language.

        Raises:
            DefinitionError: it is missing, or a language of it is.
        """
        if not isinstance(self._left.get(name), Mapping):
            return dict.fromkeys(LANGUAGES, self.text(name))
        return self.by_language(name)

    def several_words(self, name: str) -> tuple[Mapping[str, str], ...]:
        """Return a list of texts, each by language or alone; empty where nothing is said.

        Raises:
            DefinitionError: it is no such list.
        """
        listed = self._left.get(name)
        if not isinstance(listed, list) or not any(isinstance(each, Mapping) for each in listed):
            return tuple(dict.fromkeys(LANGUAGES, each) for each in self.texts(name))
        tables = self.tables(name)
        found = []
        for each in tables:
            found.append({language: each.text(language) for language in LANGUAGES})
            each.finish()
        return tuple(found)

    def by_language(self, name: str) -> Mapping[str, str]:
        """Return a text in every language.

        Raises:
            DefinitionError: it is missing, or a language of it is.
        """
        table = self.table(name)
        if table is None:
            raise self.error(Fault.MISSING, name)
        found = {language: table.text(language) for language in LANGUAGES}
        table.finish()
        return found

    def word(self, name: str, words: type[Word], default: Word | None = None) -> Word:
        """Return one of some words.

        Raises:
            DefinitionError: it is missing, or another word.
        """
        value = self.take(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise self.error(Fault.MISSING, name)
        if not isinstance(value, str) or value not in set(words):
            raise self._wrong(name, value, ", ".join(words))
        return words(value)

    def whole(self, name: str, *, default: int | None, most: int = 10**6) -> int | None:
        """Return a whole number from 0.

        Raises:
            DefinitionError: it is none.
        """
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self._wrong(name, value, f"0 … {most}")
        return value

    def number(self, name: str) -> Decimal | None:
        """Return an exact number; a TOML float counts as it is written.

        Raises:
            DefinitionError: it is none.
        """
        value = self.take(name)
        if value is None:
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
                raise InvalidOperation
            number = Decimal(value)
        except InvalidOperation:
            raise self._wrong(name, value, "85, 85.5, -3") from None
        if not number.is_finite() or len(number.as_tuple().digits) > 15 or abs(number) > 10**15:
            raise self._wrong(name, value, "85, 85.5, -3")
        return number

    def flag(self, name: str) -> bool:
        """Return true or false; false where nothing is said.

        Raises:
            DefinitionError: it is neither.
        """
        value = self.take(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, value, "true, false")
        return value is True

    def day(self, name: str) -> date | None:
        """Return a day; None where nothing is said.

        Raises:
            DefinitionError: it is none.
        """
        value = self.take(name)
        if value is None:
            return None
        if type(value) is not date:
            raise self._wrong(name, value, "2026-06-30")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty where nothing is said.

        Raises:
            DefinitionError: it is no list of texts.
        """
        value = self.take(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self._wrong(name, value, '["…", "…"]')
        if len(value) > MOST_ENTRIES:
            raise self.error(Fault.TOO_MANY, name, most=MOST_ENTRIES)
        return tuple(str(each)[:LONGEST_TEXT] for each in value)

    def lists(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Return a list of lists of texts, empty where nothing is said.

        Raises:
            DefinitionError: it is no such list, or one of them is empty.
        """
        value = self.take(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(map(_is_list_of_texts, value)):
            raise self._wrong(name, value, '[["…", "…"], …]')
        if len(value) > MOST_ENTRIES or any(len(each) > MOST_ENTRIES for each in value):
            raise self.error(Fault.TOO_MANY, name, most=MOST_ENTRIES)
        return tuple(tuple(text[:LONGEST_TEXT] for text in each) for each in value)

    def tables(self, name: str) -> "list[Fields]":
        """Return a list of tables, empty where nothing is said.

        Raises:
            DefinitionError: it is no list of tables.
        """
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            raise self._wrong(name, value, f"[[…{name}]]")
        if len(value) > MOST_ENTRIES:
            raise self.error(Fault.TOO_MANY, name, most=MOST_ENTRIES)
        return [Fields(self._code, each, within=name) for each in value]

    def table(self, name: str) -> "Fields | None":
        """Return a table within the table.

        Raises:
            DefinitionError: it is no table, or one of absurd size.
        """
        value = self.take(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self._wrong(name, value, "{ … }")
        if len(value) > MOST_ENTRIES:
            raise self.error(Fault.TOO_MANY, name, most=MOST_ENTRIES)
        within = f"{self._within}.{name}" if self._within else name
        return Fields(self._code, {str(key): each for key, each in value.items()}, within=within)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that nobody has taken yet."""
        return tuple(self._left)

    def expression(self, name: str, *, is_needed: bool = True) -> Expression | None:
        """Return an expression, read but not yet checked against a table.

        Raises:
            DefinitionError: it is missing, or no expression.
        """
        value = self.take(name)
        if value is None and not is_needed:
            return None
        if value is None:
            raise self.error(Fault.MISSING, name)
        if not isinstance(value, str):
            raise self._wrong(name, value, '"aqi <= 100"')
        try:
            return parse(value)
        except ExpressionError as error:
            raise self.error(error.fault, name, **error.params) from None

    def _wrong(self, name: str, value: object, known: str) -> DefinitionError:
        word = value if isinstance(value, str) else type(value).__name__
        if isinstance(value, int) and abs(value) < 10**12:
            word = str(value)
        return self.error(Fault.WRONG_VALUE, name, word=word[:40], known=known)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
