"""Choose the words that tell an event from all others.

Source: own work; words cut by rjieba, names rejoined where their parts recur side by side.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from civicloop.engines.text.events.corpus import Background
from civicloop.engines.text.events.grams import pair_codes
from civicloop.engines.text.normalise import BREAK, plain

_WORDS_MOST = 3
_LONGEST = 8
_READ_MOST = 800
_EMPTY = frozenset(
    "的了在是我你他它们和与及或而也都就还又把被给对向从到为因于以之其这那有没不无个一上下中里请问您好很太"
)
_FORMULA = frozenset(
    [
        "尊敬",
        "领导",
        "您好",
        "你好",
        "希望",
        "请问",
        "反映",
        "投诉",
        "咨询",
        "相关",
        "部门",
        "问题",
        "情况",
        "关于",
        "谢谢",
        "我们",
        "你们",
        "他们",
    ]
)


def event_terms(texts: Sequence[str], background: Background, *, count: int) -> tuple[str, ...]:
    """Choose the telling words of an event.

    Args:
        texts: the members' subjects and bodies, as one string each.
        background: says what is common in the city.
        count: how many words at most.

    Returns:
        Words and names, most telling first, none part of another.
    """
    holding = Counter(term for text in texts for term in _terms(plain(text)[:_READ_MOST]))
    least = 1 if len(texts) == 1 else 2
    worth = {
        term: times / len(texts) * _telling(term, background)
        for term, times in holding.items()
        if times >= least
    }
    chosen: list[str] = []
    for term in sorted(worth, key=lambda term: (-worth[term], term)):
        if len(chosen) == count:
            break
        if not any(term in other or other in term for other in chosen):
            chosen.append(term)
    return tuple(chosen)


def _terms(text: str) -> set[str]:
    """List words, and runs of words, that neither begin nor end with an empty word."""
    import rjieba

    found: set[str] = set()
    for sentence in text.split(BREAK):
        words = rjieba.cut(sentence)
        for start in range(len(words)):
            for end in range(start + 1, min(start + _WORDS_MOST, len(words)) + 1):
                run = words[start:end]
                if any(set(word) <= _EMPTY or word in _FORMULA for word in run):
                    break
                term = "".join(run)
                if 2 <= len(term) <= _LONGEST and not term.isdigit():
                    found.add(term)
    return found


def _telling(term: str, background: Background) -> float:
    gram = pair_codes(term)
    return float(background.rarity[gram].mean()) * float(np.log2(1 + len(term)))
