"""Find families of replies that are nearly the same words sent to different people.

Replies are compared without digits, Latin letters and what stands in quotation marks. Each gets a
MinHash signature of its sequences of four characters; those that share a band with the family's
first reply and agree with it closely enough join the family. Time grows with the number of
characters.

Source: Broder 1997, "On the resemblance and containment of documents"; banding as in Leskovec,
Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3; families by their first member are own
work, so that no chain of small changes joins what differs.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.replies.clauses import MOST_CHARACTERS, letters_in, split_clauses

GRAM = 4
BANDS, ROWS_PER_BAND = 12, 3
CLOSE_ENOUGH = 0.6  # share of the signature that agrees, an estimate of the Jaccard index
REPLIES_PER_STEP = 2_000
SMALLEST_FAMILY = 3
COMMON_TO = 0.5  # a clause is the template's if this share of a family holds it
MEMBERS_READ = 200  # of a family, to find its template
SEED = 20_230
_EMPTY = np.uint32(2**32 - 1)

_QUOTED = re.compile(r"[“\"‘「][^”\"’」]{0,40}[”\"’」]")
_NOT_HAN = re.compile(r"[^\u3400-\u9fff]+")

_BAND_STARTS = range(0, BANDS * ROWS_PER_BAND, ROWS_PER_BAND)
_LEADERS_PER_BUCKET = 8

_Hashes = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Replies that are nearly the same."""

    members: tuple[int, ...]  # places in the sequence of replies, in order
    template: str  # what most of them hold, clauses joined by "…"
    shares: tuple[float, ...]  # of each member's letters, how many are the template's, 0 to 1


def find_families(replies: Sequence[str], *, smallest: int = SMALLEST_FAMILY) -> list[Family]:
    """Return the families of nearly equal replies, largest first.

    Args:
        replies: texts, any number.
        smallest: families with fewer members are left out.
    """
    leader_of = _leaders([normal_form(reply) for reply in replies])
    members: dict[int, list[int]] = {}
    for place, leader in enumerate(leader_of):
        if leader >= 0:
            members.setdefault(leader, []).append(place)
    families = [_family(places, replies) for places in members.values() if len(places) >= smallest]
    return sorted(families, key=lambda family: (-len(family.members), family.members[0]))


def normal_form(reply: str) -> str:
    """Return the Han characters of a reply without what stands in quotation marks."""
    return _NOT_HAN.sub("", _QUOTED.sub("", reply[:MOST_CHARACTERS]))


def _leaders(forms: Sequence[str]) -> list[int]:
    """Return for each form the place of its family's first member; -1 for an empty form."""
    leaders: list[int] = []
    of_band: list[dict[bytes, list[int]]] = [{} for _ in range(BANDS)]
    of_form: dict[str, int] = {}
    signatures: dict[int, _Hashes] = {}
    for place, (form, signature) in enumerate(zip(forms, _signatures(forms), strict=True)):
        leader = of_form.get(form, -1) if form else -1
        if leader < 0 and form:
            keys = [signature[at : at + ROWS_PER_BAND].tobytes() for at in _BAND_STARTS]
            leader = _closest(signature, keys, of_band, signatures)
            if leader < 0:
                leader = place
                signatures[place] = signature
                for band, key in zip(of_band, keys, strict=True):
                    band.setdefault(key, []).append(place)
            of_form[form] = leader
        leaders.append(leader)
    return leaders


def _closest(
    signature: _Hashes,
    keys: Sequence[bytes],
    of_band: Sequence[dict[bytes, list[int]]],
    signatures: dict[int, _Hashes],
) -> int:
    tried: set[int] = set()
    for band, key in zip(of_band, keys, strict=True):
        for leader in band.get(key, ())[:_LEADERS_PER_BUCKET]:
            if leader in tried:
                continue
            tried.add(leader)
            if float((signatures[leader] == signature).mean()) >= CLOSE_ENOUGH:
                return leader
    return -1


def _signatures(forms: Sequence[str]) -> Iterator[_Hashes]:
    random = np.random.default_rng(SEED)
    factors = random.integers(1, 2**32, size=BANDS * ROWS_PER_BAND, dtype=np.uint32) | np.uint32(1)
    for first in range(0, len(forms), REPLIES_PER_STEP):
        yield from _step(forms[first : first + REPLIES_PER_STEP], factors)


def _step(forms: Sequence[str], factors: _Hashes) -> _Hashes:
    """Return the signatures of some forms, shape (forms, hashes)."""
    padded = [form.ljust(GRAM, "\u3400") for form in forms]
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), dtype=np.uint32)
    lengths = np.array([len(form) for form in padded])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    grams = np.zeros(len(codes), dtype=np.uint32)
    for shift in range(GRAM):
        grams = grams * np.uint32(2_654_435_761) + np.roll(codes, -shift)
    grams ^= grams >> np.uint32(15)
    is_inside = np.ones(len(codes), dtype=bool)  # the last grams of a form reach into the next one
    for back in range(1, GRAM):
        is_inside[starts + lengths - back] = False
    signatures = np.empty((len(forms), len(factors)), dtype=np.uint32)
    for number, factor in enumerate(factors):
        mixed = grams * factor
        mixed ^= mixed >> np.uint32(16)
        mixed = mixed * np.uint32(0x85EBCA6B)
        signatures[:, number] = np.minimum.reduceat(np.where(is_inside, mixed, _EMPTY), starts)
    return signatures


def _family(places: Sequence[int], replies: Sequence[str]) -> Family:
    read = [_clause_forms(replies[place]) for place in places[:MEMBERS_READ]]
    held_by = Counter(form for forms in read for form in {form for form, _text in forms})
    common = {form for form, count in held_by.items() if count >= COMMON_TO * len(read)}
    return Family(
        members=tuple(places),
        template="…".join(text.strip() for form, text in read[0] if form in common),
        shares=tuple(_share(replies[place], common) for place in places),
    )


def _clause_forms(reply: str) -> list[tuple[str, str]]:
    """The clauses that say more than a date, each with its normal form."""
    clauses = [(normal_form(clause.text), clause.text) for clause in split_clauses(reply)]
    return [(form, text) for form, text in clauses if form and letters_in(text)]


def _share(reply: str, common: set[str]) -> float:
    forms = _clause_forms(reply)
    letters = [letters_in(text) for _form, text in forms]
    inside = sum(count for count, (form, _) in zip(letters, forms, strict=True) if form in common)
    return inside / max(sum(letters), 1)
