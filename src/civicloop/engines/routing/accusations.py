"""Words that accuse somebody in office of gain, though nobody says that they report it.

Whom they accuse may be of the very unit that would get the matter, so a person looks at it first.

Source: own arrangement.
"""

import re

_GAIN = re.compile(
    r"吃拿卡要|贪污|[索受行]贿|贿赂|好处费|黑钱|回扣|保护伞|通风报信|以权谋私|中饱私囊|徇私|利益输送|官商勾结|权钱交易"
    r"|(?:收|索要|索取|要)(?:了|过)?[^，。；、！？,;!?\s]{0,6}红包"
    r"|挪用[^，。；、！？,;!?\s]{0,4}(?:公款|资金|经费)|侵吞|私分|吃空饷"
    r"|公车(?:私用|接送|办私事)"
    r"|(?:送|给|塞|拎)[^，。；、！？,;!?\s]{0,4}(?:烟|酒|购物卡|现金)[^，。；、！？,;!?\s]{0,3}(?:才|就)"
    r"|(?:暗示|让|叫|要)我?(?:送|给|塞|请)[^，。；、！？,;!?\s]{0,4}(?:烟|酒|购物卡|现金|客|吃饭)"
)


def accuses_office(text: str) -> bool:
    """Whether a text accuses somebody of gain from an office."""
    return _GAIN.search(text) is not None
