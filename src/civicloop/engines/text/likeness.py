"""Say which of some short texts a message is about, quickly enough to answer while somebody types.

A text's share of the message is the part of its pairs of neighbouring characters that the message
has too; a pair that many of the texts have weighs less (inverse document frequency).

Source: own work; the weight is Spärck Jones's (Journal of Documentation 28, 1972).
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log

from civicloop.engines.text.normalise import BREAK, plain

ALIKE_FROM = 0.3  # of a text's weight that the message must share
PAIRS_FROM = 2  # a single pair in common is chance


def most_alike(message: str, texts: Sequence[str], *, most: int) -> list[int]:
    """Return the places in ``texts`` of those the message is about, best first.

    Args:
        message: what somebody writes, of any length.
        texts: short texts, such as titles with their places.
        most: how many to return at most.
    """
    said = _pairs(message)
    pairs_of = [_pairs(text) for text in texts]
    frequency = Counter(pair for pairs in pairs_of for pair in pairs)
    scored = []
    for place, pairs in enumerate(pairs_of):
        shared = pairs & said
        if len(shared) < PAIRS_FROM:
            continue
        weight = {pair: log(1 + len(texts) / frequency[pair]) for pair in pairs}
        share = sum(weight[pair] for pair in shared) / sum(weight.values())
        if share >= ALIKE_FROM:
            scored.append((-share, place))
    return [place for _share, place in sorted(scored)[:most]]


def _pairs(text: str) -> set[str]:
    return {first + second for run in plain(text).split(BREAK) for first, second in pairwise(run)}
