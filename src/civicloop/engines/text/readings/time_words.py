"""The words of time: which pieces a phrase is put together from, and the numbers in them.

Source: own work.
"""

import re

from civicloop.engines.text.readings.first_signs import compile_words

_ZERO = chr(0x3007)
_NUMBER = r"\d{1,2}|[零一二两三四五六七八九十]{1,3}"
_AMOUNT = r"\d{1,3}|[一二两三四五六七八九十几数]{1,3}|好几|半"
_WEEKDAY = "[一二三四五六日天末]"
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {_ZERO: 0, "两": 2}

PIECES = compile_words(
    "|".join(
        (
            r"(?P<iso>(?<!\d)(?:19|20)\d\d(?P<gap>[-/.])\d{1,2}(?:(?P=gap)\d{1,2})?(?!\d))",
            r"(?P<ago>(?:大?概|大?约|将?近)?(?:" + _AMOUNT + r")多?(?:个(?:多|半)?)?"
            r"(?:年|月|周|星期|礼拜|天|日|小时|钟头|分钟)[多半]?(?:之|以)?前)",
            (r"(?P<year>(?<!\d)(?:(?:19|20)\d\d|[012]\d)年(?![级龄纪多半])|大?前年|[去今明]年"
            r"|二零[零一二三四五六七八九]{2}年)"),
            (r"(?P<month>(?<![\d个])(?:1[0-2]|0?\d|十[一二]?|[一二三四五六七八九]{1,2})月"
            r"(?:份|初|底|末|中旬|上旬|下旬)?|(?:上上?|下)个?月(?:初|底|末|中旬)?|本月|这个月)"),
            r"(?P<day>(?:" + _NUMBER + r")[日号](?!之?内|[楼线常报子期栋院门码店幢路机室厅间井]))",
            r"(?P<week>(?:上上|上|这|本|下)(?:一?个)?(?:周|星期|礼拜)" + _WEEKDAY + r"?"
            r"|(?:周|星期|礼拜)" + _WEEKDAY + r"(?:[至到]周?" + _WEEKDAY + ")?)",
            (r"(?P<relative>大?前天|前日|昨[天日晚夜]|今[天日晚早晨]|明[天日早晚]|后天|当[天晚日]"
            r"|前[两几些]天|前(?:段时间|阵子|不久)|这[几两]天|近[日期来](?![123456789一二三])|最近)"),
            (r"(?P<season>年[初底末中](?!级)|上半年|下半年|年前|年后|春节|过年|元旦|国庆节?|中秋节?|端午节?"
            r"|清明节?|五一|十一(?=期间|假|前|后|放)|春天|夏天|秋天|冬天|[春夏秋冬]季|入[春夏秋冬]|暑假|寒假)"
            r"(?:期间|前后|以来)?"),
            r"(?P<every>每(?:一?个?(?:天|日|晚|夜|周|星期|月|年|周末|工作日)|到|逢)" + _WEEKDAY + "?"
            r"|天天|夜夜|日日|整[天夜晚])",
            (r"(?P<part>凌晨|清晨|早[晨上]|上午|中午|午后|午间|下午|傍晚|晚[上间]|夜[里间晚]|半夜|深夜|午夜"
            r"|大半夜|早晚|白天)"),
            r"(?P<clock>(?<!\d)(?:" + _NUMBER + r")(?:[:：][0-5]\d(?::[0-5]\d)?"
            r"|[点时](?![问个击名评小新])(?:半|钟|整|多|一刻|三刻|(?:" + _NUMBER + r")分?)?)"
            r"(?:钟|多|左右|不到)?)",
        )
    )
)  # fmt: skip
JOINS = re.compile(r"(?:的|[ \u3000,，]|左右|期间|前后)?\Z")  # between two pieces of one phrase
RANGE_JOINS = re.compile(r"\s?(?:到|至|[-—~\uff5e－]{1,2})\s?(?:第二天|次日)?\Z")
SINCE_BEFORE = re.compile(r"(?:自从?|从|打从|早在)\Z")
SINCE_AFTER = re.compile(
    r"(?:份|左右)?(?:起(?!火|来|诉)|以来|开始|至今|到现在|到如今|到目前|就(?:一直|开始)|一直)"
)

PART_HOURS = {
    "凌晨": (0, 6), "清晨": (5, 8), "早晨": (6, 9), "早上": (6, 9), "上午": (8, 12), "中午": (11, 14),
    "午间": (11, 14), "午后": (12, 15), "下午": (12, 18), "傍晚": (17, 19), "晚上": (18, 24),
    "晚间": (18, 24), "夜里": (18, 30), "夜间": (18, 30), "夜晚": (18, 30), "半夜": (22, 30),
    "大半夜": (22, 30), "深夜": (22, 30), "午夜": (23, 26), "白天": (6, 18), "早晚": (0, 24),
}  # fmt: skip
SEASON_MONTHS = {  # first month and how many
    "年初": (1, 3), "年底": (10, 3), "年末": (10, 3), "年中": (5, 3), "上半年": (1, 6),
    "下半年": (7, 6), "春节": (1, 2), "过年": (1, 2), "元旦": (1, 1), "国庆": (10, 1),
    "中秋": (9, 2), "端午": (6, 1), "清明": (4, 1), "五一": (5, 1), "十一": (10, 1),
    "春天": (3, 3), "春季": (3, 3), "入春": (3, 3), "夏天": (6, 3), "夏季": (6, 3),
    "入夏": (6, 3), "秋天": (9, 3), "秋季": (9, 3), "入秋": (9, 3), "冬天": (11, 3),
    "冬季": (11, 3), "入冬": (11, 3), "暑假": (7, 2), "寒假": (1, 2), "年前": (1, 1),
    "年后": (2, 2),
}  # fmt: skip


def number_in(text: str) -> int | None:
    """Read a number up to 99 in digits or in Chinese signs; None where there is none."""
    digits = "".join(sign for sign in text if sign.isdecimal())
    if digits:
        return int(digits[:4])
    signs = [sign for sign in text if sign in _DIGITS or sign == "十"]
    if not signs:
        return None
    if "十" not in signs and len(signs) == 2 and not {"零", _ZERO} & set(signs):
        return _DIGITS[signs[0]]  # "一两点", "三四天"
    if "十" not in signs:
        return int("".join(str(_DIGITS[sign]) for sign in signs[:4]))
    ten = signs.index("十")
    tens = _DIGITS[signs[ten - 1]] if ten else 1
    ones = _DIGITS[signs[ten + 1]] if ten + 1 < len(signs) and signs[ten + 1] != "十" else 0
    return 10 * tens + ones
