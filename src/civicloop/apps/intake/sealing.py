"""Seal what tells who a citizen is: AES-256-GCM under a key of this installation.

The key comes by HKDF from a file beside the installation's secret, never from the database. A seal
holds for its place alone: copied into another column or record it does not open. The newest key
stands in the file's first line and seals; the lines below still open what they sealed.
"""

import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from civicloop.connectors.kept_secret import kept_secret

KEY_BYTES = 32
KEY_ID_BYTES = 8
NONCE_BYTES = 12


class SealBrokenError(ValueError):
    """What was sealed cannot be opened: the key is not here, or it was not sealed for this place."""


def key_in_use() -> str:
    """The id of the key that seals; kept beside what it sealed."""
    return next(iter(_keys()))


def seal(text: str, *, place: str) -> bytes:
    """Seal a text for one place ("column:record") with the key in use; nothing stays nothing."""
    if not text:
        return b""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_keys()[key_in_use()]).encrypt(nonce, text.encode(), place.encode())


def unseal(sealed: bytes | memoryview, *, key_id: str, place: str) -> str:
    """The text again.

    Raises:
        SealBrokenError: the key is missing, or the seal is not of this place.
    """
    sealed = bytes(sealed)
    if not sealed:
        return ""
    key = _keys().get(key_id)
    if key is None:
        raise SealBrokenError(f"the key {key_id} is not in the key file")
    try:
        text = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except InvalidTag:
        raise SealBrokenError(f"not sealed for {place}") from None
    return text.decode()


def _keys() -> dict[str, bytes]:
    file = Path(settings.CONTACT_KEY_FILE)
    kept_secret(file)
    return _derived(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _derived(file: Path, _changed_at: int) -> dict[str, bytes]:
    """By id the keys of the file, the newest first."""
    secrets = [line.encode() for line in file.read_text().split()]
    return {
        _derive(secret, b"civicloop contact key id", KEY_ID_BYTES).hex(): _derive(
            secret, b"civicloop contact key", KEY_BYTES
        )
        for secret in secrets
    }


def _derive(secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(secret)
