"""Throw-away installations to harm."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.found import memory_folder
from tests.made_tables import copy_sqlite_file


@contextmanager
def sqlite_place() -> Iterator[dict[str, str]]:
    """The environment of an installation on SQLite, its tables made."""
    with tempfile.TemporaryDirectory(prefix="civicloop-battery-", dir=memory_folder()) as folder:
        copy_sqlite_file(Path(folder) / "city.sqlite3")
        yield environment(f"sqlite:///{folder}/city.sqlite3", folder)


def environment(database_url: str, folder: str | Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "CIVICLOOP_DATA": str(folder),
        "CIVICLOOP_SECRET_KEY": "only-for-batteries-" * 3,
        "CIVICLOOP_REPORTS_PER_HOUR": "100000000",
        "CIVICLOOP_HOSTS": "testserver",
        "CIVICLOOP_DEMO": "",
        "CIVICLOOP_SECOND_FACTOR": "offered",  # its operator logs in by one line
        "DJANGO_SETTINGS_MODULE": "civicloop.config.settings",
    }


def enter(variables: dict[str, str]) -> None:
    """Make this process one of that installation."""
    import logging

    os.environ.update(variables)
    import django

    django.setup()
    logging.disable()  # refusals are what is wanted here


def furnish() -> None:
    """What a city must have before it takes a report in."""
    from civicloop.apps.accounts.actions import ensure_demo_users
    from civicloop.apps.accounts.models import Role
    from civicloop.apps.intake.models import Channel

    ensure_demo_users({"operator": ("", Role.OPERATOR)})
    for code in ("web", "hotline"):
        Channel.objects.get_or_create(code=code, defaults={"name": code})
