"""Hide periods whose figures give a small count away by subtraction: a year to date less the one before.

Shown periods join the boundaries of months at which they begin and end: between any two boundaries
that are joined, however far around, the count is known to whoever adds and subtracts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is counted in some months of one year."""

    first: int  # month, 1 to 12
    last: int
    amount: int  # adds up over months
    per_months: bool = False  # cases are the amount over the number of months, rounded down


def hidden_spans(spans: Sequence[Span], smallest: int) -> frozenset[int]:
    """Return the positions of the spans that are not shown.

    Spans are shown one after the other, those that end first first, of these the longest: what was
    shown in March stays when April comes. A span is hidden if with it the count of any months from 1
    to `smallest` - 1 could be found.

    Args:
        spans: one area and year.
        smallest: the smallest count that may be shown (k); 0 or 1 hide nothing.
    """
    if smallest < 2 or not spans:
        return frozenset()
    per_months = spans[0].per_months
    order = sorted(range(len(spans)), key=lambda at: (spans[at].last, spans[at].first, at))
    groups = [_Group(sums={boundary: 0}) for boundary in range(13)]
    hidden = set()
    for at in order:
        span = spans[at]
        one, other = groups[span.first - 1], groups[span.last]
        if one is other:
            continue  # it tells nothing that is not known
        joined = one.joined_to(other, span)
        if joined.tells_of_few(smallest, per_months=per_months):
            hidden.add(at)
            continue
        for boundary in joined.sums:
            groups[boundary] = joined
    small = {at for at in order if is_few(spans[at].amount, spans[at], smallest)}
    return frozenset(hidden | small)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Boundaries that are joined, each with the count from a common start."""

    sums: dict[int, int]

    def joined_to(self, other: "_Group", span: Span) -> "_Group":
        step = self.sums[span.first - 1] + span.amount - other.sums[span.last]
        return _Group(sums=self.sums | {at: each + step for at, each in other.sums.items()})

    def tells_of_few(self, smallest: int, *, per_months: bool) -> bool:
        """Whether the count between two neighbours is small: those of others are sums of these."""
        return any(
            is_few(
                self.sums[after] - self.sums[before],
                Span(first=before + 1, last=after, amount=0, per_months=per_months),
                smallest,
            )
            for before, after in pairwise(sorted(self.sums))
        )


def is_few(amount: int, span: Span, smallest: int) -> bool:
    """Whether the count of some months is from 1 to `smallest` - 1."""
    months = span.last - span.first + 1 if span.per_months else 1
    return 0 < amount // months < smallest
