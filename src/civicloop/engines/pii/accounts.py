"""Mail addresses, names at messengers, plates of vehicles."""

import re

from civicloop.engines.pii.plain import Plain
from civicloop.engines.pii.values import PiiKind, Taken

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64} ?(?:@|[(\[](?:at|AT)[)\]]) ?"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z]{2,10}(?![A-Za-z0-9])"
)
_CUE = (
    r"(?:(?:个人|我的|加我?)?(?:微信|威信|薇信|[Vv][Xx]|[Ww][Xx]|[Ww]e[Cc]hat|[Vv]信|[Qq]{2}|扣扣|企鹅|钉钉|抖音|快手|微博|支付宝)"
    r"(?:账号|帐号|号码|号|群|昵称|[Ii][Dd])?)"
)
_MESSENGER = re.compile(
    rf"{_CUE}(?:(?:同号|就是|为|是|[:;,，、（(\[\"“ ]){{0,3}})"
    r"((?:[A-Za-z][A-Za-z0-9_-]{4,30}|[1-9][0-9]{4,12})(?![A-Za-z0-9_@]))"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCES}] ?[A-HJ-NP-Za-hj-np-z][ ·•.・\-]?"
    r"(?:[A-HJ-NP-Za-hj-np-z0-9]{5,6}(?![A-Za-z0-9])"
    r"|[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳领试超](?![A-Za-z0-9]))"
)
_DIGIT = re.compile("[0-9]")
_LEAST_DIGITS_OF_PLATE = 2


def find_accounts(text: Plain, taken: Taken) -> None:
    """Take mail addresses, messengers' names and numbers after their cue, and plates."""
    for match in _EMAIL.finditer(text.words):
        taken.take_free(PiiKind.EMAIL, *match.span())  # a number before it may be a telephone's
    for match in _MESSENGER.finditer(text.words):
        taken.take(PiiKind.MESSENGER, *match.span(1))
    for match in _PLATE.finditer(text.words):
        if len(_DIGIT.findall(match[0])) >= _LEAST_DIGITS_OF_PLATE:
            taken.take(PiiKind.PLATE, *match.span())
