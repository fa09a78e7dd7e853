"""Mail addresses, names at messengers, plates of vehicles."""

import re

from civicloop.engines.pii.plain import Plain
from civicloop.engines.pii.values import PiiKind, Taken

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64} ?(?:@|[(\[](?:at|AT)[)\]]) ?"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z]{2,10}(?![A-Za-z0-9])"
)
_DOT = r"(?:[.。点,]|[(\[][Dd][Oo][Tt][)\]]|(?<= )[Dd][Oo][Tt](?= ))"
_EMAIL_SAID = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{2,64} ?(?:@|#|艾特|[(\[][Aa][Tt][)\]]|(?<= )[Aa][Tt](?= )) ?"
    rf"[A-Za-z0-9-]{{1,63}}(?: ?{_DOT} ?[A-Za-z0-9-]{{1,63}}){{0,2}}"
    rf" ?{_DOT} ?(?:com|net|org|cn|COM|CN)(?![A-Za-z0-9])"
)
_CALLED_EMAIL = re.compile(  # whose domain was left short
    r"(?:邮箱|邮件|[Ee]-?[Mm]ail)(?:地址|号|是|为|[: ]){0,3}([A-Za-z0-9._%+-]{1,64} ?@ ?[A-Za-z0-9-]{2,63})(?![A-Za-z0-9.])"
)
_CUE = (
    r"(?:(?:[微威薇徽](?:[^\w\s，。,；;、：:]{0,3}| )信|[Vv][Xx]|[Ww][Xx]|[Ww]e[Cc]hat|WECHAT|[Vv]信|[Qq]{2}|扣扣|企鹅|钉钉|抖音|快手|微博|支付宝|小红书|陌陌|[Tt]elegram|电报"
    r"|[微威薇](?=[:❤♥])|卫星号|绿泡泡|加我?的?[微威薇Vv](?=[:： A-Za-z0-9])|(?<![A-Za-z0-9])[Vv](?=[:]))[❤♥\ufe0f]{0,2}"
    r" ?(?:账号|帐号|号码|号|群|昵称|[Ii][Dd])?)"
)
_IS = r"(?:(?:同号|就是|为|是|搜索?|[:;,，、（(\[\"“@ ]){0,3})"
_MESSENGER = re.compile(
    rf"{_CUE}{_IS}"
    r"((?:[A-Za-z][A-Za-z0-9_-]{4,30}|[1-9][0-9]{4,12}|[1-9][0-9]{1,4}(?:[ -][0-9]{2,4}){1,3})(?![A-Za-z0-9_@]))"
)
_MESSENGER_Q = re.compile(
    r"(?:(?:我|个人|加|本人|我的)(?:[Qq]|扣(?!除))[: ]?|(?<![A-Za-z0-9])[Qq]: ?)([1-9][0-9]{5,10})(?![0-9元])"
)
_NICKNAME = re.compile(
    r"(?:微信|QQ|qq|抖音|快手)(?:名字?|昵称|网名)"
    r"(?:(?:叫做?|是|为|:)?[ “\"「『]{1,2}([^”\"」』，。\n]{2,15})[”\"」』]|: ?([^，。,;；:\s“\"「『\x01]{2,10})(?=[，。,;；\s]|$))"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SIGN_OF_AREA = "[A-HJ-NP-Za-hj-np-z]"
_SIGN = "[A-HJ-NP-Za-hj-np-z0-9]"
_PLATE = re.compile(
    rf"[{_PROVINCES}]\s?{_SIGN_OF_AREA}[ ·•.・/\-\u2010-\u2015]{{0,2}}"
    rf"(?:{_SIGN}(?: ?{_SIGN}){{4,5}}(?![A-Za-z0-9])"
    rf"|{_SIGN}{{4}}[挂学警港澳领试超](?![A-Za-z0-9]))"
)
_CALLED_PLATE = re.compile(
    rf"(?:车牌|号牌|牌照|车号)(?:号码?)?[是为: ]{{0,2}}((?:(?![是为号码])[\u4e00-\u9fff]){{0,3}}{_SIGN_OF_AREA}[ ·•.・-]?{_SIGN}{{5,6}})(?![A-Za-z0-9])"
)
_DIGIT = re.compile("[0-9]")
_LEAST_DIGITS_OF_PLATE = 2


def find_accounts(text: Plain, taken: Taken) -> None:
    """Take mail addresses, messengers' names and numbers after their cue, and plates."""
    for pattern in (_EMAIL, _EMAIL_SAID, _CALLED_EMAIL):
        for match in pattern.finditer(text.words):
            taken.take_free(
                PiiKind.EMAIL, *match.span(match.lastindex or 0)
            )  # a number before it may be a telephone's
    for pattern in (_MESSENGER, _MESSENGER_Q, _NICKNAME):
        for match in pattern.finditer(text.digits):
            taken.take(PiiKind.MESSENGER, *match.span(match.lastindex or 0))
    for words in (text.words, text.digits):  # 晋B12345一汽: no numeral where digits do
        _find_plates(words, taken)


def _find_plates(words: str, taken: Taken) -> None:
    for pattern in (_PLATE, _CALLED_PLATE):
        for match in pattern.finditer(words):
            if len(_DIGIT.findall(match[0])) >= _LEAST_DIGITS_OF_PLATE:
                taken.take(PiiKind.PLATE, *match.span(match.lastindex or 0))
