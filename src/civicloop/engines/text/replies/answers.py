"""Find the sentence of a reply that takes up what was asked.

Two things are told apart: a sentence that holds the words of the request, and a reply that speaks
of the matter without such a sentence. Overlap is counted in pairs of characters, those that few
sentences of the reply hold counting most. A request counts as passed over only
where the reply has next to nothing in common with the message, or answers another request and
shares no word with this one: whoever is told that something was not answered must find it so.

Source: own work; weights as inverse sentence frequency (Spärck Jones 1972).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, zip_longest
from math import log

from civicloop.engines.text.replies.clauses import (
    Clause,
    ClauseKind,
    pairs_of,
)
from civicloop.engines.text.replies.requests import COMMON_PAIRS, Ask, Request

TAKEN_UP = 0.2  # share of a request's telling pairs that one sentence holds
TAKEN_UP_IN_KIND = 0.12  # the same where the sentence is of the kind that was asked for
ABOUT_THE_MATTER = 0.10  # see _answer
UNTOUCHED = 0.04  # overlap below which a request is passed over where another one is answered
TELLING_PAIRS = 5  # a request with fewer pairs of its own says too little for that
ABOUT_THE_ONLY_ONE = 0.35  # the same for a message that asks one thing, answered in kind
SUBJECT_WORTH, CONTEXT_WORTH, MESSAGE_WORTH = 0.5, 0.7, 0.4
CONTEXT_BEFORE, CONTEXT_AFTER = 60, 30  # characters around a request
MOST_SENTENCES = 400  # of a reply
FEWEST_IN_HEADING = 4  # pairs; "现回复如下" names nothing
FEWEST_PAIRS = 8  # a share of fewer says little


class Degree(StrEnum):
    """How far a reply goes into a request."""

    ANSWERED = "answered"  # a sentence takes it up
    NEAR = "near"  # the reply speaks of the matter, but no sentence takes this up
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The sentence of the reply that goes furthest into a request; spans count its characters."""

    request: Request
    degree: Degree
    start: int  # 0 and 0 where the degree is NONE
    end: int
    words: str
    overlap: float  # share of the request's telling pairs in that sentence, 0 to 1


_IN_KIND = {
    Ask.WHEN: re.compile(
        r"\d{1,2}月|\d年|年底|年内|月底|工作日|天内|日前|上半年|下半年|季度|时间|周期|待|暂(?:无|未)|尚未|预计"
    ),
    Ask.WHY: re.compile(r"因|由于|原因|根据|按照|依据|规定|导致|造成|所以|为了"),
    Ask.HOW_MUCH: re.compile(r"\d|[一二三四五六七八九十百千万]+[元个年次户平%]|标准|免费"),
    Ask.WHO: re.compile(r"局|中心|办|街道|社区|公司|部门|窗口|负责|由|电话|地址|路"),
    Ask.HOW: re.compile(
        r"可|请|需|应|凭|携带|办理|申请|流程|手续|条件|材料|按照|根据|通过|为[:：]"
    ),
    Ask.WHETHER: re.compile(
        r"可以?|不[能可予需属是]|能|需|符合|属于|已|未|无|没有|是|将|暂|同意|允许"
    ),
    Ask.ACT: re.compile(
        r"已|将|正|责令|要求|督促|整改|处理|解决|安排|计划|预计|暂|无法|不能|纳入|列入|加强|采纳"
    ),
    Ask.MATTER: re.compile(
        r"已|将|正|责令|要求|督促|整改|处理|解决|经|属|根据|规定|因|暂|无法|系|为"
    ),
}
_DONE = re.compile(  # "已处理完毕" names no matter, but takes up the only request there is
    r"已[^，。]{0,12}(?:处理|解决|整改|修复|完成|办结|清理|督促|责令|约谈|清运|更换|拆除)|责令|下达[^，。]{0,6}通知|立案"
)
_PLAINLY_ASKED = re.compile(
    r"请问|能否|可否|能不能|是否|什么时候|何时|多久|多少|请求|恳请|建议|要求|咨询|办理|[12345一二三四五][、.．]"
)
_ANSWERING = frozenset({ClauseKind.TOLD, ClauseKind.NOT_OURS})


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    words: str
    pairs: frozenset[str]
    heading: frozenset[str]  # pairs of the heading it stands under, which count half


@dataclass(frozen=True, slots=True)
class _Told:
    """What the reply tells, read once for all requests."""

    sentences: Sequence[_Sentence]
    frequency: Counter[str]
    pairs: frozenset[str]


def match_answers(
    requests: Sequence[Request],
    clauses: Sequence[Clause],
    *,
    message: str,
    subject: str,
    reply: str,
    written: frozenset[str],
) -> list[Answer]:
    """Say for each request how far the reply goes into it, and in which sentence.

    Courtesy, passing on and the citizen's own words given back are no answer; what they name is
    the heading of the sentences behind them.

    Args:
        requests: what the message asks for; their spans count its characters.
        clauses: the reply's clauses with their kinds.
        message: the text of the message.
        subject: its title.
        reply: the text of the reply.
        written: pairs of the subject and the message.
    """
    sentences = list(islice(_sentences(clauses, reply), MOST_SENTENCES))
    told = _Told(
        sentences=sentences,
        frequency=Counter(pair for sentence in sentences for pair in sentence.pairs),
        pairs=_named(sentences),
    )
    matter = SUBJECT_WORTH * _share(pairs_of(subject) - COMMON_PAIRS, told.pairs)
    matter += MESSAGE_WORTH * _share(written - COMMON_PAIRS, told.pairs)
    answers = [
        _answer(request, told, matter, message, is_only=len(requests) == 1) for request in requests
    ]
    return _without_passed_over(answers)


def _without_passed_over(answers: list[Answer]) -> list[Answer]:
    """Beside a request that is answered, one that shares no word with the reply was passed over."""
    if all(answer.degree is not Degree.ANSWERED for answer in answers):
        return answers
    return [
        replace(answer, degree=Degree.NONE, start=0, end=0, words="")
        if answer.overlap < UNTOUCHED
        and _PLAINLY_ASKED.search(answer.request.words)
        and len(pairs_of(answer.request.words) - COMMON_PAIRS) >= TELLING_PAIRS
        else answer
        for answer in answers
    ]


def _sentences(clauses: Sequence[Clause], reply: str) -> Iterator[_Sentence]:
    heading: frozenset[str] = frozenset()
    group: list[Clause] = []
    for clause, after in zip_longest(clauses, clauses[1:]):
        group.append(clause)
        if after is not None and after.sentence == clause.sentence:
            continue
        if told := [one for one in group if one.kind in _ANSWERING]:
            words = reply[told[0].start : told[-1].end]
            yield _Sentence(told[0].start, told[-1].end, words, pairs_of(words), heading)
        if quoted := [one for one in group if one.kind in (ClauseKind.COPY, ClauseKind.RECEIPT)]:
            named = frozenset().union(*(pairs_of(one.text) for one in quoted)) - COMMON_PAIRS
            heading = named if len(named) >= FEWEST_IN_HEADING else heading
        group = []


def _named(sentences: Sequence[_Sentence]) -> frozenset[str]:
    """The pairs of what is told and of its headings, those that every reply holds left out."""
    pairs = frozenset().union(*(one.pairs | one.heading for one in sentences))
    return pairs - COMMON_PAIRS


def _share(wanted: Set[str], found: Set[str]) -> float:
    """How much two texts have in common, as a share of the shorter (Szymkiewicz–Simpson)."""
    return len(wanted & found) / max(min(len(wanted), len(found)), FEWEST_PAIRS)


def _answer(request: Request, told: _Told, matter: float, message: str, *, is_only: bool) -> Answer:
    wanted = pairs_of(request.words) - COMMON_PAIRS
    context = pairs_of(
        message[max(0, request.start - CONTEXT_BEFORE) : request.end + CONTEXT_AFTER]
    )
    weight = {pair: 1 / (1 + log(1 + told.frequency[pair])) for pair in sorted(wanted)}
    best, overlap = _best(told.sentences, weight, context - COMMON_PAIRS)
    nearness = overlap + matter + CONTEXT_WORTH * _share(context - COMMON_PAIRS, told.pairs)
    degree = _degree(request, best, overlap, nearness, is_only=is_only)
    shown = best if degree is not Degree.NONE else None
    return Answer(
        request=request,
        degree=degree,
        start=shown.start if shown else 0,
        end=shown.end if shown else 0,
        words=shown.words if shown else "",
        overlap=overlap,
    )


def _best(
    sentences: Sequence[_Sentence], weight: Mapping[str, float], context: Set[str]
) -> tuple[_Sentence | None, float]:
    """The sentence that holds most of the request, and of what stands around it."""
    total = sum(weight.values()) or 1.0
    best, best_overlap, best_rank = None, 0.0, -1.0
    for sentence in sentences:
        overlap = _shared(weight, sentence) / total
        rank = overlap + _share(context, sentence.pairs) / 2
        if rank > best_rank:
            best, best_overlap, best_rank = sentence, overlap, rank
    return best, best_overlap


def _shared(weight: Mapping[str, float], sentence: _Sentence) -> float:
    return sum(
        worth if pair in sentence.pairs else worth / 2
        for pair, worth in weight.items()
        if pair in sentence.pairs or pair in sentence.heading
    )


def _degree(
    request: Request, best: _Sentence | None, overlap: float, nearness: float, *, is_only: bool
) -> Degree:
    if best is None:
        return Degree.NONE
    is_in_kind = bool(_IN_KIND[request.ask].search(best.words))
    if nearness < ABOUT_THE_MATTER:
        is_done = is_only and request.ask in (Ask.ACT, Ask.MATTER) and _DONE.search(best.words)
        return Degree.NEAR if is_done else Degree.NONE
    if overlap >= (TAKEN_UP_IN_KIND if is_in_kind else TAKEN_UP):
        return Degree.ANSWERED
    if is_only and is_in_kind and nearness >= ABOUT_THE_ONLY_ONE:
        return Degree.ANSWERED
    return Degree.NEAR
