"""How the log-in library behaves here."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from civicloop.apps.accounts.logins import record_lockout
from civicloop.web.accounts.devices import known_browser


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Staff get their accounts from the security administrator; nobody signs up."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Refuse whoever tried too often, and write down that it was refused."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            record_lockout(credentials.get("username", ""))
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """By what failed tries are counted: the name, whatever host and port the request gives.

        A browser in which the name has logged in before is counted by itself.
        """
        username = credentials.get("username", "").lower()
        return f"{known_browser(request, username)} {username}"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of second factors lie sealed in the database."""

    def encrypt(self, text: str) -> str:
        """Seal a secret under the site's key."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret, also one under a key that was in use before."""
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factors")
    secret = key.encode() if isinstance(key, str) else key
    return base64.urlsafe_b64encode(derived.derive(secret))
