"""Seal what tells who a citizen is, each value for its place ("table.column:record") alone.

Copied into another column or record it does not open.
"""

from civicloop.apps.vault.ciphers import WrongSealError
from civicloop.apps.vault.keys import Key, key_in_use, keys

INDEX_LETTERS = 32


class SealBrokenError(ValueError):
    """What was sealed cannot be opened: the key is not here, or it was not sealed for this place."""


def seal(text: str, *, place: str) -> bytes:
    """Seal a text for one place with the key in use; nothing stays nothing."""
    if not text:
        return b""
    key = keys()[key_in_use()]
    return key.profile.seal(key.of_column(_column_of(place)), text.encode(), place.encode())


class ColumnSealer:
    """Seals many values of one column with the key that is in use when it begins."""

    def __init__(self, column: str) -> None:
        key = keys()[key_in_use()]
        self.key_id = key.key_id
        self._column, self._key, self._seal = column, key.of_column(column), key.profile.seal

    def seal(self, text: str, *, record: object) -> bytes:
        """Seal one value for one record; nothing stays nothing."""
        if not text:
            return b""
        return self._seal(self._key, text.encode(), f"{self._column}:{record}".encode())


def unseal(sealed: bytes | memoryview, *, key_id: str, place: str) -> str:
    """The text again.

    Raises:
        SealBrokenError: the key is missing, or the seal is not of this place.
    """
    sealed = bytes(sealed)
    if not sealed:
        return ""
    key = keys().get(key_id)
    if key is None:
        raise SealBrokenError(f"the key {key_id} is not in the key file")
    try:
        plain = key.profile.unseal(key.of_column(_column_of(place)), sealed, place.encode())
    except WrongSealError:
        raise SealBrokenError(f"not sealed for {place}") from None
    return plain.decode()


def index_of(text: str, *, column: str) -> str:
    """The blind index of a text under the key in use; nothing has none."""
    return _index(keys()[key_in_use()], column, text) if text else ""


def indexes_of(text: str, *, column: str) -> list[str]:
    """Under every key at hand: how values sealed at any time are found."""
    return [_index(key, column, text) for key in keys().values()] if text else []


def _index(key: Key, column: str, text: str) -> str:
    return key.profile.index(key.of_index(column), text.encode()).hex()[:INDEX_LETTERS]


def _column_of(place: str) -> str:
    return place.partition(":")[0]
