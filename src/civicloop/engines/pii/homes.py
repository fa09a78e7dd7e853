"""Homes to the room: the part of an address behind the name of the estate or the street.

The name itself stays: it tells where the matter is. A building alone stays too, for many live there.
"""

import re

from civicloop.engines.pii.plain import Plain
from civicloop.engines.pii.values import PiiKind, Taken

_HAN_DIGITS = "[一二三四五六七八九十百零壹贰叁肆伍陆柒捌玖拾]"
_NUMBER = rf"(?:[A-Za-z]{{0,2}}[0-9]{{1,4}}[A-Za-z]?|{_HAN_DIGITS}{{1,4}}|[A-Za-z])"
_BUILDING = rf"{_NUMBER} ?(?:号楼|号院|栋|幢|座|#楼?|单元楼|楼(?=[0-9一二三四五六七八九十]))"
_SIDE = "[东西南北中左右]"
_ENTRY = rf"(?:{_NUMBER}|{_SIDE}) ?(?:单元|门洞|梯|门(?=[0-9一二三四五六七八九]))"
_FLOOR = rf"(?:{_NUMBER} ?[楼层])"
_ROOM_IN_WORDS = (
    r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{3,4}"
    r"(?![零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖十拾百千万年月日个多余元块户平米次人天楼单层栋幢期])(?: ?(?:室|房|号房?))?"
)
_ROOM = r"[A-Za-z]?[0-9]{3,4}[A-Za-z]?(?![0-9A-Za-z])(?! ?[年元块户平米吨个多余只人天次])(?: ?(?:室|房|号房?))?"
_FLAT = rf"(?:{_NUMBER} ?(?:室|户(?![口籍外])|号房|房间)|{_SIDE}边?户(?!外))"
_SEP = "[ ,，\n-]?"
_HOMES = re.compile(
    rf"(?<![0-9A-Za-z.])(?:{_BUILDING}{_SEP}(?:{_ENTRY}{_SEP})?{_FLOOR}?{_SEP}(?:{_ROOM}|{_ROOM_IN_WORDS}|{_FLAT})"
    rf"|{_BUILDING}{_SEP}{_ENTRY}{_SEP}{_FLOOR}(?:{_SEP}{_NUMBER} ?号(?![楼院线井]))?"
    rf"|{_ENTRY}{_SEP}{_FLOOR}?{_SEP}(?:{_ROOM}|{_ROOM_IN_WORDS}|{_FLAT})"
    rf"|[0-9]{{1,3}} ?(?:(?:号楼|号|栋|幢|座)?-|#-?)[0-9]{{1,2}} ?(?:单元|门)?-[0-9]{{3,4}}(?![0-9-])(?: ?[室房号])?"
    rf"|[0-9]{{1,5}}号院?{_SEP}[0-9]{{3,4}} ?[室房]"
    rf"|[A-Za-z]?[0-9]{{1,3}}-[0-9]{{3,4}} ?(?:室|房(?!屋))"
    rf"|(?<![院心厅局部处办议])[0-9]{{3,4}}室(?![内外温友长主]))"
)
_LIVES = r"(?:家住|现住|住在|住址|居住于?在?|家庭住?地址|联系地址|通[讯信]地址|户籍(?:地址?|所在地)|家在|我家(?=[^，。]{0,9}[路街巷村弄])|门牌号?)"
_HOUSE = r"[0-9一二三四五六七八九十百]{1,5}(?:号院?|弄)(?:之[0-9一二三四五]|附[0-9]{1,3}号)?(?:[0-9]{1,4}(?:室|房|号))?"
_LIVES_AT = re.compile(
    rf"{_LIVES}[是为:： 在]{{0,2}}[^，。；！？,;!?\n]{{0,30}}?"
    rf"(?<![0-9一二三四五六七八九十第\u3015\]】）)])((?:[0-9一二三四五六七八九十]{{1,3}}(?:组|队|社))?{_HOUSE})(?!线|楼|公?交|电|文|令|地块)"
)
_VILLAGE = re.compile(
    r"(?:村(?:委会)?[^，。；！？,;!?\n0-9一二三四五六七八九十]{0,6}|住在?)((?:第?[0-9一二三四五六七八九十]{1,3}(?:组|队|社))"
    r"[0-9一二三四五六七八九十百]{1,4}(?:号|户))"
)
_SIGNS = re.compile("栋|幢|座|号楼|单元|室|房|户|[0-9]-[0-9]|号院|#|住|组|队|社|门牌")


def find_homes(text: Plain, taken: Taken) -> None:
    """Take buildings with a room or an entry, and house numbers where somebody says to live."""
    if not _SIGNS.search(text.words):
        return
    for match in _HOMES.finditer(text.words):
        taken.take(PiiKind.HOME, *match.span())
    for pattern in (_LIVES_AT, _VILLAGE):
        for match in pattern.finditer(text.words):
            taken.take(PiiKind.HOME, *match.span(1))
