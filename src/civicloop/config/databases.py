"""How the two kinds of database are opened: never faster than durable."""

from pathlib import Path
from typing import Any

import dj_database_url

BUSY_TIMEOUT_SECONDS = 20
CONNECT_SECONDS = 5
PAGE_SECONDS, LOCK_SECONDS = 15, 10  # the longest that a page waits for one statement, for one lock
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL loses acknowledged commits at a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA journal_size_limit=67108864",
)


ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}


class UnknownDatabaseError(ValueError):
    """DATABASE_URL is not one that can be used."""


def database_settings(database_url: str, *, variable: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings for one database from its URL (sqlite:/// or postgres://)."""
    try:
        settings: dict[str, Any] = {**dj_database_url.parse(database_url, conn_max_age=60)}
    except ValueError as error:
        raise UnknownDatabaseError(f"{variable}: {error}") from None
    if settings.get("ENGINE") not in ENGINES or not settings.get("NAME"):
        raise UnknownDatabaseError(
            f"{variable} must be sqlite:///FILE or postgres://USER@HOST/DATABASE"
        )
    settings["CONN_HEALTH_CHECKS"] = True
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["ENGINE"] = "civicloop.config.sqlite"
        Path(settings["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",  # DEFERRED fails at once under two writers
            "timeout": BUSY_TIMEOUT_SECONDS,
            "init_command": ";".join(SQLITE_PRAGMAS),
        }
        settings["TEST"] = {"NAME": f"{settings['NAME']}.test"}
        return settings
    settings["OPTIONS"] = {**settings.get("OPTIONS", {}), "connect_timeout": CONNECT_SECONDS}
    return settings


def wait_as_pages_do(settings: dict[str, Any]) -> None:
    """Change a database's settings: for pages, waiting has an end.

    Who waits too long is told to try again and given the number to call. Commands and jobs may take their time.
    """
    if settings["ENGINE"] == "civicloop.config.sqlite":
        settings["ENGINE"] = "civicloop.config.sqlite.pages"  # which leaves a thread to readers
    if settings["ENGINE"] == "django.db.backends.postgresql":
        settings["ENGINE"] = "civicloop.config.postgresql"  # which waits for no silent server
        limits = f"-c statement_timeout={PAGE_SECONDS}s -c lock_timeout={LOCK_SECONDS}s"
        settings["OPTIONS"] = {**settings["OPTIONS"], "options": limits}
