"""Find what two messages both name, for the reader's eye.

Source: own work.
"""

from collections.abc import Set

from civicloop.engines.text.events.areas import areas_of
from civicloop.engines.text.events.corpus import IN_SUBJECT, QUOTED, Background, numbers_in
from civicloop.engines.text.events.grams import pair_codes
from civicloop.engines.text.events.values import Message, PlainText
from civicloop.engines.text.normalise import BREAK, plain

_LONGEST = 12
_SHORTEST = 2
_NUMBERS_TOLD = 3


def shared_name(one: Message, other: Message, background: Background) -> str:
    """Give the run of characters both messages hold that is the most telling name, or "".

    Only the subject of the one, or the opening of its body when it has none, is searched for runs.
    """
    opening = plain(one.subject) or plain(one.text[:200])
    whole = plain(other.subject) + BREAK + plain(other.text[:1000])
    best, most = "", 0.0
    for run in _shared_runs(opening, whole):
        gram = pair_codes(run)
        worth = float((background.rarity[gram] * background.name[gram]).sum())
        if worth > most:
            best, most = run, worth
    return best


def _shared_runs(text: str, whole: str) -> list[str]:
    """List the longest runs of ``text`` that stand in ``whole``, none inside another."""
    runs: list[str] = []
    reached = 0
    for start in range(len(text) - 1):
        end = max(start, reached)
        while end < min(len(text), start + _LONGEST) and text[start : end + 1] in whole:
            end += 1
        if end > reached and end - start >= _SHORTEST:
            runs += [part for part in text[start:end].split(BREAK) if len(part) >= _SHORTEST]
            reached = end
    return runs


def shared_numbers(one: Message, other: Message) -> str:
    """Give the numbers both messages quote, longest first."""
    both = _numbers(one, QUOTED) & _numbers(other, QUOTED)
    return " ".join(sorted(both, key=lambda number: (-len(number), number))[:_NUMBERS_TOLD])


def other_numbers(one: Message, other: Message) -> str:
    """Set side by side the numbers that only the one and only the other subject holds."""
    return _each(_numbers(one, IN_SUBJECT), _numbers(other, IN_SUBJECT))


def other_areas(one: Message, other: Message, background: Background) -> str:
    """Set side by side the areas that only the one and only the other message names."""
    return _each(_areas(one, background), _areas(other, background))


def _numbers(message: Message, mark: int) -> set[str]:
    found = numbers_in(PlainText.of(message))
    return {number for number, marks in found.items() if marks & mark}


def _areas(message: Message, background: Background) -> set[str]:
    levels = areas_of(message.place, PlainText.opening_of(message), background.areas)
    return {name for names in levels.values() for name in names}


def _each(one: Set[str], other: Set[str]) -> str:
    return " ".join(sorted(one - other)) + " / " + " ".join(sorted(other - one))
