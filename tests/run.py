"""`make test`: every test on SQLite, then every test that touches a database on PostgreSQL.

A throw-away PostgreSQL is started from binaries found on this machine and removed at the end;
nothing outside a temporary folder is changed. What could not run for want of a program is said
at the end, with the command that would add it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.found import chromium, memory_folder, missing_for_spark, postgresql_folder
from tests.made_tables import (
    POSTGRESQL_TEMPLATE,
    REPOSITORY,
    make_postgresql_template,
    sqlite_file,
)
from tests.throw_away import HASTY, throw_away_postgresql

TOUCHING_A_DATABASE = [
    "tests/api",
    "tests/apps",
    "tests/config",
    "tests/web",
    "tests/browser/test_journeys.py",  # the others look at pages whose views tests/web asks twice
]
ALONE_ON_A_SERVER = ["tests/config/test_rewriting.py"]  # others' transactions hold what it lets go
ONE_DATABASE = "one_database"
COVERED = "--covered"
TEMPLATE = "civicloop_made"
NO_TEST_COLLECTED = 5


def main(arguments: list[str]) -> int:
    if arguments == [COVERED]:
        return _cover()
    if arguments:  # make test ARGS="tests/engines -k topic": only that, on SQLite
        with _environment() as environment:
            return _pytest([*arguments], environment)
    missing = []
    if chromium() is None:
        missing.append("the browser journeys: apt-get install chromium")
    if missing_for_spark():
        missing.append(f"the joins on Spark: {missing_for_spark()}")
    codes = [_test_on_sqlite()]
    if postgresql_folder() is None:
        missing.append("everything on PostgreSQL: apt-get install postgresql")
    else:
        codes.append(_test_on_postgresql())
    for what in missing:
        print(f"NOT RUN, a program is missing: {what}", flush=True)
    return max(codes)


def _cover() -> int:
    """`make coverage`: counting lines takes a third of a processor's time, so it is a run of its own."""
    _run_tool("coverage", "erase")
    codes = [_test_on_sqlite("--cov", "--cov-report=")]
    codes.append(_run_tool("coverage", "report", "--fail-under=95"))
    engines = "--include=src/civicloop/engines/*"
    codes.append(_run_tool("coverage", "report", engines, "--fail-under=99"))
    return max(codes)


def _test_on_sqlite(*more: str) -> int:
    print("== every test, on SQLite", flush=True)
    sqlite_file()  # once, not by each worker
    with _environment() as environment:
        return _pytest([*_parallel(), *more], environment)


def _test_on_postgresql() -> int:
    print("== every test that touches a database, on PostgreSQL", flush=True)
    folders = [name for name in TOUCHING_A_DATABASE if (REPOSITORY / name).exists()]
    with (
        _environment() as environment,
        throw_away_postgresql(memory_folder(), *HASTY) as database_url,
    ):
        make_postgresql_template(database_url, TEMPLATE)
        more = {"DATABASE_URL": database_url, POSTGRESQL_TEMPLATE: TEMPLATE}
        return max(
            _pytest([*folders, "-m", f"not {ONE_DATABASE}", *_parallel()], environment | more),
            _pytest(ALONE_ON_A_SERVER, environment | more),
        )


def _parallel() -> list[str]:
    """One more than there are cores: many tests wait for a process or a browser of their own.

    A file stays together, for what its tests share is made once; the files come in their order.
    """
    workers = str(min((os.cpu_count() or 1) + 1, 5))
    return ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]


@contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """The variables of a run whose files are its own, and no others'."""
    with tempfile.TemporaryDirectory(prefix="civicloop-tests-", dir=memory_folder()) as folder:
        yield {
            "CIVICLOOP_DATA": folder,
            "CIVICLOOP_SECRET_KEY": "only-for-tests-" * 4,
            "CIVICLOOP_DEMO": "",
            "CIVICLOOP_LANGUAGE": "zh-hans",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
            "OPENBLAS_NUM_THREADS": "1",  # as the settings say, which come after NumPy here
            "DATABASE_URL": f"sqlite:///{folder}/civicloop.sqlite3",
            "PYTHONDONTWRITEBYTECODE": "",  # the processes that tests start need not compile
        }


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    usual = ["-q", "-p", "no:cacheprovider", "--durations=15"]
    base = f"--basetemp={environment['CIVICLOOP_DATA']}/tests"
    command = [sys.executable, "-m", "pytest", *usual, base, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=os.environ | environment, check=False)
    return 0 if done.returncode == NO_TEST_COLLECTED and arguments else done.returncode


def _run_tool(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", *words], cwd=REPOSITORY, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
