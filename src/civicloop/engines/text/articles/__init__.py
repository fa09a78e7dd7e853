"""Rank articles of a knowledge base by the words of a question.

Source: Okapi BM25 over weighted fields (Robertson and Zaragoza 2009, "The Probabilistic Relevance
Framework: BM25 and Beyond", 3.5-3.6), here over pairs of neighbouring characters instead of words,
so that nothing depends on how a dictionary cuts a caller's Chinese. What is own work: the agreement
of topics as a factor, and that an article without a telling pair in common is not an answer.

A pair of characters is one number, the code points side by side, so that texts are cut, counted
and looked up as arrays and an index of 5,000 articles is built in a second.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.words import cut_words, fold

SATURATION = 1.2  # BM25's k1: how soon a further occurrence adds nothing
LENGTH_SHARE = 0.5  # BM25's b: how far a long article is held to be merely long
HEAD_WEIGHT = 3.0  # of title and forms of the question, beside 1 for the answer
TOPIC_SHARE = 0.5  # an article of the very topic scores so much more than one of none
TELLING_IDF = 0.69  # ln 2: a pair that more than half of the articles hold tells nothing
MOST_QUESTION_CHARACTERS = 600  # of a long account; the rest costs time and changes little
LEAST_SHARE = 0.3  # what scores less, beside the best, shares only everyday words with the question
_SHIFT = 21  # bits of a code point
_SIGN = re.compile(r"[\W_]")
_ASKING = re.compile(
    "为什么|什么时候|什么|怎么办|怎么样|怎么|怎样|如何|多久|多少|哪里|哪儿|哪个|能不能|可不可以|可以吗|是不是|有没有|请问|您好|你好|谢谢"
)  # how one asks, whatever one asks about

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as the index knows it."""

    key: int
    pairs: Codes  # distinct pairs of characters, ascending, shape (pairs,)
    weights: NDArray[np.float32]  # how often each occurs, counted by field weight, shape (pairs,)
    topic: tuple[str, ...] = ()  # names from the root

    @property
    def length(self) -> float:
        """Its pairs, counted by field weight."""
        return float(self.weights.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that may answer."""

    key: int
    score: float  # unitless, to be compared within one question
    words: tuple[str, ...]  # of the question, found in the article
    topic_levels: int  # how many levels of the topic agree, 0 to 3


def entry_of(
    key: int, *, head: Sequence[str], body: Sequence[str], topic: Sequence[str] = ()
) -> Entry:
    """Return the entry of an article.

    Args:
        key: The caller's number of it.
        head: Title and forms of the question.
        body: Answer, steps, legal basis.
        topic: Names of its topic from the root, empty if it has none.
    """
    of_head, of_body = _pairs(head), _pairs(body)
    pairs, places = np.unique(np.concatenate([of_head, of_body]), return_inverse=True)
    counts = np.repeat([HEAD_WEIGHT, 1.0], [len(of_head), len(of_body)])
    weights = np.bincount(places, weights=counts, minlength=len(pairs)).astype(np.float32)
    return Entry(key=key, pairs=pairs, weights=weights, topic=tuple(topic))


class ArticleIndex:
    """Articles by the pairs of characters they hold; unchangeable."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: Mapping[int, Entry] = {entry.key: entry for entry in entries}
        self._keys = np.array(list(self.entries), dtype=np.int64)
        shelves = list(self.entries.values())
        numbers = {path: number for number, path in enumerate({e.topic: 0 for e in shelves})}
        self._topics = list(numbers)
        self._topic_of = np.array([numbers[entry.topic] for entry in shelves], dtype=np.int64)
        every = np.concatenate([entry.pairs for entry in shelves] or [np.empty(0, np.int64)])
        sizes = [len(entry.pairs) for entry in shelves]
        places = np.repeat(np.arange(len(shelves)), sizes)
        order = np.argsort(every, kind="stable")
        self._holders = places[order]
        self._pairs, self._starts = np.unique(every[order], return_index=True)
        self._ends = np.append(self._starts[1:], len(every))
        self._impacts = self._weighed(shelves, places)[order]

    def _weighed(self, shelves: Sequence[Entry], places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return BM25's term of each pair in each article, without its idf."""
        if not shelves:
            return np.empty(0)
        lengths = np.array([entry.length for entry in shelves])
        norms = 1 - LENGTH_SHARE + LENGTH_SHARE * lengths / max(float(lengths.mean()), 1.0)
        weights = np.concatenate([entry.weights for entry in shelves]).astype(np.float64)
        return weights * (SATURATION + 1) / (weights + SATURATION * norms[places])

    def find(
        self,
        question: str,
        *,
        accepts: Callable[[int], bool],
        topic: Sequence[str] = (),
        size: int,
    ) -> list[Match]:
        """Return the articles that may answer, best first.

        Args:
            question: What a citizen asks or an operator types; may be empty if there is a topic.
            accepts: Whether the article of a key may be named; asked from the best down.
            topic: Names of the topic asked about, from the root.
            size: So many at most.

        Returns:
            Articles with a telling pair of characters in common with the question or, when the
            question is empty, of the same first level of topic; none that scores below
            ``LEAST_SHARE`` of the best. Equal scores come in the order
            of keys.
        """
        folded = _matter_of(fold(question[:MOST_QUESTION_CHARACTERS]))
        if not len(self._pairs):
            return []
        levels = np.array([_levels(path, topic) for path in self._topics])[self._topic_of]
        asked = self._places(np.unique(_pairs([folded])))
        if folded:
            telling = asked[self._idfs[asked] >= TELLING_IDF]
            scores = self._scores(asked) * (1 + TOPIC_SHARE * levels / 3)
            scores[~self._hold_any(telling)] = 0
        else:
            scores = levels.astype(np.float64)
        question_cut = self._asked(folded)
        found: list[Match] = []
        for place in np.lexsort((self._keys, -scores)):
            key = int(self._keys[place])
            if len(found) == size or scores[place] <= 0:
                break
            if found and folded and scores[place] < LEAST_SHARE * found[0].score:
                break
            if accepts(key):
                found.append(
                    Match(
                        key=key,
                        score=float(scores[place]),
                        words=question_cut.shared_with(self.entries[key].pairs),
                        topic_levels=int(levels[place]),
                    )
                )
        return found

    def _hold_any(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which articles hold one of these pairs."""
        held = np.zeros(len(self._keys), dtype=bool)
        for place in places:
            held[self._holders[self._starts[place] : self._ends[place]]] = True
        return held

    def _scores(self, asked: NDArray[np.int64]) -> NDArray[np.float64]:
        scores = np.zeros(len(self._keys))
        for place in asked:
            held = slice(self._starts[place], self._ends[place])
            scores[self._holders[held]] += self._idfs[place] * self._impacts[held]
        return scores

    @cached_property
    def _idfs(self) -> NDArray[np.float64]:
        held = self._ends - self._starts
        rest = len(self._keys) - held
        return np.asarray(np.log1p((rest + 0.5) / (held + 0.5)))

    def _places(self, asked: Codes) -> NDArray[np.int64]:
        """Return where those of the pairs that the index holds stand in it."""
        places = np.searchsorted(self._pairs, asked).clip(max=len(self._pairs) - 1)
        return np.asarray(places[self._pairs[places] == asked])

    def _asked(self, folded: str) -> "_Asked":
        steps, is_step = _steps(folded)
        telling = np.zeros(len(steps), dtype=bool)
        places = np.searchsorted(self._pairs, steps).clip(max=len(self._pairs) - 1)
        is_known = is_step & (self._pairs[places] == steps)
        telling[is_known] = self._idfs[places[is_known]] >= TELLING_IDF
        return _Asked(folded=folded, steps=steps, is_step=is_step, is_telling=telling)


class _Asked:
    """A question cut once, to be compared with several articles."""

    def __init__(
        self,
        *,
        folded: str,
        steps: Codes,
        is_step: NDArray[np.bool_],
        is_telling: NDArray[np.bool_],
    ) -> None:
        self._folded, self._steps = folded, steps
        self._is_step, self._is_telling = is_step, is_telling
        lengths = map(len, cut_words(folded))
        self._words = list(pairwise(accumulate(lengths, initial=0)))

    def shared_with(self, pairs: Codes) -> tuple[str, ...]:
        """Return what question and article have in common, in the question's order.

        Words as a dictionary cuts them if there are any that tell, else the runs of characters.
        """
        held = self._is_step & np.isin(self._steps, pairs)
        spans = [
            (start, end)
            for start, end in self._words
            if end - start > 1
            and held[start : end - 1].all()
            and self._is_telling[start : end - 1].any()
        ]
        return tuple(dict.fromkeys(self._folded[a:b] for a, b in spans or _runs(held)))


def _runs(held: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where the stretches of characters lie whose every pair is held."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    return [(int(first), int(last) + 1) for first, last in edges.reshape(-1, 2)]


def _pairs(texts: Sequence[str]) -> Codes:
    """Return the pairs of neighbouring characters; none reaches over the end of a text."""
    steps, is_step = _steps("\n".join(fold(text) for text in texts))
    return np.asarray(steps[is_step])


def _steps(folded: str) -> tuple[Codes, NDArray[np.bool_]]:
    """Return each pair of neighbouring characters, and whether it is one without a sign."""
    plain = _SIGN.sub("\n", folded)
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    is_gap = codes == ord("\n")
    return codes[:-1] << _SHIFT | codes[1:], ~(is_gap[:-1] | is_gap[1:])


def _matter_of(question: str) -> str:
    """The question without the words that every question holds; all of it where nothing else is asked."""
    matter = _ASKING.sub(" ", question)
    return matter if _SIGN.sub("", matter) else question


def _levels(topic: Sequence[str], other: Sequence[str]) -> int:
    """Return how many names from the root are the same."""
    count = 0
    for name, another in zip(topic, other, strict=False):
        if name != another:
            break
        count += 1
    return count
