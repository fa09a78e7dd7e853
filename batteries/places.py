"""Throw-away installations to harm."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from secrets import token_hex

from tests.found import memory_folder
from tests.made_tables import copy_sqlite_file, make_postgresql_template
from tests.throw_away import Server, throw_away_server

SERVER, TEMPLATE = "CIVICLOOP_BATTERY_SERVER", "civicloop_made"
Place = Callable[
    [], AbstractContextManager[dict[str, str]]
]  # gives the environment of its processes


@contextmanager
def places_on(database: str) -> Iterator[Place]:
    """Where installations are made, each with its tables: on SQLite, or all on one PostgreSQL."""
    if database == "sqlite":
        yield sqlite_place
        return
    with throw_away_server(memory_folder()) as server:
        make_postgresql_template(server.url, TEMPLATE)
        yield lambda: _postgresql_place(server)


@contextmanager
def _postgresql_place(server: Server) -> Iterator[dict[str, str]]:
    import psycopg

    name = f"city_{token_hex(4)}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    with tempfile.TemporaryDirectory(prefix="civicloop-battery-", dir=memory_folder()) as folder:
        yield environment(server.url_of(name), folder) | {SERVER: str(server.folder)}


def server_here() -> Server:
    """The PostgreSQL of this process's installation."""
    return Server(Path(os.environ[SERVER]))


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
        "CIVICLOOP_HOSTS": "testserver localhost",
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
