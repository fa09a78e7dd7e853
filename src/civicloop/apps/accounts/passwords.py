"""What a password may not be, beyond what Django knows."""

import string

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User

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
