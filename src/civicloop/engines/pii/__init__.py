"""Find in free text what tells who somebody is, and hide it.

Numbers (telephones, identity documents, bank cards, plates), names of mail and messengers, names of
people after a cue, homes to the room, and what a writer says of himself that fits one person.

Source: GB 11643-1999 (identity number with check character, ISO 7064 MOD 11-2); the numbering plan
of the Chinese telephone network; GA 36-2018 (plates); Luhn check of ISO/IEC 7812-1; own work for the
cues and the spellings met in appeals. Every pattern is bounded, so time grows with length alone.
"""

import re
from bisect import bisect
from collections.abc import Iterable, Sequence

from civicloop.engines.pii.accounts import find_accounts
from civicloop.engines.pii.homes import find_homes
from civicloop.engines.pii.names import find_names, is_no_name
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
    "is_no_name",
    "mask",
    "mask_pii",
]

MOST_LOOKS = 8  # nothing met needs more than three
_A_LABEL = re.compile("|".join(map(re.escape, LABELS.values())))


def find_pii(text: str, kinds: Iterable[PiiKind] = PiiKind) -> list[PiiSpan]:
    """What in a text points at one person, in its order; no two spans overlap.

    What stands beside a find may be seen only once that is hidden: the text is looked through again
    without it, so that masking what was masked finds nothing more.

    Args:
        text: any text; labels of an earlier masking are no part of any find but of one around them.
        kinds: which kinds are wanted.
    """
    wanted = frozenset(kinds)
    spans = _look(text, wanted)
    for _time in range(MOST_LOOKS if spans else 0):
        more = _look(mask(text, spans), wanted)
        if not more:
            break
        spans = _joined(spans, more)
    return spans


def _look(text: str, wanted: frozenset[PiiKind]) -> list[PiiSpan]:
    """Look through a text once."""
    characters = plain(text, blotted=_A_LABEL)
    taken = Taken()
    find_numbers(characters, taken)
    find_accounts(characters, taken)
    find_selves(characters, taken)
    find_homes(characters, taken)
    find_names(characters, taken)
    return sorted((span for span in taken.spans if span.kind in wanted), key=_start)


def _joined(spans: Sequence[PiiSpan], more: Iterable[PiiSpan]) -> list[PiiSpan]:
    """The spans with those that were found where they are hidden by labels; one around others is all of them."""
    shifts, ends = [0], [0]  # from there on in the masked text, how far behind the own text it is
    for span in spans:
        length = len(LABELS[span.kind])
        ends.append(span.start - shifts[-1] + length)
        shifts.append(shifts[-1] + span.end - span.start - length)
    found = []
    for one in more:
        start, end = (place + shifts[bisect(ends, place) - 1] for place in (one.start, one.end))
        found.append(PiiSpan(kind=one.kind, start=start, end=end))
    starts = [one.start for one in found]
    left = []
    for span in spans:
        place = bisect(starts, span.start) - 1
        if place < 0 or found[place].end < span.end:
            left.append(span)
    return sorted([*left, *found], key=_start)


def _start(span: PiiSpan) -> int:
    return span.start


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
