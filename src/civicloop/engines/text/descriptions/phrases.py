"""Find in a message the phrases that could tell its place, problem, people, time, request, respondent.

Every phrase is an exact stretch of the subject or the text; nothing is reworded.

Source: own work.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from civicloop.engines.text.events.values import Message
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.places import Place, find_places, tag_words

Part = Literal["subject", "text"]

READ_MOST = 400  # characters of a text
_SHORTEST = 3
_CLAUSE = re.compile(r"[^，。！？；,!?;：:\s…（）()【】“”\"]+")
_PRIVATE = re.compile(r"\d{6,}|电话|手机|身份证|微信|姓名|联系|女士|先生")

_SIGN = "[^\\W_的了在是我你他她们和与及从到往由于对把被将有没不这那此给向请求反映咨询投诉举报位住来过家里各每某而非谢怎么]"
_WHO = re.compile(
    r"(?:(?:[上数几好]?[一二三四五六七八九十几两0-9]*[十百千万][多余来几]?|[0-9]{1,5}多?|全体|广大|众多|许多|不少|部分|"
    r"多|数|全村|整栋楼|整个小区|附近|周边|周围|沿街|沿线|沿岸|小区|全校)(?:户|名|位|人|个|的)*)?"
    r"(?:业主(?!委员会)|居民(?!医保|养老|户口|委员会|小区|楼)|住户|村民|家长|学生|员工|工人|农民工|职工|商户|租户|乘客|市民|消费者|老人|老百姓|学员|患者|摊主|农户|会员)"
)
_COUNT = "[0-9一二三四五六七八九十两几半数]+"
_SINCE = re.compile(
    rf"(?:自从?|从)?(?:(?:20[0-9]{{2}}年(?:[0-9]{{1,2}}月)?(?:[0-9]{{1,2}}日)?|去年|今年|前年|上个月|上周|年初|年底|"
    rf"[0-9一二三四五六七八九十]{{1,3}}月份?|入冬|入夏|入秋|开春|春节|国庆|暑假|寒假|上半年|下半年|交房|供暖季)"
    rf"(?:以来|以后|之后|开始|起|到现在|至今|初|底|中旬)+)"
    rf"|{_COUNT}个?多?(?:年|月|个月|天|周|个星期|星期)(?:多|来|以上)?(?:了|以来|(?=没|未|还))"
)
_ASK = re.compile(
    r"(?:希望|请求|恳请|恳求|强烈要求|要求|建议|敬请|盼望|请)(?:能够|能|政府|市政府|有关|相关|部门|各级|各位|领导|书记|市长|尽快|及时|贵单位|你们)*"
)
_NOT_ASKING = re.compile("申请|请问|邀请|请假|绝望|失望|看望|请客|请人|希望小学|请的|请了|聘请")
_ORGANISATION = re.compile(
    rf"{_SIGN}{{2,14}}?(?:有限公司|分公司|公司|集团|驾校|幼儿园|中学|小学|学院|医院|诊所|酒店|超市|饭店|烧烤店|餐馆|"
    r"培训机构|培训中心|健身房|网吧|养殖场|加工厂|化工厂|药店|专卖店)"
)
_RESPONDENT = re.compile(
    rf"{_ORGANISATION.pattern}|物业公司|物业|开发商|施工方|施工单位|建筑工地|工地|校方|学校|商家|店家|老板|包工头|平台|村委会|业委会|驾校|医院|"
    r"公交公司|供热公司|供暖公司|自来水公司|燃气公司|供电公司|快递公司|中介|房东|司机|机构"
)
_LEADING = re.compile(
    r"^(?:(?:[-*=~_—、.]|[0-9]{1,2}[、.．](?![0-9])|您好|你好|尊敬的?|领导|反映|投诉|咨询|举报|求助|关于|希望处理|希望解决|希望|处理|解决|关注|管管|请|市民表示|来电|"
    "诉求人|市民|请问|其|因|由于|因为|这里|此处|门口|附近|旁边|旁|内|里|的|存在|处|一带|周边|严重)+)"
)
_TRAILING = re.compile(
    "(?:(?:的|等)*(?:问题|情况|事宜|一事|现象|谁来管|谁管|怎么办|何时解决|反映|诉求|咨询|建议|投诉|请处理|了|的|呢|吗)+)$"
)
_FORMULA = re.compile(
    "尊敬|您好|你好|谢谢|感谢|联系|答复|回复|反映过|打过|12345|投诉过|没人管|没有人管|影响|不便|损失|"
    "尽快|解决|核实|重视|意见很大|情况照旧|网上留|部门|一直拖|没个说法|我是|市民|来电|希望|请求"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one message: ``words`` is its ``part`` from ``start`` to ``end``."""

    message: int
    part: Part
    start: int
    end: int
    words: str


Placed = dict[Part, list[Place]]


def placed(message: Message, gazetteer: Gazetteer) -> Placed:
    """Read where a message speaks of, in its subject and in its text."""
    return {part: find_places(text, tag_words(text), gazetteer) for part, text in _parts(message)}


def places(message: Message, read: Placed) -> Iterator[Span]:
    """Find names of places, with and without the area before them, and areas alone.

    The building and room behind a name are left out: they could point at a person.
    """
    for part, found in read.items():
        for place in found:
            for start in {place.start, place.named_from}:
                yield _span(message, part, (start, place.named_until))


def people(message: Message) -> Iterator[Span]:
    """Find who suffers: a group, with its number when one is told."""
    yield from _matches(_WHO, message)


def beginnings(message: Message) -> Iterator[Span]:
    """Find since when, or for how long."""
    yield from _matches(_SINCE, message)


def respondents(message: Message) -> Iterator[Span]:
    """Find whom it is about; what the message asks for is left out, for that names authorities."""
    asked = list(requests(message))
    for span in _matches(_RESPONDENT, message):
        if not any(a.part == span.part and a.start <= span.start < a.end for a in asked):
            yield span


def requests(message: Message) -> Iterator[Span]:
    """Find what is asked for: the clause after a word of asking."""
    for part, start, clause in _clauses(message):
        found = _ASK.search(clause)
        if part == "subject" or found is None or _NOT_ASKING.search(clause):
            continue
        if len(clause) - found.end() >= 4:
            yield _span(message, part, (start + found.end(), start + len(clause)))


def problems(message: Message, read: Placed, names: Sequence[str] = ()) -> Iterator[Span]:
    """Find clauses that say what is wrong, without names before them and formulas around.

    Args:
        message: the message.
        read: the places that it names.
        names: of the event's place and respondent; what stands up to them is cut off.
    """
    for part, start, clause in _clauses(message):
        if _ASK.match(clause) and part == "text":
            continue
        first = _after_places(clause, start, read[part], _after_names(clause, names))
        leading = _LEADING.match(clause[first:])
        first += leading.end() if leading else 0
        trailing = _TRAILING.search(clause, first)
        end = trailing.start() if trailing else len(clause)
        if end - first >= _SHORTEST and not (part == "text" and _FORMULA.search(clause[first:end])):
            yield _span(message, part, (start + first, start + end))


def _after_names(clause: str, names: Sequence[str]) -> int:
    ends = [found.end() for found in _ORGANISATION.finditer(clause)]
    ends += [clause.find(name) + len(name) for name in names if name in clause]
    return max(ends, default=0)


def _after_places(clause: str, start: int, found: Sequence[Place], first: int) -> int:
    """Where a clause goes on behind the places that it begins with; those further in are told."""
    for place in found:
        if start <= place.start <= start + first and place.end <= start + len(clause):
            first = max(first, place.end - start)
    return first


def is_private(span: Span) -> bool:
    """Tell whether a phrase may point at a person: numbers, names, ways to reach somebody."""
    return bool(_PRIVATE.search(span.words))


def _parts(message: Message) -> Iterator[tuple[Part, str]]:
    yield "subject", message.subject
    yield "text", message.text[:READ_MOST]


def _clauses(message: Message) -> Iterator[tuple[Part, int, str]]:
    for part, text in _parts(message):
        for found in _CLAUSE.finditer(text):
            yield part, found.start(), found[0]


def _matches(pattern: re.Pattern[str], message: Message) -> Iterator[Span]:
    for part, text in _parts(message):
        for found in pattern.finditer(text):
            yield _span(message, part, found.span())


def _span(message: Message, part: Part, reach: tuple[int, int]) -> Span:
    start, end = reach
    whole = message.subject if part == "subject" else message.text
    return Span(message=message.id, part=part, start=start, end=end, words=whole[start:end])
