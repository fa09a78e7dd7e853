"""Link records so that nobody without the key can change what was written, and show where somebody did.

Source: chained message authentication codes after Schneier and Kelsey (1999), "Secure audit logs to
support computer forensics", ACM TISSEC 2(2); HMAC-SHA256 of RFC 2104 and FIPS 180-4. Own: finding
the true order again after a break, so that a report names the rows and not all that follow them.
"""

import hmac
import json
from collections.abc import Mapping, Sequence

GENESIS = bytes(32)  # what the first record of a chain follows

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


def canonical(content: Mapping[str, Json]) -> bytes:
    """One spelling for what means the same, however a database gives it back.

    Keys are sorted, and a whole number is written as one: PostgreSQL hands 1e16 back as an integer.

    Raises:
        ValueError: a number is not finite.
    """
    plain = _plain(content)
    words = json.dumps(
        plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return words.encode()


def mac_of(content: bytes, *, after: bytes, key: bytes) -> bytes:
    """The code of a record that follows the record with the code ``after``, 32 bytes."""
    return hmac.digest(key, after + content, "sha256")


def commitment_to(text: str, *, purpose: str, key: bytes) -> str:
    """Sixteen letters that are always the same for a text, and tell nobody without the key what it is."""
    return hmac.digest(key, f"{purpose}\x1f{text}".encode(), "sha256").hex()[:16]


def _plain(value: Json) -> Json:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
