"""Read an identity number as people say it."""

import unicodedata

from django.utils.translation import gettext as _

from civicloop.engines.pii import PiiKind, find_pii


class IdNumberError(ValueError):
    """It is no identity number; the argument says so in a sentence."""


def read_id_number(written: str) -> str:
    """The number in its 18 signs; blanks and width do not matter, nothing stays nothing.

    Raises:
        IdNumberError: its check digit or its day of birth cannot be.
    """
    plain = "".join(unicodedata.normalize("NFKC", written).split()).upper()
    found = find_pii(plain, {PiiKind.IDENTITY})
    if plain and [(span.start, span.end) for span in found] != [(0, len(plain))]:
        raise IdNumberError(_("This is no identity number. Please compare it digit by digit."))
    return plain
