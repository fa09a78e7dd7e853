"""Cut a reply into clauses and say what each is for: courtesy, passing on, or something told.

Every pattern is of bounded length, so the time is linear in the length of the text whatever it
holds.

Source: own work; the kinds follow what readers of 12345 replies complain of (转办式, 套话式答复).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import add

MOST_CHARACTERS = 20_000  # of a reply or a message; what stands behind is not read
COPIED_SHARE = 0.7  # of a clause's character pairs that stand in the message
SHORTEST_COPY = 6  # characters
KEPT, LONGEST_KEPT = 8_192, 40  # clauses that come back in reply after reply are read once


class ClauseKind(StrEnum):
    """What a clause of a reply is for."""

    ADDRESS = "address"  # 尊敬的网友，您好
    RECEIPT = "receipt"  # 您的留言已收悉，现回复如下
    THANKS = "thanks"  # 感谢您的关注
    SIGNED = "signed"  # 某某局 2023年5月1日
    COPY = "copy"  # the citizen's own words again
    TRANSFER = "transfer"  # 已转相关部门
    REFERRAL = "referral"  # 请咨询…, 建议您向…反映
    DEFERRAL = "deferral"  # 有结果及时反馈, 将认真研究
    NOT_OURS = "not_ours"  # 不属于我单位职责
    NO_DETAILS = "no_details"  # 因您未留联系方式
    TOLD = "told"  # anything else: what the reply tells


EMPTY_KINDS = frozenset(
    {ClauseKind.TRANSFER, ClauseKind.REFERRAL, ClauseKind.DEFERRAL, ClauseKind.NOT_OURS,
     ClauseKind.NO_DETAILS}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A piece of a text between two marks; start and end count characters."""

    start: int
    end: int
    text: str
    sentence: int  # number of the sentence it stands in
    kind: ClauseKind = ClauseKind.TOLD


_MARKS = "，,。！!？?；;\n\r"
_BREAK = re.compile(
    rf"[{_MARKS}]+|(?<=如下)[:：]?\s{{0,8}}|(?<=[友民人士生])[:：]\s{{0,8}}|\s{{1,8}}(?=[\u4e00-\u9fff])"
)
_SENTENCE_END = frozenset("。！!？?；;\n\r")
_DATE = r"(?:19|20)\d\d\s?[年.\-/]\s?\d{1,2}\s?[月.\-/]\s?\d{1,2}\s?日?"
_SIGNATURE = re.compile(rf"^\s{{0,4}}[\u4e00-\u9fffA-Z0-9]{{0,24}}\s{{0,4}}{_DATE}\s{{0,4}}$")
_DATES_AWAY = re.compile(_DATE)
_SUCH = r"(?:留言|来信|来电|诉求|帖文?|反映|建议|问题|情况|咨询|意见|投诉|邮件|此?件)"
_BODY = r"(?:部门|单位|局|委|办|中心|公司|街道|镇|乡|政府|区|县|市|科|处|站|大队|支队|厅|院|会|领导|职能|所|社)"
# the first kind whose pattern is found decides
_PATTERNS = (
    (
        ClauseKind.ADDRESS,
        (r"^[\s“”\"]{0,6}(?:(?:尊敬|亲爱)的)?(?:[\u4e00-\u9fff]{0,6}(?:网友|网民|市民|来信人|领导|先生|女士|同志|用户|居民|朋友))"
        r"?\s{0,4}[“\"]?[A-Za-z0-9]{0,16}[”\"]?\s{0,4}[:：]?\s{0,4}(?:您|你)?好?[\s:：]{0,4}$"),
    ),
    (
        ClauseKind.TRANSFER,
        r"(?:已经?|将|现|会|予以|按[\u4e00-\u9fff]{0,8})[^，。]{0,30}?(?:转交|转至|转到|转给|转办|转达|转送|转呈|转有关|转相关|"
        r"转由|交由|交办|移交|批转|反馈给|反映给|反馈至)"
        r"|(?:已经?|现|将)(?:及时|分别|按[\u4e00-\u9fff]{0,6})?转(?!让|变|移|型|为|入|运|弯|出|账|学)[^，。]{1,24}"
        r"|转(?:交|办|至)[^，。]{0,20}" + _BODY
        + r"|(?:向|给)[^，。]{0,12}(?:报告|汇报|呈报)了?$",
    ),
    (
        ClauseKind.NO_DETAILS,
        (r"(?:未|没有?|没)(?:能)?(?:提供|留下?|说明|注明|填写|写明|告知)|(?:信息|描述|内容|线索)[^，。]{0,6}(?:不足|不全|不够|不清|不明|不详)"
        r"|(?:不|未)(?:够)?具体|不掌握(?:具体)?情况|(?:请|补充|补全|建议)[^，。]{0,10}(?:提供|留下|补全|补充|表述)[^，。]{0,20}"
        r"(?:信息|线索|联系|电话|情况|凭证|材料|具体|问题)|便于[^，。]{0,16}(?:联系|沟通|核实|调查)"),
    ),
    (
        ClauseKind.NOT_OURS,
        r"(?:不属于?|不归|非|不在|超出)[^，。]{0,16}(?:职责|职能|管辖|权限|范围|主管|管理|负责)|(?:由|属)[^，。]{0,12}(?:直管|垂直管理)",
    ),
    (
        ClauseKind.THANKS,
        (r"感谢|谢谢|致谢|^\s{0,4}(?:顺?祝|祝愿|祝福|祝您|祝你)|特此(?:回复|答复|函复)|带来[^，。]{0,6}不便|敬请(?:谅解|理解|关注|监督)"
        r"|(?:望|请|希望)[^，。]{0,8}(?:谅解|理解|知悉|监督|支持)|欢迎[^，。]{0,16}(?:监督|关注|来电|来信|建议|意见|反映)"
        r"|(?:建议|意见)(?:很好|非常好|很有)|继续[^，。]{0,6}(?:关注|支持|关心)|宝贵(?:的)?(?:意见|建议)$"),
    ),
    (
        ClauseKind.RECEIPT,
        (r"^[^，。]{0,30}(?:您|你|网友|网民|市民|来信人?)[^，。]{0,40}(?:留言|来信|发帖|反映|提出|咨询)[^，。]{0,4}[:：“《]|^现?就(?:您|你)"
        rf"|{_SUCH}[^，。]{{0,24}}(?:收悉|收到|已阅|知悉|阅悉|获悉|收知)|(?:收悉|收到|已阅|阅悉)(?:了|您|你|$)|^留言已阅"
        r"|(?:回复|答复|汇报|反馈|说明|告知|介绍|解答)(?:您)?如下|如下[:：]?$"
        r"|(?:反映|咨询|提出|所述|关注)的?[^，。]{0,40}(?:问题|情况|事项|诉求|事宜)$|^[（(一二三四五六七八九十\d、.]{0,6}(?:关于|针对|对于)[^，。]{1,60}(?:问题|情况|建议|诉求|事宜|咨询)$|^接到[^，。]{0,12}后$"
        r"|^[^，。]{0,24}高度重视$|立即(?:组织|安排)[^，。]{0,10}(?:核实|调查|处理)[^，。]{0,4}$|^针对(?:您|你)[^，。]{0,60}(?:问题|情况)$"),
    ),
    (
        ClauseKind.REFERRAL,
        (r"(?:请|建议|可以?|需|如|欢迎)[^，。]{0,20}(?:咨询|联系|拨打|致电|询问|反映|投诉|举报|查询|登录|详询|反馈|关注|提出|查看|查阅|查收|参看)"
        r"|(?:联系|咨询|举报|服务|监督|投诉)?(?:电话|热线|方式)[:：为]?\s?[（(]?\d|^\s{0,4}电话|已(?:经|有)?[^，。]{0,10}(?:答复|回复)(?:您|过|了)?$|^详见|^链接|(?:具体|详细?)[^，。]{0,8}(?:咨询|请参)"),
    ),
    (
        ClauseKind.DEFERRAL,
        (r"(?:将|会|予以|一旦|待|有)[^，。]{0,20}(?:及时|尽快|第一时间|认真|充分|积极|再|后续)[^，。]{0,10}(?:反馈|回复|答复|告知|研究|考虑|论证|采纳|跟进|关注|核实|处理)"
        r"|(?:有关|相关|处理|核查)?(?:情况|进展|进度|结果)[^，。]{0,12}(?:反馈|回复|公布|告知)|耐心等待|(?:待|等|稍后|随后)[^，。]{0,20}(?:回复|答复|反馈|告知)|^待[^，。]{0,20}后$|(?:关注|等待)[^，。]{0,8}(?:后续|回复|结果)"
        r"|(?:正在|正|予以|进行|将)(?:积极|抓紧|进一步|认真)?(?:处理|核实|调查|办理|研究|核查|调查核实|核实处理|调查处理)(?:中|之中|当中)?$"
        r"|(?<!经)(?:调查|核实|核查)[、和]?(?:核处|处理|办理|答复|处置|核实|办复|回复)$|(?:研究|作为|供)[^，。]{0,6}(?:参考|参阅)"
        r"|(?:已|将)[^，。]{0,6}(?:记录|登记在案|知晓)|给予[^，。]{0,4}(?:答复|回复)$"),
    ),
)  # fmt: skip
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_SOLID = re.compile(
    r"经(?:核实|核查|查|调查|了解|现场|询问|查实|查询|走访)|依法|责令|立案|处罚|罚款|约谈|查处|根据|依据|按照|规定|第[一二三四五六七八九十百\d]+条|由于|因为|原因"
)
_QUOTING = re.compile(
    r"反映|咨询|提到|提出|所述|询问|关于|针对|[“《‘]|请问|请求|希望|恳请|什么|能否|可否|如何|吗$"
)
_LETTERS = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")
_NOT_LETTERS = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]+")


def split_clauses(text: str) -> Iterator[Clause]:
    """Cut a text at its marks, the first ``MOST_CHARACTERS`` of it.

    Args:
        text: any string; may be empty.

    Yields:
        Clauses that hold a letter or digit, in order, all of kind ``TOLD``.
    """
    text = text[:MOST_CHARACTERS]
    sentence, start = 0, 0
    for end, after in [*(found.span() for found in _BREAK.finditer(text)), (len(text), len(text))]:
        words = text[start:end].strip()
        if words and _LETTERS.search(words):
            first = text.index(words, start)
            yield Clause(start=first, end=first + len(words), text=words, sentence=sentence)
        if not _SENTENCE_END.isdisjoint(text[end:after]):
            sentence += 1
        start = after


def read_clauses(reply: str, written: frozenset[str]) -> list[Clause]:
    """Cut a reply into clauses and name the kind of each.

    Args:
        reply: what the unit answered.
        written: pairs of what the citizen wrote, subject and text.

    Returns:
        Clauses in order; together they hold every word of the reply's readable part.
    """
    return [
        Clause(
            start=clause.start,
            end=clause.end,
            text=clause.text,
            sentence=clause.sentence,
            kind=_kind(clause.text, written),
        )
        for clause in split_clauses(reply)
    ]


def pairs_of(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring Han characters, letters or digits of a text."""
    return _pairs_kept(text) if len(text) <= LONGEST_KEPT else _pairs(text)


def _pairs(text: str) -> frozenset[str]:
    letters = _NOT_LETTERS.sub("", text)
    return frozenset(map(add, letters, letters[1:]))


_pairs_kept = lru_cache(maxsize=KEPT)(_pairs)


def letters_in(text: str) -> int:
    """Return how many Han characters, letters and digits a text holds, dates not counted."""
    return _letters_kept(text) if len(text) <= LONGEST_KEPT else _letters(text)


def _letters(text: str) -> int:
    return len(_NOT_LETTERS.sub("", _DATES_AWAY.sub("", text)))


_letters_kept = lru_cache(maxsize=KEPT)(_letters)


def _kind_in_itself(text: str) -> ClauseKind | None:
    """The kind that a clause has whatever the message says; None where that matters."""
    if _SIGNATURE.search(text) or not letters_in(text):
        return ClauseKind.SIGNED
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    may_quote = len(text) >= SHORTEST_COPY and _QUOTING.search(text) and not _SOLID.search(text)
    return None if may_quote else ClauseKind.TOLD


_kind_kept = lru_cache(maxsize=KEPT)(_kind_in_itself)


def _kind(text: str, written: frozenset[str]) -> ClauseKind:
    find_kind = _kind_kept if len(text) <= LONGEST_KEPT else _kind_in_itself
    if kind := find_kind(text):
        return kind
    own = pairs_of(text)
    is_copied = len(own & written) >= COPIED_SHARE * max(len(own), 1)
    return ClauseKind.COPY if is_copied else ClauseKind.TOLD
