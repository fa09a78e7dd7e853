"""Find what a message asks for: its questions and its requests.

Where a message only complains, the complaint itself is what it asks for. Words that every appeal
holds (望领导重视, 尽快解决) ask for nothing in particular and are passed over.

Source: own work.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from civicloop.engines.text.replies.clauses import (
    MOST_CHARACTERS,
    Clause,
    pairs_of,
    split_clauses,
)

MOST_REQUESTS = 8
SHORTEST_REQUEST = 5  # characters that say what is wanted
LONGEST_REQUEST = 200


class Ask(StrEnum):
    """What kind of answer a request wants."""

    WHEN = "when"
    WHY = "why"
    HOW_MUCH = "how_much"
    WHETHER = "whether"
    HOW = "how"
    WHO = "who"
    ACT = "act"  # something is to be done
    MATTER = "matter"  # nothing is asked in so many words: the complaint itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a message asks for; start and end count characters of the message."""

    start: int
    end: int
    words: str
    ask: Ask


# the first kind whose pattern is found decides; those of _MARKED only where a question is marked
_PLAIN = (
    (Ask.WHEN, r"什么时候|何时|多久|哪天|什么时间|多长时间"),
    (Ask.WHY, r"为什么|为何(?!不)|何故|什么原因|凭什么"),
    (Ask.WHO, r"哪个部门|由谁|谁负责|找谁|什么部门"),
    (
        Ask.WHETHER,
        r"能否|可否|是否(?:可以|能|有|会|符合|需要|属于)|能不能|可不可以|有没有|会不会|可以吗|吗$",
    ),
    (
        Ask.ACT,
        r"^.{0,12}?(?:请求|恳请|恳求|建议(?!书)|希望|呼吁|烦请|敬请|督促|[特另还]请|诉求(?:是|[:：]))|^.{0,6}?(?:要求|盼|望(?:贵|领导|政府|能|有关|相关|尽快|予以|给|早日|上级|各级))|^.{0,4}(?<!申)请(?!问|假|客|示|了|来)",
    ),
)
_MARKED = (
    (Ask.HOW_MUCH, r"多少|几[个元万年次岁]|标准是|怎么收费|如何收费"),
    (Ask.WHO, r"谁来?|哪里|哪儿|何处|哪家"),
    (Ask.WHY, r"为何|怎么会|原因"),
    (Ask.WHEN, r"几时|几月|哪一?年|时间"),
    (Ask.HOW, r"如何|怎么|怎样|咋|哪些|什么"),
    (Ask.WHETHER, r"."),
)
_MARK = re.compile(r"请问|想问|咨询|想(?:知道|了解)|不知道?|[吗呢么]$")
_PLAIN_PATTERNS = tuple((ask, re.compile(pattern)) for ask, pattern in _PLAIN)
_MARKED_PATTERNS = tuple((ask, re.compile(pattern)) for ask, pattern in _MARKED)
_IDLE = re.compile(
    r"来电人|诉求人|市民|咨询|表示|反映|请问|您好|你好|谢谢|盼|望|求|解答|请|恳|领导们?|您|书记|市长|县长|省长|政府|党委?|职能|部门|相关|有关|各级|上级|给予|给个?|予以|尽快|早日|"
    r"能够?|关注|重视|回复|答复|解决|处理|支持|一下|为|此事|此类|这个|这些|问题|重点|帮助|帮忙|核实|说法|满意|的|我们?|老百姓|百姓|做主|作主|民|"
    r"希|烦|敬|特|另|还|并|严|彻底|调查|查处|查|干实事|你们?|和|与|及|以|对|到|下|公道|合理|公正|主持|维权|维护|权益|合法|弱势群体|帮扶|督促|"
    r"建议|要求|呼吁|诉求|在此|在这里|现|衷心|迫切|强烈|再次|大家|广大|关心|协调|落实|出面|介入|监督|管管?|依法|整治|市|县|区|省|镇|里|[，。！？\s]"
)
_RHETORICAL = re.compile(
    r"联系(?:方式|电话|我|本人|1)|\d{11}|要是|万一|出了事|天理|良心|何在|岂|难道|不是吗|有人管吗|没人管|王法|公平吗|合理吗|还有没有"
)
COMMON_PAIRS = pairs_of(
    "我们你们他们问题情况小区业主领导政府部门相关有关希望请问现在目前可以没有什么怎么是否能否因为所以但是"
    "已经进行一个这个那个的话的人不是就是还是都是解决处理反映您好谢谢工作市民居民人民尊敬"
    "现将有关情况回复答复如下您好您的留言来信来帖帖文已收悉我们我局我单位高度重视立即组织安排人员核实调查经查"
)


def find_requests(message: str, *, subject: str = "") -> list[Request]:
    """Return what a message asks for, at most ``MOST_REQUESTS``, in order.

    Args:
        message: the text; spans count its characters.
        subject: the title, which names the matter where the text asks nothing in particular.
    """
    message = message[:MOST_CHARACTERS]
    requests: list[Request] = []
    seen: set[frozenset[str]] = set()
    clauses = list(split_clauses(message))
    for clause in clauses:
        ask = _ask(clause.text, message[clause.end : clause.end + 1])
        if ask and (own := pairs_of(clause.text)) not in seen:
            seen.add(own)
            requests.append(_request(clause, ask))
    return requests[-MOST_REQUESTS:] if requests else _matter(message, clauses, subject)


def _ask(text: str, mark: str) -> Ask | None:
    if _RHETORICAL.search(text) or len(_IDLE.sub("", text)) < SHORTEST_REQUEST:
        return None
    for ask, pattern in _PLAIN_PATTERNS:
        if pattern.search(text):
            return ask
    if mark not in ("?", "？") and not _MARK.search(text):
        return None
    return next(ask for ask, pattern in _MARKED_PATTERNS if pattern.search(text))


def _request(clause: Clause, ask: Ask) -> Request:
    words = clause.text[:LONGEST_REQUEST].rstrip()
    return Request(start=clause.start, end=clause.start + len(words), words=words, ask=ask)


def _matter(message: str, clauses: Sequence[Clause], subject: str) -> list[Request]:
    if not clauses:
        return []
    named = pairs_of(subject) - COMMON_PAIRS
    best = max(clauses, key=lambda clause: len((pairs_of(clause.text) - COMMON_PAIRS) & named) or 0)
    if not named:
        best = max(clauses, key=lambda clause: len(pairs_of(clause.text) - COMMON_PAIRS))
    sentence = [clause for clause in clauses if clause.sentence == best.sentence]
    start, end = sentence[0].start, min(sentence[-1].end, sentence[0].start + LONGEST_REQUEST)
    return [Request(start=start, end=end, words=message[start:end].strip(), ask=Ask.MATTER)]
