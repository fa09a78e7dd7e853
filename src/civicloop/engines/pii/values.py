"""What was found where."""

from bisect import bisect
from dataclasses import dataclass, field
from enum import StrEnum


class PiiKind(StrEnum):
    """What a piece of text tells of a person."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    IDENTITY = "identity"  # number of an identity card or passport
    CARD = "card"  # of a bank
    PLATE = "plate"
    EMAIL = "email"
    MESSENGER = "messenger"  # name or number at WeChat, QQ …
    NAME = "name"
    HOME = "home"  # house number, building and room
    SELF = "self"  # what fits only the writer


_HINT_FIRST, _HINT_LAST = 3, 2
STRUCTURED = frozenset(PiiKind) - {PiiKind.NAME, PiiKind.HOME, PiiKind.SELF}
LABELS = {
    PiiKind.MOBILE: "〖手机号〗",
    PiiKind.LANDLINE: "〖电话号〗",
    PiiKind.IDENTITY: "〖证件号〗",
    PiiKind.CARD: "〖银行卡号〗",
    PiiKind.PLATE: "〖车牌号〗",
    PiiKind.EMAIL: "〖邮箱〗",
    PiiKind.MESSENGER: "〖社交账号〗",
    PiiKind.NAME: "〖姓名〗",
    PiiKind.HOME: "〖门牌〗",
    PiiKind.SELF: "〖自述身份〗",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PiiSpan:
    """A find; ``start`` and ``end`` count characters of the text."""

    kind: PiiKind
    start: int
    end: int

    def hint(self, text: str) -> str:
        """Enough for its writer to find it in the text, too little to use: 138******78."""
        piece = text[self.start : self.end]
        hidden = "*" * max(0, len(piece) - _HINT_FIRST - _HINT_LAST)
        return f"{piece[:_HINT_FIRST]}{hidden}{piece[-_HINT_LAST:]}"


@dataclass(slots=True)
class Taken:
    """The spans found up to now; what overlaps one of them is not taken again."""

    spans: list[PiiSpan] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)

    def take(self, kind: PiiKind, start: int, end: int) -> bool:
        """Take a span unless it is empty or touched by another; whether it was taken."""
        place = bisect(self._starts, start)
        if start >= end or (place and self._ends[place - 1] > start):
            return False
        if place < len(self._starts) and self._starts[place] < end:
            return False
        self._starts.insert(place, start)
        self._ends.insert(place, end)
        self.spans.append(PiiSpan(kind=kind, start=start, end=end))
        return True

    def take_free(self, kind: PiiKind, start: int, end: int) -> None:
        """Take what others have left of a span, piece by piece."""
        first = max(0, bisect(self._starts, start) - 1)
        last = bisect(self._starts, end - 1)
        others = list(zip(self._starts[first:last], self._ends[first:last], strict=True))
        for other_start, other_end in [*others, (end, end)]:
            self.take(kind, start, min(other_start, end))
            start = max(start, other_end)
