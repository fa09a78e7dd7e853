"""Find what two messages both name, for the reader's eye.

Source: own work.
"""

from civicloop.engines.text.event_corpus import Background, Traits
from civicloop.engines.text.event_grams import pair_codes
from civicloop.engines.text.event_values import Message
from civicloop.engines.text.normalise import BREAK, plain

_LONGEST = 12
_SHORTEST = 2


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


def shared_numbers(one: Traits, other: Traits) -> str:
    """Give the numbers both messages quote, longest first."""
    both = sorted(one.numbers & other.numbers, key=lambda number: (-len(number), number))
    return " ".join(both[:3])
