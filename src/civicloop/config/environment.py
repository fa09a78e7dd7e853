"""What the environment says, read and checked in one place."""

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from civicloop.config.gateways import (
    EmailServer,
    read_email_server,
    read_file_scanner,
    read_model_endpoint,
    read_robot_urls,
    read_single_sign_on,
    read_sms_url,
)
from civicloop.config.password_policies import PASSWORD_POLICIES, PasswordPolicy
from civicloop.config.secret_settings import secret_setting
from civicloop.config.unsafe import UnsafeEnvironmentError
from civicloop.connectors.file_scanner import Scanner
from civicloop.connectors.kept_secret import SECRET_BYTES, kept_secret
from civicloop.connectors.model_endpoint import ModelEndpoint
from civicloop.connectors.single_sign_on import Provider

YES = ("1", "true", "yes", "on")
NO = ("", "0", "false", "no", "off")
SECOND_FACTORS = ("required", "everybody", "offered")
LOOPBACK = ["127.0.0.0/8", "::1"]
LANGUAGES = ("zh-hans", "en")
LOGS = ("plain", "json")
VAULT_CIPHERS = ("aes", "sm")
CLOCK_PRESETS = ("lueliang", "national", "beijing", "shandong", "bengbu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The settings that differ between installations."""

    data_folder: Path  # database (SQLite), uploaded files, the demo's secret
    database_url: str
    vault_database_url: str  # "": the vault's tables are among the others
    secret_key: str
    is_demo: bool  # read-only guest without log-in, known demo accounts
    is_debug: bool
    language: str
    allowed_hosts: list[str]
    trusted_origins: list[str]
    is_https: bool
    is_https_of_host_alone: bool  # else browsers ask for it of every host below this one, too
    trusted_proxies: int  # that stand before the site and write X-Forwarded-For
    password_policy: PasswordPolicy
    breached_passwords: str  # a file of hashes of passwords that became known; "": none
    second_factor: str  # whether roles that see or change much need one, or all, see SECOND_FACTORS
    idle_minutes: int  # after which somebody is logged out; 0: as the password policy says
    uploads_kept_days: int
    calls_kept_days: int  # that an operator parked, or left in the form
    called_back_percent: int  # of the orders that need not be called back by rule
    reviewed_percent: int  # of the replies that nothing speaks against
    reports_per_hour: int  # that citizens may send from one network address
    looks_per_day: int  # at contacts, of each person
    look_minutes: int  # that a contact stays open
    retention_days: tuple[int, int]  # after an appeal ended: words masked, contact gone; 0: never
    report_retention_days: tuple[int, int]  # of reports of wrongs and confidential appeals
    vault_ciphers: str  # AES-256-GCM with SHA-256, or the national SM4-GCM with SM3
    clock_preset: str  # whose time limits the city's work orders have, see presets/clocks
    spark: str  # master of the Spark that pairs the appeals; none: this process does it
    row_engine: (
        str  # Spark's master, which then adds up the rows of indicators; none: DuckDB does it
    )
    logs: str  # plain lines, or JSON for a collector
    slow_query_ms: int  # statements of pages that take longer are logged, without their values
    metrics_from: list[IPv4Network | IPv6Network]  # who may ask for /metrics
    audit_anchors: str  # file, best on another machine, that notes the end of the audit every day
    audit_email: str  # who gets that note as a letter
    site_url: str  # as people reach the site, for links in messages; without a slash at the end
    email: EmailServer
    robot_urls: list[str]  # group robots, see connectors/notify/robots.py
    sms_url: str
    single_sign_on: Provider | None  # the city's own log-in; off by default
    single_sign_on_claim: str  # what in its token is the log-in name here
    file_scanner: Scanner | None  # that looks through what people upload; off by default
    model_endpoint: ModelEndpoint | None  # a model that the city runs itself; off by default


def _flag(name: str) -> bool:
    text = os.environ.get(name, "")
    if text.strip().lower() not in YES + NO:
        raise UnsafeEnvironmentError(f"{name} must be 1 (yes) or 0 (no), not {text!r}.")
    return text.strip().lower() in YES


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first where nothing is said."""
    text = (os.environ.get(name, "") or choices[0]).lower()
    if text not in choices:
        raise UnsafeEnvironmentError(f"{name} must be {' or '.join(choices)}, not {text!r}.")
    return text


def _words(name: str) -> list[str]:
    return [word for word in os.environ.get(name, "").replace(",", " ").split() if word]


def _networks(name: str, default: list[str]) -> list[IPv4Network | IPv6Network]:
    words = _words(name) or default
    try:
        return [ip_network(word) for word in words]
    except ValueError as error:
        raise UnsafeEnvironmentError(f"{name} must be addresses or networks: {error}.") from None


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit()):
        raise UnsafeEnvironmentError(f"{name} must be a whole number, 0 or more, not {text!r}.")
    return int(text)


def _file(name: str) -> str:
    """A file that there is, or none at all."""
    text = os.environ.get(name, "")
    if text and not Path(text).is_file():
        raise UnsafeEnvironmentError(f"{name}: there is no file {text}.")
    return text


def _percent(name: str) -> int:
    """A share; all where nothing is said."""
    found = _whole_number(name, 100)
    if found > 100:
        raise UnsafeEnvironmentError(f"{name} must be from 0 to 100, not {found}.")
    return found


def read_environment() -> Environment:
    """Read the CIVICLOOP_* variables and DATABASE_URL; the defaults are safe.

    Raises:
        UnsafeEnvironmentError: a secret is given but too short to be one, or another setting
            is none of the values it may have.
    """
    data_folder = Path(os.environ.get("CIVICLOOP_DATA", "var")).resolve()
    secret_key = secret_setting("CIVICLOOP_SECRET_KEY")
    if secret_key and len(secret_key) < SECRET_BYTES // 2:
        raise UnsafeEnvironmentError(
            "CIVICLOOP_SECRET_KEY is too short to be a secret. Make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    is_demo = _flag("CIVICLOOP_DEMO")
    return Environment(
        data_folder=data_folder,
        database_url=secret_setting("DATABASE_URL", f"sqlite:///{data_folder}/civicloop.sqlite3"),
        vault_database_url=secret_setting("VAULT_DATABASE_URL"),
        secret_key=secret_key or kept_secret(data_folder / "secret_key"),
        is_demo=is_demo,
        is_debug=_flag("CIVICLOOP_DEBUG"),
        language=_one_of("CIVICLOOP_LANGUAGE", LANGUAGES),
        allowed_hosts=_words("CIVICLOOP_HOSTS") or ["localhost", "127.0.0.1", "[::1]"],
        trusted_origins=_words("CIVICLOOP_ORIGINS"),
        is_https=_flag("CIVICLOOP_HTTPS"),
        is_https_of_host_alone=_flag("CIVICLOOP_HTTPS_OF_HOST_ALONE"),
        trusted_proxies=_whole_number("CIVICLOOP_TRUSTED_PROXIES", 0),
        password_policy=PASSWORD_POLICIES[
            _one_of("CIVICLOOP_PASSWORD_POLICY", tuple(PASSWORD_POLICIES))
        ],
        breached_passwords=_file("CIVICLOOP_BREACHED_PASSWORDS"),
        second_factor="offered" if is_demo else _one_of("CIVICLOOP_SECOND_FACTOR", SECOND_FACTORS),
        idle_minutes=_whole_number("CIVICLOOP_IDLE_MINUTES", 0),
        looks_per_day=_whole_number("CIVICLOOP_LOOKS_PER_DAY", 100),
        look_minutes=_whole_number("CIVICLOOP_LOOK_MINUTES", 15),
        retention_days=(
            _whole_number("CIVICLOOP_MASK_DAYS", 365),
            _whole_number("CIVICLOOP_FORGET_DAYS", 1826),
        ),
        report_retention_days=(
            _whole_number("CIVICLOOP_REPORT_MASK_DAYS", 1826),
            _whole_number("CIVICLOOP_REPORT_FORGET_DAYS", 3652),
        ),
        vault_ciphers=_one_of("CIVICLOOP_VAULT_CIPHERS", VAULT_CIPHERS),
        clock_preset=_one_of("CIVICLOOP_CLOCK_PRESET", CLOCK_PRESETS),
        uploads_kept_days=_whole_number("CIVICLOOP_UPLOADS_KEPT_DAYS", 30),
        calls_kept_days=_whole_number("CIVICLOOP_CALLS_KEPT_DAYS", 7),
        called_back_percent=_percent("CIVICLOOP_CALLED_BACK_PERCENT"),
        reviewed_percent=_percent("CIVICLOOP_REVIEWED_PERCENT"),
        reports_per_hour=_whole_number("CIVICLOOP_REPORTS_PER_HOUR", 60),
        spark=os.environ.get("CIVICLOOP_SPARK", ""),
        row_engine=os.environ.get("CIVICLOOP_ENGINE", ""),
        logs=_one_of("CIVICLOOP_LOGS", LOGS),
        slow_query_ms=_whole_number("CIVICLOOP_SLOW_QUERY_MS", 500),
        metrics_from=_networks("CIVICLOOP_METRICS_FROM", LOOPBACK),
        audit_anchors=os.environ.get("CIVICLOOP_AUDIT_ANCHORS", ""),
        audit_email=os.environ.get("CIVICLOOP_AUDIT_EMAIL", ""),
        site_url=os.environ.get("CIVICLOOP_SITE_URL", "").rstrip("/"),
        email=read_email_server(),
        robot_urls=read_robot_urls(),
        sms_url=read_sms_url(),
        single_sign_on=read_single_sign_on(),
        single_sign_on_claim=os.environ.get("CIVICLOOP_OIDC_CLAIM", "") or "preferred_username",
        file_scanner=read_file_scanner(),
        model_endpoint=read_model_endpoint(),
    )
