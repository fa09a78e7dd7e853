"""`make test`: every test on SQLite, then every test that touches a database on PostgreSQL.

A throw-away PostgreSQL is started from binaries found on this machine and removed at the end;
nothing outside a temporary folder is changed. What could not run for want of a program is said
at the end, with the command that would add it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.found import chromium, missing_for_spark, postgresql_folder

REPOSITORY = Path(__file__).resolve().parent.parent
TOUCHING_A_DATABASE = ["tests/apps", "tests/config", "tests/web", "tests/browser"]
NO_TEST_COLLECTED = 5


def main(arguments: list[str]) -> int:
    if arguments:  # make test ARGS="tests/engines -k topic": only that, on SQLite
        return _pytest([*arguments], {})
    missing = []
    if chromium() is None:
        missing.append("the browser journeys: apt-get install chromium")
    if missing_for_spark():
        missing.append(f"the joins on Spark: {missing_for_spark()}")
    _run_tool("coverage", "erase")
    print("== every test, on SQLite", flush=True)
    codes = [_pytest([*_parallel(), "--cov", "--cov-report="], {})]
    if postgresql_folder() is None:
        missing.append("everything on PostgreSQL: apt-get install postgresql")
    else:
        with throw_away_postgresql() as database_url:
            print("== every test that touches a database, on PostgreSQL", flush=True)
            folders = [name for name in TOUCHING_A_DATABASE if (REPOSITORY / name).exists()]
            cover = ["--cov", "--cov-append", "--cov-report="]
            codes.append(_pytest([*folders, *_parallel(), *cover], {"DATABASE_URL": database_url}))
    codes.append(_run_tool("coverage", "report", "--fail-under=95"))
    engines = "--include=src/civicloop/engines/*"
    codes.append(_run_tool("coverage", "report", engines, "--fail-under=99"))
    for what in missing:
        print(f"NOT RUN, a program is missing: {what}", flush=True)
    return max(codes)


def _parallel() -> list[str]:
    return ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadgroup"]


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    with tempfile.TemporaryDirectory(prefix="civicloop-tests-") as folder:
        safe = {
            "CIVICLOOP_DATA": folder,
            "CIVICLOOP_SECRET_KEY": "only-for-tests-" * 4,
            "CIVICLOOP_DEMO": "",
            "CIVICLOOP_LANGUAGE": "zh-hans",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
            "DATABASE_URL": f"sqlite:///{folder}/civicloop.sqlite3",
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=os.environ | safe | environment, check=False
        )
    return 0 if done.returncode == NO_TEST_COLLECTED and arguments else done.returncode


def _run_tool(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", *words], cwd=REPOSITORY, check=False).returncode


@contextmanager
def throw_away_postgresql() -> Iterator[str]:
    """Start a PostgreSQL of our own in a temporary folder; gives its DATABASE_URL."""
    binaries = postgresql_folder()
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="civicloop-pg-"))
    user = _unprivileged_user()
    if user:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    data = folder / "data"
    locale = ["-E", "UTF8", "--locale=C.UTF-8"]
    run(binaries / "initdb", "-D", data, "-U", "civicloop", "-A", "trust", *locale)
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    log = folder / "log"
    control = [binaries / "pg_ctl", "-D", data, "-w"]
    run(*control, "-l", log, "-o", options, "start")
    try:
        yield f"postgres://civicloop@{quote(str(folder), safe='')}/postgres"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; as root, borrow an ordinary user."""
    if os.geteuid() != 0:
        return None
    known = {line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()}
    return next(name for name in ("postgres", "nobody") if name in known)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
