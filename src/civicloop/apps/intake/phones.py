"""Read a telephone number as people write it."""

import re
import unicodedata

from django.utils.translation import gettext as _

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{9,11}|[2-8]\d{6,7}|400\d{7}|12345")
WRITTEN = re.compile(r"[\s()\-—–.·]+")
COUNTRY = re.compile(r"\+86|0086|86(?=1[3-9]\d{9}\Z)")
MOBILE_DIGITS = 11


class PhoneError(ValueError):
    """It is no telephone number; the argument says why in a sentence."""


def read_phone(written: str) -> str:
    """The digits of a number; spaces, hyphens, width and +86 do not matter, nothing stays nothing.

    Raises:
        PhoneError: it is no number that could be called.
    """
    plain = WRITTEN.sub("", unicodedata.normalize("NFKC", written))
    if not plain:
        return ""
    number = COUNTRY.sub("", plain, count=1) if COUNTRY.match(plain) else plain
    if not (number.isascii() and number.isdigit()):
        raise PhoneError(_("Write the telephone number in digits."))
    if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number):
        return number
    if number.startswith("1") and len(number) != MOBILE_DIGITS:
        raise PhoneError(
            _("A mobile number has 11 digits, this one has %(count)s.") % {"count": len(number)}
        )
    raise PhoneError(_("This is no telephone number. Please look at it again."))
