"""The hash of what a row or a form says: the same content gives the same letters.

It is keyed: of a report the database holds words without numbers, and a hash without a key could be
tried with every number. The key is of this purpose alone and is never renewed, as rows of old files
would not be known again.
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from django.conf import settings

from civicloop.connectors.kept_secret import secret_changed_at
from civicloop.values.content_digest import content_digest

MARK = "k"  # no hexadecimal digit: tells from hashes that were made without a key
LETTERS = 32  # with the mark
FINGERPRINT_LETTERS = 24


class ContentHasher:
    """Hashes under the installation's key, which is read once."""

    def __init__(self) -> None:
        file = Path(settings.CONTENT_KEY_FILE)
        self._key = _key(file, secret_changed_at(file))

    def hash_of(self, parts: Iterable[str]) -> str:
        """The hash of a content, part by part."""
        return self.keyed(content_digest(parts))

    def keyed(self, digest: str) -> str:
        """The hash of a content of this digest."""
        return self._of(digest, b"content")

    def keyed_fingerprint(self, digest: str) -> str:
        """What stands in place of a number where a row has none; it does not tell the hash."""
        plain = digest[:FINGERPRINT_LETTERS]
        return self._of(plain, b"fingerprint")[:FINGERPRINT_LETTERS]

    def _of(self, plain: str, purpose: bytes) -> str:
        letters = blake2b(plain.encode(), key=self._key, person=purpose, digest_size=16).hexdigest()
        return (MARK + letters)[:LETTERS]


@lru_cache(maxsize=4)
def _key(file: Path, _changed_at: int) -> bytes:
    return blake2b(file.read_bytes().strip(), digest_size=32, person=b"content key").digest()
