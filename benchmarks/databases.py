"""Throw-away databases to measure on, each with processes of their own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.found import postgresql_folder
from tests.throw_away import throw_away_postgresql

INSIDE = "--inside"


@contextmanager
def throw_away_environments(only: str | None = None) -> Iterator[dict[str, dict[str, str]]]:
    """The environments in which Django works on an empty SQLite and an empty PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="civicloop-bench-") as folder:
        sqlite = sqlite_in(Path(folder))
        if only == "sqlite" or postgresql_folder() is None:
            yield {"sqlite": sqlite}
            return
        with throw_away_postgresql() as url:
            both = {"sqlite": sqlite, "postgresql": {**sqlite, "DATABASE_URL": url}}
            yield {name: both[name] for name in both if only in {None, name}}


def sqlite_in(folder: Path) -> dict[str, str]:
    """The environment in which Django works on the SQLite of a folder."""
    return {
        "CIVICLOOP_SECRET_KEY": "only-for-benchmarks-" * 3,
        "CIVICLOOP_DATA": str(folder),
        "CIVICLOOP_SECOND_FACTOR": "offered",  # nobody is there to type it
        "DATABASE_URL": f"sqlite:///{folder}/civicloop.sqlite3",
    }


def run_inside(module: str, words: list[str], environment: dict[str, str]) -> None:
    """Run the benchmark's inner part in a process that knows only that database."""
    command = [sys.executable, "-m", module, INSIDE, *words]
    settings = {"DJANGO_SETTINGS_MODULE": "civicloop.config.settings"}
    subprocess.run(command, check=True, env=os.environ | settings | environment)


def prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
