"""Under which words the same place is found again, however its address was written.

翠庐花园3栋2单元501, 望澜区橡堰街道翠庐花园小区 and 翠庐花园三号楼 are one estate; 振华街 12 号 and 望澜区振华街十二号 one door.
Flats, buildings, gates and phases of an estate are left away, a door's number on a road is kept.

Source: own work, on the places that ``places`` finds.
"""

import re
import unicodedata

from civicloop.engines.text.normalise import plain
from civicloop.engines.text.numbers import number_in
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.place_words import KIND_OF
from civicloop.engines.text.readings.places import Place, find_places, tag_words

_DOOR = re.compile(
    r"(?P<number>\d{1,5}(?:[-－之附]\d{1,4})?|[零〇一二三四五六七八九十百千两]{1,7})号(?!楼(?![下上前后旁道房])|线)"
)
_WITH_SIGNS = re.compile(r"[-－之附]")
_LARGE = frozenset("百千-")
_WIDE = frozenset(("county", "city", "province", "township"))
_WIDE_ENDINGS = ("区", "县", "市", "省", "州", "旗", "街道", "街道办", "街道办事处", "镇", "乡")
_ESTATE = "小区"
_SHORTEST = 2
_SHORTEST_UNREAD = 5  # of an address in which no place is found
_NO_AREAS = Gazetteer()


def place_key(address: str, gazetteer: Gazetteer = _NO_AREAS) -> str:
    """Return the words of an address by which the same place is known, "" where it tells of none.

    Args:
        address: As it was said or written.
        gazetteer: The city's areas; without it they are known by what they end in.
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", address)).lower()
    places = find_places(text, tag_words(text), gazetteer) if text else []
    place = next((one for one in places if not _is_wide(text, one, gazetteer)), None)
    if place is not None:
        return _name(text, place, gazetteer) + _door(text, place)
    whole = plain(text).replace("\n", "")
    return whole if not places and len(whole) >= _SHORTEST_UNREAD else ""


def _is_wide(text: str, place: Place, gazetteer: Gazetteer) -> bool:
    """Whether nothing narrower than a township is named."""
    name = text[place.named_from : place.named_until]
    level = gazetteer.level_of(name)
    return place.kind == "area" and (level in _WIDE or (not level and name.endswith(_WIDE_ENDINGS)))


def _name(text: str, place: Place, gazetteer: Gazetteer) -> str:
    name = text[place.named_from : place.named_until]
    if name in KIND_OF:  # 公交站: what stands before it says which
        whole = text[place.start : place.named_until]
        areas = gazetteer.find(whole)
        return whole[areas[-1][1] if areas else 0 :]
    shorter = name.removesuffix(_ESTATE)
    return shorter if place.kind == "estate" and len(shorter) >= _SHORTEST else name


def _door(text: str, place: Place) -> str:
    if place.kind != "road":
        return ""
    door = _DOOR.match(text, place.named_until)
    if door is None:
        return ""
    number = _WITH_SIGNS.sub("-", door["number"])
    if number.isdecimal():
        return f"{int(number)}号"
    return f"{number if _LARGE.intersection(number) else number_in(number)}号"
