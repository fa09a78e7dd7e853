"""Recovery codes of which the database knows hashes alone; they come into being when they are shown.

The library keeps a sealed seed from which all codes of a person can be made again. Here nothing is kept
of a code but a salted hash, which goes when the code is used. A code has 118 bits, so that a plain hash
is enough (ASVS 5.0, 6.5.2: 112).
"""

import secrets
from hashlib import sha256
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth, flows
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from civicloop.apps.accounts.models import User
from civicloop.apps.intake.receipts import LETTERS, plain_code

CODE_LENGTH, GROUP = 24, 4
SALT_BYTES = 16
HIDDEN = "****"


class HashedRecoveryCodes(auth.RecoveryCodes):  # type: ignore[misc]  # the library has no types
    """A person's codes: ten hashes, fewer by each that was used."""

    instance: Authenticator

    def __init__(self, instance: Authenticator) -> None:
        super().__init__(instance)
        self._shown: list[str] = []

    @classmethod
    def activate(cls, user: User) -> "HashedRecoveryCodes":
        """The person's codes; new ones are drawn when they are shown for the first time."""
        instance, _is_new = Authenticator.objects.get_or_create(
            user=user, type=Authenticator.Type.RECOVERY_CODES, defaults={"data": {"hashes": []}}
        )
        return cls(instance)

    @transaction.atomic
    def mark_as_viewed(self) -> None:
        """Draw the codes; of two pages that are opened at once, one shows them."""
        self._read_again()
        if self.did_view:
            return
        salt = secrets.token_hex(SALT_BYTES)
        codes = [_drawn() for _ in range(app_settings.RECOVERY_CODE_COUNT)]
        self.instance.data = {
            "salt": salt,
            "hashes": [_hash_of(code, salt) for code in codes],
            "viewed_at": timezone.now().timestamp(),
        }
        self.instance.save(update_fields=["data"])
        self._shown = [_spaced(code) for code in codes]

    def get_unused_codes(self) -> list[str]:
        """The codes where they were drawn just now; else as many stars as are left."""
        return self._shown or [HIDDEN for _ in self._data["hashes"]]

    @transaction.atomic
    def validate_code(self, code: str) -> bool:
        """Whether it is one that was not used; it is used now."""
        self._read_again()
        written = _hash_of(plain_code(code), self._data.get("salt", ""))
        left = [one for one in self._data["hashes"] if not constant_time_compare(one, written)]
        if len(left) == len(self._data["hashes"]):
            return False
        self._data["hashes"] = left
        self.instance.save(update_fields=["data"])
        return True

    @property
    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.instance.data
        return data

    def _read_again(self) -> None:
        """Locked, where the database locks rows; SQLite lets one transaction write at a time."""
        self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)


def use_hashed_recovery_codes() -> None:
    """Have the library keep codes like this; it offers no setting for it."""
    auth.RecoveryCodes = flows.RecoveryCodes = HashedRecoveryCodes


def _drawn() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def _spaced(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def _hash_of(code: str, salt: str) -> str:
    return sha256(f"{salt} {code}".encode()).hexdigest()
