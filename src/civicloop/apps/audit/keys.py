"""The key of the audit: in a file of the data folder, never in the database.

The newest stands in the first line and links; the lines below still check what they linked.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from civicloop.connectors.kept_secret import secret_changed_at
from civicloop.engines.audit import commitment_to

KEY_ID_LETTERS = 16


def audit_keys() -> dict[str, bytes]:
    """By id the keys at hand, the one in use first."""
    file = Path(settings.AUDIT_KEY_FILE)
    return _keys(file, secret_changed_at(file))


@lru_cache(maxsize=4)
def _keys(file: Path, _changed_at: int) -> dict[str, bytes]:
    lines = [line.encode() for line in file.read_text().split()]
    return {_id_of(line): sha256(b"civicloop audit key\x1f" + line).digest() for line in lines}


def _id_of(line: bytes) -> str:
    return sha256(b"civicloop audit key id\x1f" + line).hexdigest()[:KEY_ID_LETTERS]


def commitment(text: str, *, purpose: str) -> str:
    """What the audit holds instead of what tells who somebody is: the same for the same text."""
    key = next(iter(audit_keys().values()))
    return commitment_to(text, purpose=purpose, key=key)
