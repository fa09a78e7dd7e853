"""Score what was found of personal details against judged spans, kind by kind.

A detail counts as found if every sign of it is hidden, by whichever kind; a find counts as right if
it touches a judged detail of its kind. What is hidden beside the details is measured, too.

Source: own work; spans as in the i2b2 de-identification tasks (Uzuner et al. 2007), where a detail
that is half hidden counts as missed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[str, int, int]  # kind, start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalScore:
    """The figures of one kind.

    Attributes:
        judged: details in the texts.
        hidden: how many of them were hidden whole.
        found: finds of this kind.
        right: how many of them touch a detail of this kind.
    """

    judged: int
    hidden: int
    found: int
    right: int

    @property
    def recall(self) -> float | None:
        """The share of the details that are hidden whole; None where there are none."""
        return self.hidden / self.judged if self.judged else None

    @property
    def precision(self) -> float | None:
        """The share of the finds that are right; None where there are none."""
        return self.right / self.found if self.found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalScores:
    """All figures; ``hidden_beside`` is the share of harmless signs that were hidden."""

    by_kind: dict[str, PersonalScore]
    hidden_beside: float

    def of(self, kinds: Iterable[str]) -> PersonalScore:
        """The figures of several kinds together."""
        scores = [self.by_kind[kind] for kind in kinds if kind in self.by_kind]
        return PersonalScore(
            judged=sum(score.judged for score in scores),
            hidden=sum(score.hidden for score in scores),
            found=sum(score.found for score in scores),
            right=sum(score.right for score in scores),
        )


def score_personal(
    texts: Sequence[str], judged: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]
) -> PersonalScores:
    """Score the finds in texts.

    Args:
        texts: the texts.
        judged: the details in each.
        found: the finds in each.
    """
    counts: Counter[tuple[str, str]] = Counter()
    harmless = beside = 0
    for text, details, finds in zip(texts, judged, found, strict=True):
        hidden = _signs(finds)
        for kind, start, end in details:
            counts[kind, "judged"] += 1
            counts[kind, "hidden"] += hidden.issuperset(range(start, end))
        for kind, start, end in finds:
            counts[kind, "found"] += 1
            counts[kind, "right"] += any(
                kind == other and start < its_end and its_start < end
                for other, its_start, its_end in details
            )
        secret = _signs(details)
        harmless += len(text) - len(secret)
        beside += len(hidden - secret)
    kinds = sorted({kind for kind, _ in counts})
    return PersonalScores(
        by_kind={
            kind: PersonalScore(
                judged=counts[kind, "judged"],
                hidden=counts[kind, "hidden"],
                found=counts[kind, "found"],
                right=counts[kind, "right"],
            )
            for kind in kinds
        },
        hidden_beside=beside / harmless if harmless else 0.0,
    )


def _signs(spans: Sequence[Span]) -> set[int]:
    return {sign for _, start, end in spans for sign in range(start, end)}
