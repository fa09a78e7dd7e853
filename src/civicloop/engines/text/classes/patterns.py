"""Tell what the events of a class have in common, and what parts it from what looks alike.

Source: own work; words are weighed by their share in the class times the logarithm of how much
larger that is than elsewhere (a term of the Kullback-Leibler divergence); seasons by the binomial
tail.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import bdtrc

from civicloop.engines.text.classes import (
    BODY_READ,
    MEMBERS_READ,
    EventTexts,
    Kinship,
)
from civicloop.engines.text.classes.respondent_types import respondent_type
from civicloop.engines.text.normalise import BREAK, plain
from civicloop.engines.text.words import cut_words

TERM_COUNT = 6
EXAMPLES_READ = 30  # events of one class whose words are read, the closest
LEAST_SHARE = 0.3  # of a class's events that hold a telling word
LEAST_RESPONDENT_SHARE = 0.5
MONTHS = 12
_LONGEST_SEASON = 4
_SEASON_RATIO = 1.5
_SEASON_CHANCE = 0.001
_SMALL = 0.01
_SUBJECT_WORTH = 2.0  # of a word that stands in the subjects, beside one that only the texts hold
_LONGEST_TERM = 8
_PLACE = re.compile(".*(?:[区县镇乡省市]|街道|社区|村|路|街|巷|大道|小区)|.*[0-9].*")
_EMPTY = frozenset(
    "的了在是我你他她它们和与及或而也都就还又把被给对向从到为因于以之其这那有没不无个一上下中里请问您好很太能会要让使用等"
)
_FORMULA_WORDS = (
    "尊敬 领导 您好 你好 希望 请问 请求 反映 投诉 咨询 建议 要求 相关 有关 部门 问题 情况 关于 谢谢 我们 你们 他们 "
    "市民 来电 表示 现在 目前 一直 已经 多次 解决 处理 尽快 政府 严重 影响 生活 居民 业主 群众 没有 不能 无法 到底 "
    "什么 怎么 这么 这样 为什么 核实 查处 督促 部门核查 电话 联系 联系电话 这里 那里 地方 时候 事情 今天 昨天 希 望 "
    "一次 两次 半个 几天 当天 晚上 白天 之后 以后 需要 可以 考虑 是否 多少 办理 答复 回复 明确 盼复 网上 公司 有限公司 麻烦 家里 "
    "到处 段时间 另外 开始 突然 别的 结果 来人 没人 回过 套话 地上 每天 "
    "附近 周边 去年 今年 上周 上个 个月 几个 月"
)
_FORMULA = frozenset(_FORMULA_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What the events of one class have in common.

    Attributes:
        terms: telling words, most telling first, none part of another.
        respondent: kind of party at least half are about, one of ``RESPONDENT_TYPES``, or "".
        respondent_share: share of the events read that are about it, 0 to 1.
    """

    terms: tuple[str, ...]
    respondent: str
    respondent_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """An event beside a class that it is not of: words in common, and words that part the two."""

    shared: tuple[str, ...]
    lacking: tuple[str, ...]  # telling words of the class that the event lacks
    own: tuple[str, ...]  # words of the event's own matter that the class lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Months (1 to 12, in order, may run over New Year) in which a class is ``ratio`` times as frequent."""

    months: tuple[int, ...]
    ratio: float


class Patterns:
    """The words of classes, read once from their closest events."""

    def __init__(self, events: Sequence[EventTexts], kinships: Sequence[Kinship]) -> None:
        """Read the classes.

        Args:
            events: as given to ``find_classes``.
            kinships: as it returned them.
        """
        self._texts = {event.id: event for event in events}
        self._class_of = {kin.event: kin.cause for kin in kinships}
        self._heads = {event.id: plain(event.head) for event in events}
        self._words: dict[int, frozenset[str]] = {}
        self._read: defaultdict[int, list[int]] = defaultdict(list)
        for kin in sorted(kinships, key=lambda kin: (-kin.closeness, kin.event)):
            if kin.cause is not None and len(self._read[kin.cause]) < EXAMPLES_READ:
                self._read[kin.cause].append(kin.event)
        self._holding: Counter[str] = Counter()
        for members in self._read.values():
            for event in members:
                self._holding.update(self.words(event))
        self._total = sum(map(len, self._read.values()))
        self._terms = {number: self._telling(number) for number in self._read}

    def words(self, event: int) -> frozenset[str]:
        """List the words and pairs of words an event holds, names of areas left out."""
        if event not in self._words:
            self._words[event] = _words_of(self._texts[event])
        return self._words[event]

    def of(self, number: int) -> Pattern:
        """Tell what a class has in common."""
        types = Counter(
            respondent_type((*self._texts[e].subjects, self._texts[e].body))
            for e in self._read[number]
        )
        known = [code for code in types if code]
        most = min(known, key=lambda code: (-types[code], code), default="")
        if types[most] < LEAST_RESPONDENT_SHARE * types.total():
            most = ""
        return Pattern(
            terms=self._terms[number],
            respondent=most,
            respondent_share=types[most] / types.total() if most else 0.0,
        )

    def parting(self, event: int, number: int) -> Parting:
        """Tell what an event and a class it is not of share, and what parts them."""
        words, terms = self.words(event), self._terms[number]
        class_words = frozenset[str]().union(*(self.words(e) for e in self._read[number]))
        home = self._class_of.get(event)
        if home is not None:
            own = [term for term in self._terms[home] if term in words]
        else:
            own = sorted((w for w in words if self._holding[w] > 1), key=self._rarest_first)
        return Parting(
            shared=tuple(term for term in terms if term in words),
            lacking=tuple(term for term in terms if term not in words),
            own=_none_in_another([w for w in own if w not in class_words], TERM_COUNT),
        )

    def _rarest_first(self, word: str) -> tuple[int, str]:
        return self._holding[word], word

    def _telling(self, number: int) -> tuple[str, ...]:
        members = self._read[number]
        inside = Counter(word for event in members for word in self.words(event))
        elsewhere = max(self._total - len(members), 1)
        worth: dict[str, float] = {}
        for word, times in inside.items():
            share = times / len(members)
            if times < 2 or share < LEAST_SHARE:
                continue
            other = (self._holding[word] - times) / elsewhere
            in_heads = sum(word in self._heads[event] for event in members) / len(members)
            telling = float(np.log((share + _SMALL) / (other + _SMALL)) * np.log2(1 + len(word)))
            worth[word] = share * telling * (1 + _SUBJECT_WORTH * in_heads)
        ranked = sorted((w for w in worth if worth[w] > 0), key=lambda w: (-worth[w], w))
        return _none_in_another(ranked, TERM_COUNT)


def season_of(months: Mapping[int, int], city: Mapping[int, int]) -> Season | None:
    """Find the months in which a class stands out against the city.

    Args:
        months: how many of the class's events began in each month, 1 to 12.
        city: the same of all events.

    Returns:
        The run of one to four months that chance explains least, when chance alone would bring so
        many there less than once in a thousand times; else ``None``.
    """
    total, of_city = sum(months.values()), sum(city.values())
    best: tuple[float, int, int] | None = None
    for length in range(1, _LONGEST_SEASON + 1):
        for first in range(1, MONTHS + 1):
            run = _run(first, length)
            usual = sum(city.get(month, 0) for month in run) / max(of_city, 1)
            seen = sum(months.get(month, 0) for month in run)
            if not 0 < usual < 1 or seen < 2 or seen / total < _SEASON_RATIO * usual:
                continue
            chance = float(bdtrc(seen - 1, total, usual))
            if chance < _SEASON_CHANCE and (best is None or (chance, length, first) < best):
                best = (chance, length, first)
    if best is None:
        return None
    run = _run(best[2], best[1])
    usual = sum(city.get(month, 0) for month in run) / of_city
    return Season(months=run, ratio=sum(months.get(m, 0) for m in run) / total / usual)


def _run(first: int, length: int) -> tuple[int, ...]:
    return tuple((first - 1 + step) % MONTHS + 1 for step in range(length))


def _words_of(event: EventTexts) -> frozenset[str]:
    """List the words of an event; of three members or more, those that two of them hold."""
    parts = zip(event.subjects[:MEMBERS_READ], event.bodies[:MEMBERS_READ], strict=True)
    held = Counter(
        word for subject, body in parts for word in _words(f"{subject}\n{body[:BODY_READ]}")
    )
    least = 2 if len(event.subjects) > 2 else 1
    return frozenset(word for word, times in held.items() if times >= least)


def _words(text: str) -> set[str]:
    """Find words and pairs of words that tell something, names of areas left out."""
    found: set[str] = set()
    for sentence in plain(text).split(BREAK):
        words = cut_words(sentence)
        whole = [_is_whole(word) for word in words]
        told = zip(words, whole, strict=True)
        found.update(word for word, fine in told if fine and len(word) > 1)
        for (one, fine), (other, also) in pairwise(zip(words, whole, strict=True)):
            if fine and also and len(one + other) <= _LONGEST_TERM:
                found.add(one + other)
    return {word for word in found if not _PLACE.fullmatch(word)}


def _is_whole(word: str) -> bool:
    return word not in _FORMULA and not set(word) <= _EMPTY


def _none_in_another(ranked: Sequence[str], count: int) -> tuple[str, ...]:
    chosen: list[str] = []
    for word in ranked:
        if len(chosen) == count:
            break
        if not any(word in other or other in word for other in chosen):
            chosen.append(word)
    return tuple(chosen)
