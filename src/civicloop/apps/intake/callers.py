"""Tell callers apart without knowing who they are."""

import re
import unicodedata
from hashlib import blake2b

from django.conf import settings

from civicloop.connectors.spreadsheets import Values

_DIGITS = re.compile(r"\d+")
_NOT_A_NAME = frozenset(
    {"", "匿名", "匿名用户", "无", "不详", "未知", "保密", "-", "anonymous", "unknown", "n/a"}
)
_SURE_NUMBER = re.compile(r"1[3-9]\d{9}|0\d{9,11}")  # a mobile number, or one with area code
_FEWEST_DIGITS = 7
_PHONE_DIGITS = 11  # the country code and the trunk zero before them do not count


class CallerKeys:
    """Keyed hashes of callers: equal for one caller, useless without the installation's secret."""

    def __init__(self, source: str) -> None:
        self._source = source
        key = settings.SECRET_KEY.encode()
        self._key = blake2b(key, digest_size=32, person=b"caller key").digest()

    def key(self, values: Values) -> str:
        """A key for the caller of a row; "" when the row does not tell one from another.

        A whole telephone number tells a caller in every source. A number or name given by a
        source tells one only there, a masked telephone number only together with the name.
        """
        phone, name = values.caller_phone, _plain(values.caller_name)
        if phone and (key := self.key_of_phone(phone)):
            return key
        caller = _plain(values.caller)
        if caller:
            is_phone = _SURE_NUMBER.fullmatch(caller)
            return self._hash("phone" if is_phone else self._source, caller)
        if name and phone:
            return self._hash(self._source, f"{name} {_plain(phone)}")
        return self._hash(self._source, name) if name else ""

    def key_of_phone(self, phone: str) -> str:
        """The key of a whole telephone number, the same in every source; "" for any other text."""
        digits = _whole_number(phone)
        return self._hash("phone", digits) if digits else ""

    def _hash(self, scope: str, identity: str) -> str:
        text = f"{scope}\x1f{identity}".encode()
        return blake2b(text, key=self._key, digest_size=16).hexdigest()


def _plain(text: str) -> str:
    if not text:
        return ""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return "" if plain in _NOT_A_NAME else plain


def _whole_number(text: str) -> str:
    """The last digits of an unmasked telephone number, or ""."""
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(_DIGITS.findall(plain))
    rest = _DIGITS.sub("", plain).strip(" -+()")
    if len(digits) < _FEWEST_DIGITS or rest.strip(" -+()"):
        return ""
    return digits[-_PHONE_DIGITS:]
