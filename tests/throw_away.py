"""A PostgreSQL of our own: started from binaries found on this machine, removed at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.found import postgresql_folder

LOCALE = ("-E", "UTF8", "--locale=C.UTF-8")
# For what nobody measures: statements of a few rows are not worth compiling, and what is emptied
# after each test not worth cleaning up behind. As safe as any: `doctor` asks the tests' server, too.
HASTY = ("jit=off", "autovacuum=off")


@dataclass(frozen=True, slots=True)
class Server:
    """One server, all of it in a folder; nothing outside the folder is changed."""

    folder: Path

    @property
    def url(self) -> str:
        """The DATABASE_URL of the database that every server has."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgres://civicloop@{quote(str(self.folder), safe='')}/{database}"

    def make(self) -> None:
        user = _unprivileged_user()
        if user:
            shutil.chown(self.folder, user)
        self._run("initdb", "-D", self.folder / "data", "-U", "civicloop", "-A", "trust", *LOCALE)

    def start(self, *settings: str) -> None:
        """Until it answers."""
        here = ("listen_addresses=''", f"unix_socket_directories='{self.folder}'")
        options = " ".join(f"-c {setting}" for setting in (*here, *settings))
        self._control("-l", self.folder / "log", "-o", options, "start")

    def stop(self, mode: str) -> None:
        """End it: "fast" ends the sessions and writes everything down, "immediate" is a crash."""
        self._control("-m", mode, "stop")

    def _control(self, *words: str | Path) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-w", *words)

    def _run(self, program: str, *words: str | Path) -> None:
        binaries = postgresql_folder()
        assert binaries is not None
        subprocess.run(
            [binaries / program, *words],
            check=True,
            user=_unprivileged_user(),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def throw_away_server(parent: Path | None = None, *settings: str) -> Iterator[Server]:
    """Start a server in a temporary folder."""
    server = Server(Path(tempfile.mkdtemp(prefix="civicloop-pg-", dir=parent)))
    try:
        server.make()
        server.start(*settings)
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(server.folder)


@contextmanager
def throw_away_postgresql(parent: Path | None = None, *settings: str) -> Iterator[str]:
    """Start a server; gives its DATABASE_URL."""
    with throw_away_server(parent, *settings) as server:
        yield server.url


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; as root, borrow an ordinary user."""
    if os.geteuid() != 0:
        return None
    known = {line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()}
    return next(name for name in ("postgres", "nobody") if name in known)
