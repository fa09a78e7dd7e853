"""Back the whole installation up while it works, bring it back elsewhere, and try that it can be."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from civicloop.connectors.backups.folder import (
    FILES,
    Manifest,
    digests_of,
    pack,
    pack_keys,
    read_manifest,
    sync,
    unpack,
    whole_folder,
    write_manifest,
)
from civicloop.connectors.backups.postgresql import Server, dump_postgresql, restore_postgresql
from civicloop.connectors.backups.sqlite import (
    Progress,
    copy_sqlite,
    fault_of_sqlite,
    rows_of_sqlite,
)

DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
KEY_FILES = "*_key"  # the installation's secret, the keys of contacts and of the audit
UPKEEP = "upkeep.json"


class RestoreRefusedError(Exception):
    """Nothing was brought back; the argument says why, in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A backup that was made or brought back."""

    folder: Path
    row_count: int
    file_count: int
    seconds: float


def back_up(folder: Path, *, keys: Path | None, now: datetime, progress: Progress) -> Kept:
    """Write database, files and manifest into a new folder; the keys apart, where they are asked for.

    The database comes first: whatever file it names is there still when the files are packed.

    Raises:
        FileExistsError: the folder or the file for the keys is there already.
        DumpError: PostgreSQL's programs are missing, or failed.
    """
    began = time.monotonic()
    with whole_folder(folder) as making:
        rows = _copy_database(making / DATABASES[connection.vendor], progress)
        count = pack(Path(settings.MEDIA_ROOT), making / FILES)
        write_manifest(
            making,
            Manifest(
                made_at=now.isoformat(),
                version=version("civicloop"),
                vendor=connection.vendor,
                migrations=sorted(".".join(one) for one in _applied()),
                rows=rows,
                key_names=[file.name for file in key_files()],
                parts=dict(digests_of(making)),
            ),
        )
        if keys:
            pack_keys(key_files(), keys)
    seconds = time.monotonic() - began
    note_upkeep("backup", at=now, folder=str(folder.resolve()), seconds=round(seconds, 1))
    return Kept(folder=folder, row_count=sum(rows.values()), file_count=count, seconds=seconds)


def restore(folder: Path, *, keys: Path | None) -> Kept:
    """Bring a backup into an empty place, and count what came.

    Raises:
        BrokenBackupError: the backup is not what was written.
        RestoreRefusedError: the place is not empty, or the program does not fit.
        DumpError: PostgreSQL's programs are missing, or failed.
    """
    began = time.monotonic()
    manifest = read_manifest(folder)
    _refuse_unfit(manifest)
    _refuse_occupied(keys)
    if keys:
        unpack(keys, settings.DATA_FOLDER)
    unpack(folder / FILES, Path(settings.MEDIA_ROOT))
    _bring_database(folder / DATABASES[manifest.vendor])
    rows = _rows_now()
    if rows != manifest.rows:
        raise RestoreRefusedError(_("What came back is not what was backed up: %(tables)s") % {
            "tables": ", ".join(sorted({one for one, _count in rows.items() ^ manifest.rows.items()}))
        })  # fmt: skip
    count = sum(file.is_file() for file in Path(settings.MEDIA_ROOT).rglob("*"))
    return Kept(
        folder=folder,
        row_count=sum(rows.values()),
        file_count=count,
        seconds=time.monotonic() - began,
    )


def drill(folder: Path, *, keys: Path | None, now: datetime) -> float:
    """Bring a backup back in a throw-away place, read its audit, and note how long it took.

    Raises:
        RestoreRefusedError: it could not be brought back; what is said is what the commands said.
    """
    began = time.monotonic()
    with _throw_away_place() as environment:
        brought = (
            keys.resolve() if keys else Path(environment["CIVICLOOP_DATA"]).parent / "keys.tar"
        )
        if not keys:
            pack_keys(key_files(), brought)
        for words in (
            ["restore", str(folder.resolve()), "--keys", str(brought)],
            ["audit", "verify"],
        ):
            _run_ourselves(words, environment)
    seconds = time.monotonic() - began
    note_upkeep("drill", at=now, folder=str(folder.resolve()), seconds=round(seconds, 1))
    return seconds


def key_files() -> list[Path]:
    """The installation's keys: a backup without them cannot be read, so they are kept apart."""
    return sorted(Path(settings.DATA_FOLDER).glob(KEY_FILES))


def upkeep() -> dict[str, dict[str, str | float]]:
    """When the last backup and the last drill were, how long they took, of which folder."""
    file = Path(settings.DATA_FOLDER) / UPKEEP
    return dict(json.loads(file.read_text())) if file.exists() else {}


def note_upkeep(what: str, *, at: datetime, folder: str, seconds: float) -> None:
    """Remember that it was done; the file is replaced whole."""
    noted = {**upkeep(), what: {"at": at.isoformat(), "folder": folder, "seconds": seconds}}
    file = Path(settings.DATA_FOLDER) / UPKEEP
    making = file.with_suffix(".new")
    making.write_text(json.dumps(noted, indent=1) + "\n")
    sync(making)
    making.replace(file)


def _run_ourselves(words: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 -- this program itself
        [sys.executable, "-m", "civicloop", *words],
        env=os.environ | dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RestoreRefusedError(f"{words[0]}: {done.stdout}{done.stderr}".strip())


@contextmanager
def _throw_away_place() -> Iterator[dict[str, str]]:
    """The environment of an installation that is empty, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="civicloop-drill-", dir=settings.DATA_FOLDER) as place:
        data = Path(place) / "data"
        data.mkdir()
        if connection.vendor == "sqlite":
            url = f"sqlite:///{data}/civicloop.sqlite3"
            yield {"CIVICLOOP_DATA": str(data), "DATABASE_URL": url}
            return
        name = f"civicloop_drill_{token_hex(4)}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield {"CIVICLOOP_DATA": str(data), "DATABASE_URL": _url_of(name)}
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")


def _url_of(database: str) -> str:
    """The address of another database of our server."""
    server = _server()
    who = quote(server.user, safe="") + (
        f":{quote(server.password, safe='')}" if server.password else ""
    )
    port = f":{server.port}" if server.port else ""
    return f"postgres://{who}@{quote(server.host, safe='')}{port}/{database}"


def _server() -> Server:
    told = connection.settings_dict
    return Server(
        host=told["HOST"],
        port=str(told["PORT"] or ""),
        user=told["USER"],
        password=told["PASSWORD"],
        database=told["NAME"],
    )


def _sqlite_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _applied() -> list[tuple[str, str]]:
    return list(MigrationRecorder(connection).applied_migrations())


def _copy_database(file: Path, progress: Progress) -> dict[str, int]:
    """Copy it as it is at one moment; gives the number of rows of each table at that moment."""
    if connection.vendor == "sqlite":
        copy_sqlite(_sqlite_file(), file, progress=progress)
        return rows_of_sqlite(file)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        dump_postgresql(_server(), file, snapshot=cursor.fetchone()[0])
        progress(1.0)
        return _count_postgresql()


def _count_postgresql() -> dict[str, int]:
    names = sorted(connection.introspection.table_names())
    with connection.cursor() as cursor:
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            counts[name] = int(cursor.fetchone()[0])
    return counts


def _refuse_unfit(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        words = _("The backup is of %(vendor)s, DATABASE_URL names another kind of database.")
        raise RestoreRefusedError(words % {"vendor": manifest.vendor})
    known = {".".join(one) for one in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        words = _("The backup is of a newer program, version %(version)s: %(migrations)s")
        told = {"version": manifest.version, "migrations": ", ".join(newer[:3])}
        raise RestoreRefusedError(words % told)


def _refuse_occupied(keys: Path | None) -> None:
    """Nothing is written over: not a database, not files, not a key that something is sealed with."""
    if _has_tables():
        raise RestoreRefusedError(_("The database is not empty: DATABASE_URL must name a new one."))
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir() and any(media.iterdir()):
        raise RestoreRefusedError(_("%(folder)s is not empty.") % {"folder": media})
    secret = Path(settings.DATA_FOLDER) / "secret_key"  # made by this command, nothing is signed
    kept = [file.name for file in key_files() if file != secret]
    if keys and kept:
        words = _("There are keys in %(folder)s already: %(names)s")
        told = {"folder": settings.DATA_FOLDER, "names": ", ".join(kept)}
        raise RestoreRefusedError(words % told)


def _has_tables() -> bool:
    if connection.vendor == "postgresql":
        return bool(connection.introspection.table_names())
    file = _sqlite_file()
    return file.exists() and file.stat().st_size > 0 and bool(rows_of_sqlite(file))


def _bring_database(file: Path) -> None:
    if connection.vendor == "postgresql":
        restore_postgresql(_server(), file)
        return
    fault = fault_of_sqlite(file)
    if fault:
        raise RestoreRefusedError(_("The copy is broken: %(fault)s") % {"fault": fault})
    connection.close()
    making = _sqlite_file().with_suffix(".new")
    shutil.copyfile(file, making)
    sync(making)
    making.replace(_sqlite_file())
    sync(_sqlite_file().parent)


def _rows_now() -> dict[str, int]:
    return (
        _count_postgresql() if connection.vendor == "postgresql" else rows_of_sqlite(_sqlite_file())
    )
