"""Digests of definitions and of what figures were made from.

What is hashed is the meaning, never a compiled statement: two engines write different ones for it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

_SHOWN = 12  # characters that tell digests apart for people


def canonical(content: object) -> str:
    """Write a value as JSON in one way only: keys in order, numbers as they were written.

    Raises:
        TypeError: it holds something that has no one way.
    """
    return json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(content: object) -> str:
    """Return the SHA-256 of a value, 64 hex digits."""
    return sha256(canonical(content).encode()).hexdigest()


def digest_of_inputs(digests: Iterable[str]) -> str:
    """Return one digest of many, in whatever order they come."""
    return sha256("\n".join(sorted(set(digests))).encode()).hexdigest()


def shown(digest: str) -> str:
    """Return the beginning of a digest, for people."""
    return digest[:_SHOWN]


def _plain(content: object) -> object:
    if isinstance(content, Mapping):
        return {str(key): _plain(each) for key, each in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(each) for each in content]
    if isinstance(content, Decimal):
        return f"{content.normalize():f}"
    if isinstance(content, datetime | date):
        return content.isoformat()
    if content is None or isinstance(content, str | int | bool):
        return content
    raise TypeError(f"{type(content).__name__} cannot be hashed")
