"""A database with all its tables: made once, copied by whoever tests on one.

The migrations take ten seconds of a processor, and each worker of the tests would run them again.
"""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
KEPT = REPOSITORY / ".tests"
POSTGRESQL_TEMPLATE = "CIVICLOOP_TESTS_POSTGRESQL_TEMPLATE"
ENVIRONMENT = {"CIVICLOOP_SECRET_KEY": "only-for-tests-" * 4}
SIDES_OF_A_FILE = ("-wal", "-shm")


def sqlite_file() -> Path:
    """An SQLite file with the tables of these migrations; kept until there are others."""
    file = KEPT / f"made-{_migrations()}.sqlite3"
    if not file.exists():
        KEPT.mkdir(exist_ok=True)
        for older in KEPT.glob("made-*"):
            older.unlink(missing_ok=True)
        unfinished = KEPT / f"unfinished-{os.getpid()}.sqlite3"
        _migrate(f"sqlite:///{unfinished}")
        unfinished.rename(file)
    return file


def make_postgresql_template(database_url: str, name: str) -> None:
    """Make a database of this name on the server; the address is that of another database."""
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    _migrate(f"{database_url.rpartition('/')[0]}/{name}")


def copy_sqlite_file(to: Path) -> None:
    """Take the place of what an earlier run left there."""
    for side in SIDES_OF_A_FILE:
        to.with_name(to.name + side).unlink(missing_ok=True)
    shutil.copyfile(sqlite_file(), to)


def _migrations() -> str:
    """What the tables depend on: our migrations, which import nothing of ours, and the library's."""
    digest = sha256(f"{version('django')} {version('django-tasks-db')}".encode())
    for file in sorted((REPOSITORY / "src").glob("**/migrations/*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(database_url: str) -> None:
    command = [sys.executable, "-m", "civicloop", "migrate", "--verbosity", "0"]
    variables = {**ENVIRONMENT, **os.environ, "DATABASE_URL": database_url}
    subprocess.run(command, check=True, env=variables)
