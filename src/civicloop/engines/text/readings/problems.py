"""Split a message into the separate problems it reports, each of which could be a work order.

A writer parts problems by numbers (一、二、), by order (首先, 其次) or by turning to another thing (另外,
还有一个问题). What stands behind such a mark is a problem of its own only if it tells something new and
is not the history, the reason, the wish or the farewell that belongs to what was said before.

Source: own work.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

_BEFORE = r"(?:(?<=[。；！？!?;\n：:\s，,])|\A)"
_NUMBERED = re.compile(
    _BEFORE
    + r"(?:[（(](?P<a>\d{1,2}|[一二三四五六七八九十]{1,2})[）)]|(?P<b>[一二三四五六七八九十]{1,2})[、，．.：]|(?P<c>[①②③④⑤⑥⑦⑧⑨])"
    r"|(?P<d>(?<!\d)\d{1,2})(?:[、，：．]|[.](?!\d)|[)）])|第(?P<e>[一二三四五六七八九十])(?:点|个问题|件事|条|，|、|：|是)|(?P<f>[一二三四五六])是(?!否))"
)
_ORDERED = re.compile(
    _BEFORE
    + r"(?P<order>首先|其次|再次(?!反映|来电|投诉|拨打|催|要求|提出|上)|再者|最后(?!一))(?=[，,：:是]|[^，。]{4})"
)
_TURNS = re.compile(
    _BEFORE
    + r"(?:(?:另外|此外|除此之外|除了这个|(?:顺便|顺带)(?:还|再|也)?(?:反映|说|提|讲)?(?:一下|一声|一句|一件事|个事|个问题)?|再(?:说|反映|讲|提)(?:一下|个事|个问题|一个问题|一件事)|再就是|同时(?:也|还)?反映|另(?=[，,]|反映|有(?!关|人|外)|[从小该本这在]|我(?!行)|[院厂校店村]方?)|另一(?:个问题|件事)|还有(?=[，,]|一|就是|个|件)|还要反映|还想反映|还反映|再反映"
    r"|还有一个问题|还有一件事|第二个问题|与此同时|并且(?=[，,])|其二|其次|说到这里|同时(?=[，,])|二来|再说(?=[，, ])|同时(?= )|对了)[^，。；！？\n]{0,12}?)"
)
_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九十", start=1)} | {
    sign: number for number, sign in enumerate("①②③④⑤⑥⑦⑧⑨", start=1)
}
_LEAST = 6
_LEAST_FIRST = 4
_HEAD = 60  # by so much of a part it is told whether it goes on
_MOST = 20  # parts of one message
_NO_PROBLEM = re.compile(  # how a part begins that only goes on with what was said
    r"[\s，,：:、。]{0,4}(?:我们?|其|来电人|诉求人|本人|业主|大家|居民|村民|市民|群众)?(?:也|还|又|已经?|曾经?|均|都)?"
    r"(?:(?:之前|此前|前期|上次|多次|几次三番|反复|一直|也|曾|已|前几天|上个?[月周]|去年|半个月前|两个月前|年前|国庆前后|大前天|前段时间|今年年初|上半年){0,2}(?:向|找|跟|打|拨打|给)[^，。；]{0,14}(?:反映|投诉|报|电话|12345|协调|沟通|说|推诿|下文|管|通知)"
    r"|(?:投诉|反映|打)(?:过|了)?(?:[一两二三四五六七八九十几多数]|\d)|网上|在网上|报警|打110|打过|曾多次|希望|请求?(?!问)|恳请|要求|建议|望|盼|谢谢|感谢|此致|联系|电话|附件?|照片|视频|现场|监控|录音|录像|态度|我们?(?:只|愿|理解|相信)|每次(?:反映|打)|[^，。；]{0,8}(?:来过|来人看过|打电话问过|回过|的人打)"
    r"|(?:上次|上回|前次)?(?:来)?整改过|(?:已|已经)?(?:向|找)(?:过)?[^，。；]{1,12}(?:反[映应]|投诉|都|，工作人员|,)|找过|[^，。；]{0,6}给个答复|[^，。；]{0,4}(?:别|不要)把|如(?:果|有需)|为此|因此|所以|综上|总之|诉求|说明|以上|事情(?:经过|原由|缘由|起因)|[^，。；]{0,8}处理[:：]|事情经过|基本情况|具体情况|补充|补一句|说一句|祝|至今|到现在|没有?(?:人|下文|结果)|不要|不能|回复|麻烦(?!的是)|物业说|社区说|街道说|他们说|对方说)"
)
_FUNCTION = re.compile(
    r"[^\u4e00-\u9fff]|[的了是在有和我们你他这那也都就还又很不没个一上下来去到说要会能人问题反映情况希望请相关部门处理解决小区居民业主该其]"
)
_SAME_RATIO = 0.42  # of the pairs of the shorter part
_SHORT = 30  # pairs; in so short a part two common ones tell that it is the same thing


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPart:
    """One problem of a message; ``text[start:end]`` are its words."""

    start: int
    end: int


def split_problems(text: str) -> list[ProblemPart]:
    """Return the problems of a text in order: one part over the whole text where there is one.

    Args:
        text: any text; blank or empty gives no part.
    """
    if not text.strip():
        return []
    lists = _numbered(text)
    if len(lists) > 1:
        starts = [start for start in lists if not _goes_on(text, start, lists)]
        first = starts[0] if starts else 0
    else:
        starts, first = [0], 0
    turns = [
        match.start() for match in _TURNS.finditer(text) if match.start() > first + _LEAST_FIRST
    ]
    turns = turns[:_MOST]
    turns = [start for start in turns if not _goes_on(text, start, turns)]
    starts = sorted({*starts, *turns})[:_MOST] or [0]
    if len(starts) == 1:
        return [_trimmed(text, 0, len(text))]
    return _new_ones(text, starts)


def _numbered(text: str) -> list[int]:
    """Where the items of the first list begin that counts 1, 2 … or says 首先, 其次."""
    items: list[int] = []
    style = ""
    for match in _NUMBERED.finditer(text):
        kind = match.lastgroup or ""
        sign = match.group(kind)
        number = _DIGITS.get(sign) or (int(sign) if sign.isdecimal() else 0)
        if number == 1 and not items:
            style = kind
        if kind == style and number == len(items) + 1:
            items.append(match.start())
            if len(items) == _MOST:
                break
    if len(items) > 1:
        return items
    return [match.start() for match in islice(_ORDERED.finditer(text), _MOST)]


def _goes_on(text: str, start: int, others: Sequence[int]) -> bool:
    """Tell whether what begins here only goes on with what was said before."""
    end = next((other for other in others if other > start), len(text))
    words = text[start : min(end, start + _HEAD)]
    for marks in (_NUMBERED, _ORDERED, _TURNS):
        match = marks.match(words)
        if match:
            words = words[match.end() :]
            break
    return len(words) < _LEAST or bool(_NO_PROBLEM.match(words))


def _new_ones(text: str, starts: list[int]) -> list[ProblemPart]:
    """Join a part that says again what an earlier one said to the part before it."""
    kept, told = [starts[0]], [_content(text[starts[0] : starts[1]])]
    for start, end in zip(starts[1:], [*starts[2:], len(text)], strict=True):
        content = _content(text[start:end])
        least = min(len(content), *(len(earlier) for earlier in told)) or 1
        shared = max(len(content & earlier) for earlier in told)
        is_same = shared / least >= _SAME_RATIO or (shared > 1 and least < _SHORT)
        if content and not is_same:
            kept.append(start)
            told.append(content)
    if len(kept) == 1:
        return [_trimmed(text, 0, len(text))]
    return [
        _trimmed(text, start, end) for start, end in zip(kept, [*kept[1:], len(text)], strict=True)
    ]


def _content(words: str) -> set[str]:
    """The pairs of characters that carry meaning, of at most 400 characters."""
    told = _FUNCTION.sub(" ", words[:400])
    return {told[at : at + 2] for at in range(len(told) - 1) if " " not in told[at : at + 2]}


def _trimmed(text: str, start: int, end: int) -> ProblemPart:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return ProblemPart(start=start, end=start + len(piece.strip()))
