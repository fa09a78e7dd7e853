"""Score events against the place each appeal is about, where the place is known and nothing else.

Two questions need no judged events. Of the appeals that were joined, how many are of one place?
And of appeals that went round with another place's name put in, how many were joined with their
model? Such copies are made here, for in real data nearly all that are alike name both places.

Source: own work; copies with one thing changed are the contrast sets of Gardner et al., "Evaluating
Models' Local Decision Boundaries via Contrast Sets" (2020).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

COPIES_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """An appeal's words and the place it is about, as that is written in texts."""

    subject: str
    text: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceScore:
    """How well events keep places apart.

    Attributes:
        joined_pairs: pairs of appeals in one event that each name their own place, and the
            other's only if it is the same.
        one_place: how many of these are of one place.
        copies: appeals made by putting another place's name in.
        copies_joined: how many of these are in one event with their model.
    """

    joined_pairs: int
    one_place: int
    copies: int
    copies_joined: int


def named_places(texts: Sequence[PlacedText]) -> list[frozenset[str]]:
    """Tell of each text which of the known places it names."""
    known = {text.place for text in texts if text.place}
    return [
        frozenset(place for place in known if place in one.subject or place in one.text)
        for one in texts
    ]


def copies_elsewhere(
    texts: Sequence[PlacedText], named: Sequence[frozenset[str]]
) -> dict[int, PlacedText]:
    """Copy texts that name their own place alone, with another place's name put in.

    Args:
        texts: the appeals.
        named: which places each names.

    Returns:
        By the number of its model, ``COPIES_MOST`` copies at most, from all over the texts.
    """
    places = sorted({text.place for text in texts if text.place})
    able = [number for number, text in enumerate(texts) if named[number] == {text.place}]
    if len(places) < 2:
        return {}
    step = -(-len(able) // COPIES_MOST) or 1
    copies = {}
    for turn, number in enumerate(able[::step]):
        one = texts[number]
        others = [place for place in places if place not in one.place and one.place not in place]
        if others:
            place = others[turn % len(others)]
            copies[number] = PlacedText(
                subject=one.subject.replace(one.place, place),
                text=one.text.replace(one.place, place),
                place=place,
            )
    return copies


def score_places(
    event_of: Sequence[int],
    texts: Sequence[PlacedText],
    named: Sequence[frozenset[str]],
    copies: Mapping[int, tuple[int, int]],
) -> PlaceScore:
    """Score events.

    Args:
        event_of: of each text.
        texts: the appeals.
        named: which places each names.
        copies: by the number of the model its event and the copy's, found with the copies there.
    """
    members: defaultdict[int, list[int]] = defaultdict(list)
    for number, event in enumerate(event_of):
        if texts[number].place in named[number]:
            members[event].append(number)
    joined = one_place = 0
    for numbers in members.values():
        for a, b in combinations(numbers, 2):
            same = texts[a].place == texts[b].place
            if same or not (texts[a].place in named[b] or texts[b].place in named[a]):
                joined += 1
                one_place += same
    return PlaceScore(
        joined_pairs=joined,
        one_place=one_place,
        copies=len(copies),
        copies_joined=sum(event == other for event, other in copies.values()),
    )
