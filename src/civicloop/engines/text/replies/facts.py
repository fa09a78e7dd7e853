"""Find what a reply names: measures, legal basis, units and ways to reach them.

Every pattern is of bounded length, so the time is linear in the length of the text whatever it
holds.

Source: own work; document numbers follow 党政机关公文格式 GB/T 9704-2012.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from civicloop.engines.text.replies.clauses import Clause, ClauseKind

NOT_MEASURES = frozenset(
    {ClauseKind.ADDRESS, ClauseKind.RECEIPT, ClauseKind.THANKS, ClauseKind.SIGNED, ClauseKind.COPY,
     ClauseKind.TRANSFER, ClauseKind.DEFERRAL, ClauseKind.NO_DETAILS}
)  # fmt: skip


class Tense(StrEnum):
    """Whether a measure is done, under way or to come."""

    DONE = "done"
    UNDER_WAY = "under_way"
    TO_COME = "to_come"


class ContactKind(StrEnum):
    """How a unit can be reached."""

    PHONE = "phone"
    WEBSITE = "website"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A clause that says what is done about the matter; start and end count characters."""

    start: int
    end: int
    words: str
    verb: str  # the word that makes it a measure, such as 责令
    tense: Tense


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A law, rule or document that a reply rests on."""

    start: int
    end: int
    title: str  # of the law or document, without its marks; empty where only a number is given
    article: str  # 第十七条第一款; empty where none is given
    number: str  # a document number such as 政办函 75号; empty where none is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A public telephone number or address on the web."""

    start: int
    end: int
    kind: ContactKind
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUnit:
    """An office, company or committee that is named as acting or responsible."""

    start: int
    end: int
    name: str


_VERB = (
    r"责令|责成|立案|约谈|查处|处罚|罚款|查封|取缔|关停|拆除|清理|清运|清除|清洗|疏通|修复|修补|修缮|维修|检修|抢修|更换|安装|增设|加装|"
    r"拨付|支付|发放|补发|退还|退款|退费|赔偿|整改|整治|督促|要求|通知书|告知|劝导|教育|训诫|警告|协调|调解|组织|召开|联系|上门|现场|"
    r"安排|部署|制定|出台|编制|修订|公示|批复|审批|纳入|列入|启动|开工|施工|动工|建设|改造|扩建|完成|完工|竣工|通车|投入使用|开通|恢复|"
    r"解决|处理|办理|办结|受理|登记|核查|排查|检查|巡查|检测|监测|增加|调整|优化|加强|加大|加快|推进|落实|执法|招标|移交|征收|征拆|绿化"
)
_TENSES = (
    (
        Tense.TO_COME,
        r"将于?|拟|计划|预计|力争|争取|下一步|下阶段|今后|后续|届时|准备|打算|会在|确保",
    ),
    (Tense.UNDER_WAY, r"正在|正(?=进行|处于|积极|协调|抓紧|办理|按)|目前在|仍在|着手|现正"),
    (
        Tense.DONE,
        r"已经?|现已|均已|于[\d年月日]{2,12}|[\d一二三四五六七八九十]{1,3}[日号]|曾|第一时间|立即|当[天日]",
    ),
)
_TENSED = tuple(
    (tense, re.compile(rf"(?:{marks})[^，。！？；\n]{{0,24}}?({_VERB})"))
    for tense, marks in _TENSES
)
_STRONG = re.compile(
    r"责令|立案|约谈|查封|取缔|处以|罚款|训诫|下达[^，。]{0,8}通知书|(?:修复|清理|更换|安装|整改|处理|解决|疏通|退还|发放)(?:了|完毕|到位|完成)"
)
_TITLE = re.compile(r"《([^《》\n]{2,60})》(?:[（(][^（）()\n]{1,30}[）)])?")
_ARTICLE = re.compile(
    r"第?[一二三四五六七八九十百\d]{1,5}条(?:之[一二三四五六])?(?:第?[一二三四五六七八九十\d]{1,3}[款项]){0,2}"
)
_INSTRUMENT = re.compile(
    r"法|条例|办法|规定|规则|细则|规范|规程|标准|意见|通知|决定|方案|规划|公告|通告|解释|目录|指南|制度|纲要|政策|准则|章程|批复|函"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fff\[\]]{1,12}[\u3014\[（(【﹝]\s?(?:19|20)\d\d\s?[\u3015\]）)】﹞]\s?第?\s?\d{1,5}\s?号|GB(?:/T)?\s?\d{3,6}"
)
_PHONE = re.compile(
    r"(?<![A-Za-z\d])(?:0\d{2,3}[\s\-—－]{1,3})?(?:\d{4}-)?\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)(?:12345|123\d\d|110|119|120|122|96\d{3,4})(?!\d)"
)
_WEBSITE = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9.\-/?=&%#_]{3,200}|公众号|政务服务网|官方?网站?"
)
_UNIT_END = re.compile(
    r"(?<=[\u4e00-\u9fffA-Z0-9])(?:委员会|办公室|管委会|办事处|居委会|村委会|服务中心|管理中心|镇政府|乡政府|人民政府|区政府|县政府|市政府|"
    r"公司|大队|支队|中队|派出所|社区|指挥部|管理处|管理站|法院|检察院|住建委|发改委|卫健委|国资委|公安厅|业委会|供电所|街道|局(?!部|面|长|域|限|势))"
)
_NOT_OF_NAME = re.compile(
    r"已|由|经(?!济|开|信|贸|侦)|[向给至到请为在的是把被从后即对据按及您你我其该此各]|将|与|和(?!平|谐|顺|城)|交(?!通|警|易|投)|转(?!业)|联系|咨询|拨打|"
    r"致电|会同|联合(?!会)|督促|要求|责令|责成|组织|协调|单位|部门|相关|有关|包括|属于?|通知|配合|牵头|立即|根据|督导|告知|可|并|以|以及|"
    r"参加|争取|\d日|\d月|[、：:（(“”\"\s/]"
)
LONGEST_NAME = 18
SHORTEST_NAME = 3


def find_measures(clauses: Sequence[Clause]) -> list[Measure]:
    """Return the clauses that say what was, is or will be done, courtesy and copies left out."""
    return [
        measure
        for clause in clauses
        if clause.kind not in NOT_MEASURES and (measure := _measure(clause)) is not None
    ]


def _measure(clause: Clause) -> Measure | None:
    for tense, pattern in _TENSED:
        if found := pattern.search(clause.text):
            return _made(clause, found[1], tense)
    if found := _STRONG.search(clause.text):
        return _made(clause, found[0], Tense.DONE)
    return None


def _made(clause: Clause, verb: str, tense: Tense) -> Measure:
    return Measure(start=clause.start, end=clause.end, words=clause.text, verb=verb, tense=tense)


def find_basis(reply: str) -> list[Basis]:
    """Return the laws, rules and documents a reply names; newspapers and forums are none."""
    return sorted([*_titled(reply), *_numbered(reply)], key=lambda basis: basis.start)


def _titled(reply: str) -> Iterator[Basis]:
    for found in _TITLE.finditer(reply):
        if not _INSTRUMENT.search(found[1]):
            continue
        after = reply[found.end() : found.end() + 40]
        article, number = _ARTICLE.match(after.lstrip("的中之 ")), _NUMBER.search(after[:30])
        length = len(after) - len(after.lstrip("的中之 ")) + article.end() if article else 0
        yield Basis(
            start=found.start(),
            end=found.end() + length,
            title=found[1],
            article=article[0] if article else "",
            number=number[0].strip("（( ") if number else "",
        )


def _numbered(reply: str) -> Iterator[Basis]:
    titles = {found.end() for found in _TITLE.finditer(reply)}
    for found in _NUMBER.finditer(reply):
        if not any(found.start() - back in titles for back in range(6)):
            number = found[0].removeprefix("根据").removeprefix("按照").removeprefix("依据")
            yield Basis(start=found.start(), end=found.end(), title="", article="", number=number)


def find_contacts(reply: str) -> list[Contact]:
    """Return public telephone numbers and addresses on the web."""
    kinds = ((ContactKind.PHONE, _PHONE), (ContactKind.WEBSITE, _WEBSITE))
    contacts = [
        Contact(start=found.start(), end=found.end(), kind=kind, words=found[0])
        for kind, pattern in kinds
        for found in pattern.finditer(reply)
    ]
    return sorted(contacts, key=lambda contact: contact.start)


def find_units(clauses: Sequence[Clause]) -> list[NamedUnit]:
    """Return the offices and companies named, each once, where it is named first."""
    units: dict[str, NamedUnit] = {}
    for clause in clauses:
        if clause.kind in (ClauseKind.ADDRESS, ClauseKind.THANKS, ClauseKind.COPY):
            continue
        for found in _UNIT_END.finditer(clause.text):
            first = max(0, found.end() - LONGEST_NAME)
            for stop in _NOT_OF_NAME.finditer(clause.text, first, found.start()):
                first = stop.end()
            name = clause.text[first : found.end()]
            if len(name) >= SHORTEST_NAME and name not in units:
                start = clause.start + first
                units[name] = NamedUnit(start=start, end=start + len(name), name=name)
    return list(units.values())
