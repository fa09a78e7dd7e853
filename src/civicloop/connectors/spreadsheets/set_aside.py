"""Tell rows that are no appeals: blank rows, totals, remarks, a header printed again."""

import re
import unicodedata

from civicloop.connectors.spreadsheets.problems import NoteCode

_SPACE = re.compile(r"\s+")
_TOTAL = re.compile(
    r"(?:(?:本页|本月|本周|本日|本年)?(?:合计|总计|小计|共计|累计)|总数|total|sub-?total|grandtotal|sum)"
    r"[:：]?[约共]?[\d,.]*[件条项个宗起]?(?:记录|诉求|工单)?[。.]?|共[:：]?[\d,]+[件条项个宗起](?:记录|诉求|工单)?[。.]?",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"[-+]?[\d,.]*\d%?[件条项个宗起]?|[-—/]+")
_REMARK = re.compile(
    r"(?:注|备注|附注|说明|填表说明|填报说明|注意|注意事项|数据来源|资料来源|note|notes|remark|remarks|source)\d*[:：]"
    r"|(?:制表|填表|填报|统计|审核|审批|复核|报送|联系|负责|导出|打印)(?:人员?|单位|部门|时间|日期)[:：]",
    re.IGNORECASE,
)
_LONGEST_LABEL = 40


def set_aside_code(cells: list[str], header: tuple[str, ...]) -> NoteCode | None:
    """Return why a row is no appeal, or None when it must be taken for one.

    Args:
        cells: The row.
        header: The texts of the sheet's header, as shown.
    """
    filled = [bare for cell in cells if (bare := _bare(cell))]
    if not filled:
        return NoteCode.BLANK
    if filled == [bare for text in header if (bare := _bare(text))]:
        return NoteCode.REPEATED_HEADER
    if _is_total(filled):
        return NoteCode.TOTAL
    if _REMARK.match(filled[0]) and (len(filled) <= 2 or len(filled[0]) <= _LONGEST_LABEL):
        return NoteCode.REMARK
    return None


def _is_total(filled: list[str]) -> bool:
    return bool(_TOTAL.fullmatch(filled[0][:_LONGEST_LABEL])) and all(
        _AMOUNT.fullmatch(cell[:_LONGEST_LABEL]) or _TOTAL.fullmatch(cell[:_LONGEST_LABEL])
        for cell in filled[1:]
    )


def _bare(cell: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", cell[:1_000]))
