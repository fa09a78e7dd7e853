"""Numbers as people write them in dates and terms, in digits or in Chinese signs.

Source: own work.
"""

_ZERO = chr(0x3007)
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {_ZERO: 0, "两": 2}


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
