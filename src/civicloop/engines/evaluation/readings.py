"""Score what was read in texts: spans, dangers, and the parting into problems.

Source: precision, recall and F1 over exact spans as in the shared tasks on named entities (Tjong Kim
Sang and De Meulder 2003), and over spans that overlap, as the lenient match of MUC (Chinchor and
Sundheim 1993); the F1 of boundaries as in text segmentation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]  # start and end of characters, the end excluded


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How well found things agree with judged ones. A ratio without a denominator is 0."""

    precision: float
    recall: float
    f1: float
    judged: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanScore:
    """Agreement of spans that are the same, and of spans that overlap."""

    exact: Agreement
    overlap: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerScore:
    """How well dangers are found, and how often what only sounds like one is taken for one."""

    overlap: Agreement
    decoys: int
    false_alarm_ratio: float | None  # share of the decoys taken for dangers; None without decoys


@dataclass(frozen=True, slots=True, kw_only=True)
class PartingScore:
    """How well messages are parted into problems."""

    messages: int
    exact_count_ratio: float  # share of the messages with the judged number of problems
    several: int  # messages judged to hold several problems
    several_exact_count_ratio: float  # the same share among those
    boundaries: Agreement  # beginnings of the second and later problems


def score_spans(judged: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> SpanScore:
    """Return the agreement of spans, text by text.

    Args:
        judged: for each text the spans people marked.
        found: for each text the spans found, in the same order of texts.
    """
    pairs = list(zip(judged, found, strict=True))
    same = sum(len(set(a) & set(b)) for a, b in pairs)
    return SpanScore(
        exact=_agreement(same, same, _total(judged), _total(found)),
        overlap=_overlapping(pairs),
    )


def score_dangers(
    judged: Sequence[Sequence[Span]],
    decoys: Sequence[Sequence[Span]],
    found: Sequence[Sequence[Span]],
) -> DangerScore:
    """Return how well dangers are told from what only sounds like them."""
    alarms = sum(
        sum(_meets(decoy, spans) for decoy in of_text)
        for of_text, spans in zip(decoys, found, strict=True)
    )
    total = _total(decoys)
    return DangerScore(
        overlap=_overlapping(list(zip(judged, found, strict=True))),
        decoys=total,
        false_alarm_ratio=alarms / total if total else None,
    )


def score_parting(
    judged: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]
) -> PartingScore:
    """Return how well texts are parted into problems.

    Raises:
        ValueError: there is no text.
    """
    pairs = list(zip(judged, found, strict=True))
    if not pairs:
        raise ValueError("no judged texts")
    several = [(a, b) for a, b in pairs if len(a) > 1]
    begins = [({s for s, _ in a[1:]}, {s for s, _ in b[1:]}) for a, b in pairs]
    same = sum(len(a & b) for a, b in begins)
    return PartingScore(
        messages=len(pairs),
        exact_count_ratio=_ratio(sum(len(a) == len(b) for a, b in pairs), len(pairs)),
        several=len(several),
        several_exact_count_ratio=_ratio(sum(len(a) == len(b) for a, b in several), len(several)),
        boundaries=_agreement(
            same, same, sum(len(a) for a, _ in begins), sum(len(b) for _, b in begins)
        ),
    )


def _overlapping(pairs: Sequence[tuple[Sequence[Span], Sequence[Span]]]) -> Agreement:
    return _agreement(
        sum(sum(_meets(span, judged) for span in found) for judged, found in pairs),
        sum(sum(_meets(span, found) for span in judged) for judged, found in pairs),
        sum(len(judged) for judged, _ in pairs),
        sum(len(found) for _, found in pairs),
    )


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _agreement(right: int, met: int, judged: int, found: int) -> Agreement:
    precision, recall = _ratio(right, found), _ratio(met, judged)
    return Agreement(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        judged=judged,
        found=found,
    )


def _total(spans: Sequence[Sequence[Span]]) -> int:
    return sum(len(of_text) for of_text in spans)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
