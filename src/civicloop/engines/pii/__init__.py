"""Find in free text what tells who somebody is, and hide it.

Numbers (telephones, identity documents, bank cards, plates), names of mail and messengers, names of
people after a cue, homes to the room, and what a writer says of himself that fits one person.

Source: GB 11643-1999 (identity number with check character, ISO 7064 MOD 11-2); the numbering plan
of the Chinese telephone network; GA 36-2018 (plates); Luhn check of ISO/IEC 7812-1; own work for the
cues and the spellings met in appeals. Every pattern is bounded, so time grows with length alone.
"""

from collections.abc import Iterable

from civicloop.engines.pii.accounts import find_accounts
from civicloop.engines.pii.homes import find_homes
from civicloop.engines.pii.names import find_names
from civicloop.engines.pii.numbers import find_numbers
from civicloop.engines.pii.plain import plain
from civicloop.engines.pii.selves import find_selves
from civicloop.engines.pii.values import (
    LABELS,
    STRUCTURED,
    PiiKind,
    PiiSpan,
    Taken,
)

__all__ = [
    "LABELS",
    "STRUCTURED",
    "PiiKind",
    "PiiSpan",
    "find_pii",
    "mask",
    "mask_pii",
]


def find_pii(text: str, kinds: Iterable[PiiKind] = PiiKind) -> list[PiiSpan]:
    """What in a text points at one person, in its order; no two spans overlap.

    Args:
        text: any text.
        kinds: which kinds are wanted.
    """
    characters = plain(text)
    taken = Taken()
    find_numbers(characters, taken)
    find_accounts(characters, taken)
    find_selves(characters, taken)
    find_homes(characters, taken)
    find_names(characters, taken)
    wanted = frozenset(kinds)
    return sorted(
        (span for span in taken.spans if span.kind in wanted), key=lambda span: span.start
    )


def mask(text: str, spans: Iterable[PiiSpan]) -> str:
    """The text with a label in place of each span, such as 〖姓名〗.

    Args:
        text: the text in which the spans were found.
        spans: in the order of the text, not overlapping.
    """
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += [text[end : span.start], LABELS[span.kind]]
        end = span.end
    return "".join([*pieces, text[end:]])


def mask_pii(text: str, kinds: Iterable[PiiKind] = PiiKind) -> str:
    """The text with everything hidden that points at one person, or only these kinds."""
    return mask(text, find_pii(text, kinds))
