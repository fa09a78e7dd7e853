"""The keys of the vault: in a file of the data folder, never in the database.

Each line of the file is a secret; the newest stands first and seals, the lines below still open what
they sealed. From a secret comes a key for each column, so a value cannot be read or moved with the
key of another column.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from secrets import token_urlsafe

from django.conf import settings

from civicloop.apps.vault.ciphers import PROFILES, Profile
from civicloop.connectors.backups.folder import sync
from civicloop.connectors.kept_secret import SECRET_BYTES, kept_secret, secret_changed_at

KEY_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of the file under one profile of ciphers."""

    key_id: str
    profile: Profile
    secret: bytes
    is_of_one_column: bool = True  # false: of the first version, one key for every column

    def of_column(self, column: str) -> bytes:
        """The key that seals a column ("table.column")."""
        return _of_column(self, column)

    def of_index(self, column: str) -> bytes:
        """The key of a column's blind index; it opens nothing."""
        return _of_index(self, column)


class KeysMissingError(RuntimeError):
    """The file is not there, and something is sealed already: a new key would seal what is lost later."""


def keys() -> Mapping[str, Key]:
    """By id the keys at hand, the one in use first; the first is made, unless something is sealed already."""
    file = Path(settings.CONTACT_KEY_FILE)
    if not file.exists() and _is_anything_sealed():
        return {}
    return _read(file, secret_changed_at(file), settings.VAULT_CIPHERS)


def key_in_use() -> str:
    """The id of the key that seals; kept beside what it sealed.

    Raises:
        KeysMissingError: none is at hand, and none is made.
    """
    for key_id in keys():
        return key_id
    raise KeysMissingError(f"{settings.CONTACT_KEY_FILE} is missing: bring it back")


def begin_anew() -> None:
    """Make a file of keys though something is sealed already: what opened that is lost for good."""
    kept_secret(Path(settings.CONTACT_KEY_FILE))


def add_key() -> str:
    """Put a new secret before the others; the file is replaced whole, so none is ever lost.

    The id of the key that seals from now on is given back.
    """
    key_in_use()
    _write([token_urlsafe(SECRET_BYTES), *_lines()])
    return key_in_use()


def drop_old_keys() -> int:
    """Take all secrets but the newest out of the file; gives how many went.

    Whoever calls has seen that nothing is sealed with them. Backups made before need them still.
    """
    key_in_use()
    newest, *old = _lines()
    _write([newest])
    return len(old)


def _lines() -> list[str]:
    return Path(settings.CONTACT_KEY_FILE).read_text().split()


def _is_anything_sealed() -> bool:
    from civicloop.apps.vault.foreign_keys import is_anything_sealed  # its models seal with these

    return is_anything_sealed()


def _write(lines: list[str]) -> None:
    file = Path(settings.CONTACT_KEY_FILE)
    making = file.with_suffix(".new")
    making.unlink(missing_ok=True)
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as opened:
        opened.write("\n".join(lines) + "\n")
    sync(making)
    making.replace(file)
    sync(file.parent)


@lru_cache(maxsize=4)
def _read(file: Path, _changed_at: int, chosen: str) -> dict[str, Key]:
    secrets = [line.encode() for line in file.read_text().split()]
    first, *others = [chosen, *(name for name in PROFILES if name != chosen)]
    found = [*_of_profile(secrets, first)]
    for name in others:
        found += _of_profile(secrets, name)
    found += map(_of_first_version, secrets)
    return {key.key_id: key for key in found}


def _of_profile(secrets: list[bytes], name: str) -> Iterator[Key]:
    profile = PROFILES[name]
    for secret in secrets:
        key_id = profile.derive(secret, f"civicloop vault key id {name}", KEY_ID_BYTES).hex()
        yield Key(key_id, profile, secret)


def _of_first_version(secret: bytes) -> Key:
    profile = PROFILES["aes"]
    key_id = profile.derive(secret, "civicloop contact key id", KEY_ID_BYTES).hex()
    return Key(key_id, profile, secret, is_of_one_column=False)


@lru_cache(maxsize=256)
def _of_column(key: Key, column: str) -> bytes:
    purpose = f"civicloop vault {column}" if key.is_of_one_column else "civicloop contact key"
    return key.profile.derive(key.secret, purpose)


@lru_cache(maxsize=64)
def _of_index(key: Key, column: str) -> bytes:
    return key.profile.derive(key.secret, f"civicloop vault index {column}")
