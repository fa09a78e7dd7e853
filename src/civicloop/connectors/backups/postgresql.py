"""Call pg_dump and pg_restore, which PostgreSQL brings along."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")


class DumpError(RuntimeError):
    """pg_dump or pg_restore is not here, or failed; the argument is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a database is."""

    host: str
    port: str
    user: str
    password: str
    database: str

    @property
    def environment(self) -> dict[str, str]:
        """Passwords go by the environment: a command line can be read by everybody."""
        told = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
        }
        return {name: value for name, value in told.items() if value}


def dump_postgresql(server: Server, file: Path, *, snapshot: str) -> None:
    """Write a snapshot that a transaction has exported, in PostgreSQL's own compressed format.

    Raises:
        DumpError: it failed.
    """
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                     f"--file={file}"], server.environment)  # fmt: skip


def restore_postgresql(server: Server, file: Path) -> None:
    """Bring a dump back into an empty database: all of it or nothing.

    Raises:
        DumpError: it failed.
    """
    words = ["--single-transaction", "--no-owner", "--no-privileges", "--exit-on-error"]
    _run("pg_restore", [*words, f"--dbname={server.database}", str(file)], server.environment)


def _run(program: str, words: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 -- a program of the database, no shell
        [_found(program), *words],
        env=os.environ | dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DumpError(f"{program}: {done.stderr.strip()}")


def _found(program: str) -> str:
    """On the PATH, or in the newest of the usual folders."""
    on_path = shutil.which(program)
    if on_path:
        return on_path
    found = [
        file
        for pattern in _FOLDERS
        for file in sorted(Path("/").glob(f"{pattern[1:]}/{program}"))
        if os.access(file, os.X_OK)
    ]
    if not found:
        raise DumpError(f"{program} is not installed")
    return str(found[-1])
