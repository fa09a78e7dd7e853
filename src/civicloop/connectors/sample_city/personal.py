"""Texts with made-up personal details whose places are known, and with harmless ones that look alike.

They are for measuring how well such details are found; every detail is drawn, none is of a person.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from civicloop.connectors.sample_city.vocabulary import table

_SLOT = re.compile(r"\{(\w+)\}")
_KIND_OF_SLOT = {
    "name": "name",
    "bare_name": "name",
    "surname": "name",
    "mobile": "mobile",
    "landline": "landline",
    "identity": "identity",
    "card": "card",
    "plate": "plate",
    "email": "email",
    "wechat": "messenger",
    "qq": "messenger",
    "home": "home",
    "bare_home": "home",
    "house": "home",
    "self": "self",
    "self_clause": "self",
}
_MIDDLES = (1, 3)
_PLAIN_RATIO = 0.55
_SPOKEN = "〇一二三四五六七八九"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = ("11", "14", "21", "32", "37", "41", "44", "51", "62")
_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalText:
    """A text, and of each detail in it the kind and where it starts and ends."""

    text: str
    spans: tuple[tuple[str, int, int], ...]


def personal_texts(count: int, *, seed: int) -> list[PersonalText]:
    """Draw texts; the same seed draws the same.

    Args:
        count: how many.
        seed: of the draws.
    """
    writer = _Writer(random.Random(seed))  # noqa: S311 - test data
    return [writer.text() for _ in range(count)]


class _Writer:
    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._words = table("personal")
        self._makers: dict[str, Callable[[], str]] = {
            name: getattr(self, f"_{name}")
            for name in (
                *_KIND_OF_SLOT, "estate", "street", "order", "meter", "company", "day",
                "money", "area", "barcode", "parcel",
            )
        }  # fmt: skip

    def text(self) -> PersonalText:
        draw = self._draw
        middles = draw.sample(self._words["middle"], draw.randint(*_MIDDLES))
        frame = "".join(
            [draw.choice(self._words["opening"]), *middles, draw.choice(self._words["closing"])]
        )
        pieces: list[str] = []
        spans: list[tuple[str, int, int]] = []
        self._fill(frame, pieces, spans)
        return PersonalText(text="".join(pieces), spans=tuple(spans))

    def _fill(self, frame: str, pieces: list[str], spans: list[tuple[str, int, int]]) -> None:
        """Put the details in; what somebody says of himself begins at the word before it."""
        end = 0
        for match in _SLOT.finditer(frame):
            pieces.append(frame[end : match.start()])
            start = sum(map(len, pieces))
            pieces.append(self._makers[match[1]]())
            kind = _KIND_OF_SLOT.get(match[1])
            if kind:
                spans.append((kind, start, start + len(pieces[-1])))
            end = match.end()
        pieces.append(frame[end:])

    def _digits(self, count: int) -> str:
        return "".join(self._draw.choice("0123456789") for _ in range(count))

    def _surname(self) -> str:
        if self._draw.random() < 0.03:
            return str(self._draw.choice(self._words["surname_rare"]))
        return str(self._draw.choice(self._words["surname_common"]))

    def _name(self) -> str:
        if self._draw.random() < 0.02:
            first, last = self._words["minority_first"], self._words["minority_last"]
            return f"{self._draw.choice(first)}·{self._draw.choice(last)}"
        count = 1 if self._draw.random() < 0.2 else 2
        given = self._draw.choices(self._words["given"], k=count)
        return self._surname() + "".join(given)

    _bare_name = _name

    def _mobile(self) -> str:
        digits = f"1{self._draw.choice('3456789')}{self._digits(9)}"
        return self._spelled(digits, ((3, 7), (3, 6, 9), (4, 8)), prefixes=("+86", "+86 ", "86-"))

    def _landline(self) -> str:
        area = self._draw.choice(("010", "021", "0352", "0731", "0755", "0371"))
        number = self._draw.choice("2345678") + self._digits(self._draw.choice((6, 7)))
        form = self._draw.choice(
            ("{0}-{1}", "{0}{1}", "({0}){1}", "（{0}）{1}", "{0} {1}", "{0}—{1}")
        )
        text = form.format(area, number)
        return text.translate(_WIDE) if self._draw.random() < 0.05 else text

    def _identity(self) -> str:
        born = date(1940, 1, 1) + timedelta(days=self._draw.randrange(25_000))
        front = f"{self._draw.choice(_PROVINCES)}{self._digits(4)}{born:%Y%m%d}{self._digits(3)}"
        total = sum(w * int(d) for w, d in zip(_WEIGHTS, front, strict=True))
        last = _CHECKS[total % 11]
        last = last.lower() if self._draw.random() < 0.3 else last
        return self._spelled(front + last, ((6, 14), (6, 10, 14)))

    def _card(self) -> str:
        front = "62" + self._digits(self._draw.choice((13, 16)))
        odd = sum(int(d) for d in front[-2::-2])
        even = sum(sum(divmod(2 * int(d), 10)) for d in front[::-2])
        return self._spelled(front + str(-(odd + even) % 10), ((4, 8, 12, 16),))

    def _spelled(
        self, digits: str, cuts: tuple[tuple[int, ...], ...], prefixes: tuple[str, ...] = ("",)
    ) -> str:
        """Write digits as people do."""
        draw = self._draw
        if draw.random() < _PLAIN_RATIO:
            return digits
        figures = "".join(map(_spoken, digits))
        return draw.choice(
            (
                *(_cut(digits, draw.choice(cuts), between) for between in (" ", "-", "－", ".")),
                " ".join(digits),
                digits.translate(_WIDE),
                figures,
                figures.replace("一", "幺"),
                digits[:3] + figures[3:],  # begun in figures, told on in words
                draw.choice(prefixes) + digits,
            )
        )

    def _plate(self) -> str:
        draw = self._draw
        tail = [draw.choice("0123456789") for _ in range(4)]
        tail.insert(draw.randrange(5), draw.choice(_PLATE_LETTERS))
        number = "".join(tail)
        if draw.random() < 0.3:
            number = draw.choice("DF") + self._digits(5)
        plate = f"{draw.choice(_PLATE_PROVINCES)}{draw.choice(_PLATE_LETTERS[:12])}{draw.choice(('', '', '·', ' ', '-'))}{number}"
        return plate.lower() if draw.random() < 0.1 else plate

    def _email(self) -> str:
        host = self._draw.choice(("qq.com", "163.com", "126.com", "sina.com.cn", "example.org"))
        sign = self._draw.choice(("@", "@", "@", "＠", "(at)"))
        return f"{self._wechat().lower()}{sign}{host}"

    def _wechat(self) -> str:
        front = self._draw.choice(("wx", "zhang", "happy", "lihua", "abc", "Sunny", "dt"))
        return f"{front}{self._draw.choice(('', '_', '-'))}{self._digits(self._draw.randint(3, 8))}"

    def _qq(self) -> str:
        return self._draw.choice("123456789") + self._digits(self._draw.randint(5, 9))

    def _home(self) -> str:
        draw = self._draw
        building, entry = draw.randint(1, 36), draw.randint(1, 6)
        room = f"{draw.randint(1, 33)}0{draw.randint(1, 6)}"
        spoken = "一二三四五六"[entry - 1]
        forms = (
            f"{building}号楼{entry}单元{room}室", f"{building}栋{room}", f"{building}幢{entry}单元{room}",
            f"{building}-{entry}-{room}", f"{building}号楼{spoken}单元{room}", f"{spoken}号楼{entry}单元{room}室",
            f"{entry}单元{room}", f"{building}#楼{room}", f"G{entry}栋{room}室", f"{building}号楼{room}",
            f"{building}座{room}号",
        )  # fmt: skip
        return draw.choice(forms)

    def _bare_home(self) -> str:
        """Homes in words that no pattern of buildings and rooms foresees."""
        floor = "二三四五六"[self._draw.randrange(5)]
        return self._draw.choice(
            (f"{floor}楼东户", f"后排{floor}门左手", f"{self._digits(3)}", f"{floor}楼西")
        )

    def _house(self) -> str:
        number = self._draw.randint(1, 300)
        return self._draw.choice((f"{number}号", f"{number}号院", f"{number}号{self._digits(3)}室"))

    def _self(self) -> str:
        return self._of_self(self._draw.choice(self._words["self"]))

    def _self_clause(self) -> str:
        return self._of_self(self._draw.choice(self._words["self_clause"]))

    def _of_self(self, frame: str) -> str:
        return _SLOT.sub(lambda match: self._makers[match[1]](), frame)

    def _estate(self) -> str:
        return str(self._draw.choice(self._words["estate"]))

    def _street(self) -> str:
        return str(self._draw.choice(self._words["street"]))

    def _order(self) -> str:
        return f"2023{self._draw.randint(1, 12):02d}{self._draw.randint(1, 28):02d}{self._digits(self._draw.choice((6, 9)))}"

    def _meter(self) -> str:
        return f"0{self._digits(9)}"

    def _company(self) -> str:
        return f"91140200MA{self._digits(7)}{self._draw.choice(_PLATE_LETTERS)}"

    def _day(self) -> str:
        return f"2023年{self._draw.randint(1, 12)}月{self._draw.randint(1, 28)}日"

    def _money(self) -> str:
        return self._draw.choice(
            (f"{self._draw.randint(1, 99)}万", f"{self._digits(3)}8.50", "13800", "138000")
        )

    def _area(self) -> str:
        return f"1{self._draw.randint(30, 89)}.{self._digits(2)}"

    def _barcode(self) -> str:
        return f"69{self._digits(11)}"

    def _parcel(self) -> str:
        return f"{self._draw.choice(('SF', 'YT', 'JD'))}{self._digits(13)}"


_WIDE = {ord(plain): ord(plain) + 0xFEE0 for plain in "0123456789X-()"}


def _spoken(digit: str) -> str:
    return _SPOKEN[int(digit)] if digit.isdecimal() else digit


def _cut(digits: str, places: tuple[int, ...], between: str) -> str:
    ends = [*(place for place in places if place < len(digits)), len(digits)]
    return between.join(digits[a:b] for a, b in zip([0, *ends], ends, strict=False))
