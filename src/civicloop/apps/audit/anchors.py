"""Notes of where the chains end, to be kept where nobody of the database can reach them.

One line of JSON each, sealed with the audit's key: it may stand in a file, in a letter or on paper.
"""

import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from civicloop.apps.audit.keys import audit_keys
from civicloop.apps.audit.models import AuditChain
from civicloop.engines.audit import Json, canonical

PRINTED = "AUDIT"
PRINTED_LETTERS = 12  # of a code: nobody without the key finds another event with the same ones
PRINTED_TIME = "%Y%m%dT%H%M%SZ"


class ForgedAnchorError(ValueError):
    """A line of an anchor file is none that this installation wrote."""


class NoMailServerError(RuntimeError):
    """The installation has no way to send e-mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where every chain ended at one moment."""

    at: datetime
    ends: dict[
        int, tuple[int, bytes]
    ]  # by chain the place and the code of its last event, or how it begins

    @property
    def event_count(self) -> int:
        return sum(position for position, _mac in self.ends.values())


def anchor_now(*, now: datetime) -> Anchor:
    """Where the chains end at this moment."""
    chains = AuditChain.objects.filter(position__gt=0).order_by("number")
    return Anchor(at=now, ends={one.number: (one.position, bytes(one.mac)) for one in chains})


def anchor_line(anchor: Anchor) -> str:
    """The anchor in one line, sealed."""
    key_id, key = next(iter(audit_keys().items()))
    told: dict[str, Json] = {
        "at": anchor.at.astimezone(UTC).isoformat(),
        "key": key_id,
        "ends": {str(chain): [place, mac.hex()] for chain, (place, mac) in anchor.ends.items()},
    }
    seal = hmac.digest(key, b"anchor" + canonical(told), "sha256").hex()
    return json.dumps({**told, "seal": seal}, separators=(",", ":"))


def printed_anchor(anchor: Anchor) -> str:
    """The anchor as short as it can be typed in from paper: the first letters of each code, and a seal."""
    ends = [
        f"{chain}:{place}:{mac.hex()[:PRINTED_LETTERS]}"
        for chain, (place, mac) in sorted(anchor.ends.items())
    ]
    told = " ".join([PRINTED, f"{anchor.at.astimezone(UTC):{PRINTED_TIME}}", *ends])
    return f"{told} {_printed_seal(told, next(iter(audit_keys().values())))}"


def _printed_seal(told: str, key: bytes) -> str:
    return hmac.digest(key, b"printed anchor" + told.encode(), "sha256").hex()[:PRINTED_LETTERS]


def _read_printed(line: str) -> Anchor:
    told, _space, seal = " ".join(line.split()).rpartition(" ")
    seals = [_printed_seal(told, key) for key in audit_keys().values()]
    if not any(hmac.compare_digest(seal.encode(), one.encode()) for one in seals):
        raise ForgedAnchorError(line)
    _name, at, *ends = told.split(" ")
    parts = [end.split(":") for end in ends]
    return Anchor(
        at=datetime.strptime(at, PRINTED_TIME).replace(tzinfo=UTC),
        ends={int(chain): (int(place), bytes.fromhex(mac)) for chain, place, mac in parts},
    )


def read_anchor(line: str) -> Anchor:
    """An anchor from its line, or from the short one that was printed.

    Raises:
        ForgedAnchorError: the line was changed, or the key that sealed it is not at hand.
    """
    if line.startswith(PRINTED):
        return _read_printed(line)
    try:
        told = json.loads(line)
        seal = bytes.fromhex(told.pop("seal"))
        key = audit_keys()[told["key"]]
        ends = {
            int(chain): (int(place), bytes.fromhex(mac))
            for chain, (place, mac) in told["ends"].items()
        }
        at = datetime.fromisoformat(told["at"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ForgedAnchorError(line) from error
    if not hmac.compare_digest(seal, hmac.digest(key, b"anchor" + canonical(told), "sha256")):
        raise ForgedAnchorError(line)
    return Anchor(at=at, ends=ends)


def read_anchors(file: Path) -> Iterator[Anchor]:
    """The anchors of a file, one in a line; lines of a letter around them are passed over."""
    for line in file.read_text().splitlines():
        if line.strip().startswith(("{", PRINTED)):
            yield read_anchor(line.strip())


def append_anchor(anchor: Anchor, file: Path) -> None:
    """Add the anchor to a file, and see it on the disk."""
    with file.open("a") as opened:
        opened.write(anchor_line(anchor) + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def send_anchor(anchor: Anchor, address: str) -> None:
    """Send the anchor as a letter.

    Raises:
        NoMailServerError: no mail server is set.
    """
    if not settings.EMAIL_HOST:
        raise NoMailServerError
    subject = _("Anchor of the audit, %(count)s events") % {"count": anchor.event_count}
    send_mail(subject, anchor_line(anchor) + "\n", None, [address])
