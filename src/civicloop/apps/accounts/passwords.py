"""What a password may not be, beyond what Django knows."""

import string
from hashlib import sha1
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User

HASH_LETTERS = 40  # of SHA-1 in hexadecimal
CONTEXT_WORDS = ("12345", "civicloop", "hotline", "rexian", "shizhang", "zhengfu")
KINDS_WANTED = 3


class ContextWordValidator:
    """No password is made of the words of this trade (ASVS 5.0, 6.2.11)."""

    def validate(self, password: str, _user: User | None = None) -> None:
        """Refuse a password that holds such a word and little else."""
        rest = password.lower()
        for word in CONTEXT_WORDS:
            rest = rest.replace(word, "")
        if rest != password.lower() and len(rest) < len(password) / 2:
            raise ValidationError(self.get_help_text(), code="password_of_context_words")

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("The password must not be made of words such as 12345 or the site's name.")


class BreachedPasswordValidator:
    """No password stands in the city's own list of passwords that became known (ASVS 5.0, 6.2.12).

    The list is a file as Have I Been Pwned gives it: lines of a SHA-1 hash in capitals, a colon and a
    count, in the order of the hashes. It may be of a thousand million lines: twice as many cost one look more.
    """

    def __init__(self, file: str | Path) -> None:
        self._file = Path(file)

    def validate(self, password: str, _user: User | None = None) -> None:
        """Refuse a password of the list.

        Raises:
            OSError: the list cannot be read; no password is taken unchecked.
        """
        hashed = sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if self._holds(hashed.encode()):
            raise ValidationError(
                _("This password has become known elsewhere: choose another."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("The password must not be one that has become known elsewhere.")

    def _holds(self, hashed: bytes) -> bool:
        with self._file.open("rb") as opened:
            first, after = 0, self._file.stat().st_size
            while first < after:
                middle = (first + after) // 2
                if b"" < _hash_behind(opened, middle) < hashed:
                    first = middle + 1
                else:
                    after = middle
            return _hash_behind(opened, first) == hashed


def _hash_behind(file: BinaryIO, place: int) -> bytes:
    """The hash in the first line that begins behind a place of the file, or at its beginning.

    Empty lines say nothing: taken for small hashes they would lead past what stands before the end.
    """
    file.seek(place)
    if place:
        file.readline()
    while (line := file.readline()) and not line.strip():
        pass
    return line[:HASH_LETTERS].upper()


class KindsValidator:
    """Three of four kinds of characters, as checkers of GB/T 22239-2019 ask."""

    def validate(self, password: str, _user: User | None = None) -> None:
        """Refuse a password of too few kinds."""
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
        found = sum(any(sign in kind for sign in password) for kind in kinds)
        found += any(sign not in string.ascii_letters + string.digits for sign in password)
        if found < KINDS_WANTED:
            raise ValidationError(self.get_help_text(), code="password_of_few_kinds")

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _(
            "The password needs three of these: small letters, capitals, digits, other characters."
        )
