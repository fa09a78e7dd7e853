"""The digest of a content: the same parts give the same letters, wherever they are put together."""

from collections.abc import Iterable
from hashlib import blake2b


def content_digest(parts: Iterable[str]) -> str:
    """32 hexadecimal letters (BLAKE2b of 16 bytes, RFC 7693) of parts that hold no U+001F."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
