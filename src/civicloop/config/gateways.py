"""The ways by which messages leave this installation, as the environment names them."""

import os
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from civicloop.config.secret_settings import secret_setting
from civicloop.config.unsafe import UnsafeEnvironmentError
from civicloop.connectors.file_scanner import Scanner, scanner_of
from civicloop.connectors.model_endpoint import ModelEndpoint, model_endpoint_of
from civicloop.connectors.notify import robot_of, sms_gateway_of
from civicloop.connectors.single_sign_on import IS_INSTALLED, Provider, provider_of

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailServer:
    """The server that takes our e-mail; without a host, none is sent."""

    host: str
    port: int
    user: str
    password: str
    starts_tls: bool
    is_tls: bool
    sender: str

    @property
    def domain(self) -> str:
        """What stands behind the @ of our message ids."""
        return self.sender.rpartition("@")[2].rstrip(">")


def read_email_server() -> EmailServer:
    """CIVICLOOP_EMAIL_URL and CIVICLOOP_EMAIL_FROM.

    Raises:
        UnsafeEnvironmentError: the address is none, or there is no sender to go with it.
    """
    url = secret_setting("CIVICLOOP_EMAIL_URL")
    sender = os.environ.get("CIVICLOOP_EMAIL_FROM", "")
    parts = urlsplit(url)
    if url and (parts.scheme not in PORTS or not parts.hostname or not _has_good_port(parts)):
        raise UnsafeEnvironmentError(
            "CIVICLOOP_EMAIL_URL must be smtp+tls://USER:PASSWORD@HOST:PORT, smtps://… or smtp://…"
        )
    if url and "@" not in sender:
        raise UnsafeEnvironmentError("CIVICLOOP_EMAIL_FROM must be the address we send from.")
    return EmailServer(
        host=parts.hostname or "",
        port=parts.port or PORTS.get(parts.scheme, 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starts_tls=parts.scheme == "smtp+tls",
        is_tls=parts.scheme == "smtps",
        sender=sender,
    )


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def read_robot_urls() -> list[str]:
    """CIVICLOOP_ROBOT_URLS, one or several with spaces between.

    Raises:
        UnsafeEnvironmentError: one is not MAKER+https://….
    """
    urls = secret_setting("CIVICLOOP_ROBOT_URLS").split()
    try:
        for url in urls:
            robot_of(url, clock=time.time)
    except ValueError as error:
        raise UnsafeEnvironmentError(f"CIVICLOOP_ROBOT_URLS: {error}") from None
    return urls


def read_sms_url() -> str:
    """CIVICLOOP_SMS_URL.

    Raises:
        UnsafeEnvironmentError: it is no address with {to} and {text}.
    """
    url = secret_setting("CIVICLOOP_SMS_URL")
    try:
        if url:
            sms_gateway_of(url)
    except ValueError as error:
        raise UnsafeEnvironmentError(f"CIVICLOOP_SMS_URL: {error}") from None
    return url


def read_model_endpoint() -> ModelEndpoint | None:
    """CIVICLOOP_MODEL_URL, CIVICLOOP_MODEL_NAME and CIVICLOOP_MODEL_KEY; no address: no model.

    Raises:
        UnsafeEnvironmentError: the address is none, or the model has no name.
    """
    url = os.environ.get("CIVICLOOP_MODEL_URL", "")
    if not url:
        return None
    try:
        return model_endpoint_of(
            url,
            name=os.environ.get("CIVICLOOP_MODEL_NAME", ""),
            key=secret_setting("CIVICLOOP_MODEL_KEY"),
        )
    except ValueError as error:
        raise UnsafeEnvironmentError(f"CIVICLOOP_MODEL_URL: {error}") from None


def read_file_scanner() -> Scanner | None:
    """CIVICLOOP_FILE_SCANNER: the city's own clamd; no address: none.

    Raises:
        UnsafeEnvironmentError: the address is none.
    """
    url = os.environ.get("CIVICLOOP_FILE_SCANNER", "")
    try:
        return scanner_of(url) if url else None
    except ValueError as error:
        raise UnsafeEnvironmentError(f"CIVICLOOP_FILE_SCANNER: {error}") from None


def read_single_sign_on() -> Provider | None:
    """CIVICLOOP_OIDC_ISSUER, _CLIENT and _SECRET: the city's own log-in.

    Raises:
        UnsafeEnvironmentError: an address is unsafe, half of it is missing, or the extra is.
    """
    issuer = os.environ.get("CIVICLOOP_OIDC_ISSUER", "")
    if not issuer:
        return None
    if not IS_INSTALLED:
        raise UnsafeEnvironmentError("CIVICLOOP_OIDC_ISSUER needs the extra: civicloop[oidc]")
    try:
        return provider_of(
            issuer=issuer,
            client=os.environ.get("CIVICLOOP_OIDC_CLIENT", ""),
            secret=secret_setting("CIVICLOOP_OIDC_SECRET"),
        )
    except ValueError as error:
        raise UnsafeEnvironmentError(f"CIVICLOOP_OIDC_*: {error}") from None
