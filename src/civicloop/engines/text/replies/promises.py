"""Find what a reply promises, by when, and say whether the promise has fallen due.

A promise is a clause about an act to come, or about news to come. Whether it was kept is not in
the text: past its day a promise is "due", until a later reply or a person says it was kept.

Source: own work.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import zip_longest

from civicloop.engines.text.replies.clauses import Clause, ClauseKind
from civicloop.engines.text.times import NamedDay


class PromiseKind(StrEnum):
    """What is promised."""

    ACT = "act"  # 将于10月底前完成
    NEWS = "news"  # 有结果将及时反馈


class PromiseState(StrEnum):
    """How a promise stands on a day."""

    OPEN = "open"  # its day has not come
    DUE = "due"  # its day has passed
    UNDATED = "undated"  # nobody can say when


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An act or news to come; start and end count characters of the reply."""

    start: int
    end: int
    words: str
    kind: PromiseKind
    due_day: date | None
    due_words: str  # 10月底; empty where no day is named


_FUTURE = re.compile(
    r"(?<!原)将(?!军|近|就|影响)|(?<!原)拟(?!定|好)|计划(?:在|于|[\d今明下年])|预计|力争|争取|确保|承诺|保证(?!金|了)|会(?:在|尽快|继续|及时|将)|打算|准备(?:在|于)|届时|尽快"
    r"|限[^，。]{0,12}(?:内|前)|下一步|下阶段|待[^，。]{1,20}后"
)
_ACT = re.compile(
    r"完成|完工|竣工|通车|开工|施工|动工|建成|建设|投入|开通|启动|实施|修复|维修|改造|整改|整治|清理|拆除|处理|解决|查处|落实|安排|安装|更换|"
    r"增设|增加|发放|拨付|支付|退还|出台|公布|公示|推进|加强|加大|督促|协调|跟进|巡查|检查|监管|办理|办结|到位|开展|组织|召开|纳入|列入|"
    r"交付|恢复|调整|优化|研究|考虑|供水|供气|供电|招标|移交|执行"
)
_NEWS = re.compile(
    r"反馈|回复您|答复您|(?:进行|予以|给予|及时|再|另行)(?:回复|答复)|(?:回复|答复)$|告知|公布|联系您|通知您|回访"
)
_CONDITIONAL = re.compile(r"如果?(?!期)|若|一旦|倘|凡|对(?:拒不|逾期)|逾期")
_DEADLINE = re.compile(r"(?:前|内|底|完成|完工|竣工|通车|到位|办结)")
SILENT = frozenset(
    {ClauseKind.ADDRESS, ClauseKind.RECEIPT, ClauseKind.THANKS, ClauseKind.SIGNED, ClauseKind.COPY,
     ClauseKind.REFERRAL, ClauseKind.NO_DETAILS, ClauseKind.NOT_OURS}
)  # fmt: skip


def find_promises(
    clauses: Sequence[Clause], days: Sequence[NamedDay], *, replied_on: date
) -> list[Promise]:
    """Return the promises of a reply.

    Args:
        clauses: the reply's clauses with their kinds.
        days: the days it names, in order.
        replied_on: day of the reply; a day before it is no deadline.

    Returns:
        Promises in order. The day stands in the clause itself or, if it has none, in the next
        clause of the sentence.
    """
    promises: list[Promise] = []
    for clause, after in zip_longest(clauses, clauses[1:]):
        if not _looks_ahead(clause):
            continue
        due = _due(clause.start, clause.end, days, replied_on)
        if due is None and after and _is_its_deadline(clause, after):
            due = _due(after.start, after.end, days, replied_on)
        if kind := _kind(clause, has_day=due is not None):
            promises.append(
                Promise(
                    start=clause.start,
                    end=clause.end,
                    words=clause.text,
                    kind=kind,
                    due_day=due.day if due else None,
                    due_words=due.words if due else "",
                )
            )
    return promises


def _looks_ahead(clause: Clause) -> bool:
    if clause.kind in SILENT or not _FUTURE.search(clause.text):
        return False
    return not _CONDITIONAL.match(clause.text)


def _is_its_deadline(clause: Clause, after: Clause) -> bool:
    return after.sentence == clause.sentence and bool(_DEADLINE.search(after.text))


def _kind(clause: Clause, *, has_day: bool) -> PromiseKind | None:
    if _NEWS.search(clause.text):
        return PromiseKind.NEWS
    if clause.kind is ClauseKind.TRANSFER:
        return None
    return PromiseKind.ACT if has_day or _ACT.search(clause.text) else None


def _due(start: int, end: int, days: Sequence[NamedDay], replied_on: date) -> NamedDay | None:
    """The last day named between two characters that is not past."""
    first = bisect_left(days, start, key=_start_of)
    last = bisect_left(days, end, key=_start_of)
    return next((one for one in reversed(days[first:last]) if one.day >= replied_on), None)


def _start_of(named: NamedDay) -> int:
    return named.start


def promise_state(due_day: date | None, *, today: date) -> PromiseState:
    """Return whether a promise is open, due or without a day."""
    if due_day is None:
        return PromiseState.UNDATED
    return PromiseState.DUE if due_day < today else PromiseState.OPEN
