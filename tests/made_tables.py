"""A database with all its tables and the calendar: made once, copied by whoever tests on one.

The migrations take ten seconds of a processor, and each worker of the tests would run them again;
the calendar a quarter of a second, and each test that starts a clock would load it again.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
KEPT = REPOSITORY / ".tests"
POSTGRESQL_TEMPLATE = "CIVICLOOP_TESTS_POSTGRESQL_TEMPLATE"
ENVIRONMENT = {
    "CIVICLOOP_SECRET_KEY": "only-for-tests-" * 4,
    "DJANGO_SETTINGS_MODULE": "civicloop.config.settings",
}
SEEDING = """
import django; django.setup()
from django.utils import timezone
from civicloop.apps.audit.models import AuditChain, AuditEvent
from civicloop.apps.clocks.actions import seed_calendar
seed_calendar(actor=None, now=timezone.now())
AuditEvent.objects.all().delete(), AuditChain.objects.all().delete()  # chained by a key now gone
"""
SIDES_OF_A_FILE = ("-wal", "-shm")


@cache
def sqlite_file() -> Path:
    """An SQLite file with the tables of these migrations; kept until there are others."""
    file = KEPT / f"made-{_what_it_depends_on()}.sqlite3"
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


def _what_it_depends_on() -> str:
    """What they depend on: our migrations, the libraries', and how the calendar is loaded."""
    libraries = ("django", "django-tasks-db", "chinesecalendar")
    digest = sha256(" ".join(map(version, libraries)).encode())
    clocks = REPOSITORY / "src/civicloop/apps/clocks"
    seeding = [clocks / "library_years.py", clocks / "actions/calendars.py"]
    for file in [*sorted((REPOSITORY / "src").glob("**/migrations/*.py")), *seeding]:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(database_url: str) -> None:
    variables = {**ENVIRONMENT, **os.environ, "DATABASE_URL": database_url}
    for words in (["-m", "civicloop", "migrate", "--verbosity", "0"], ["-c", SEEDING]):
        subprocess.run([sys.executable, *words], check=True, env=variables)
