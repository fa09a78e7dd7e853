"""Back the whole installation up while it works, bring it back elsewhere, and try that it can be."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from civicloop.config.copied_databases import (
    MAIN,
    URLS,
    BrokenCopyError,
    aliases,
    bring_database,
    copy_database,
    file_name,
    has_tables,
    remove_sqlite_file,
    rows_now,
    throw_away_databases,
    vendor_of,
)
from civicloop.config.vault_router import VAULT
from civicloop.connectors.backups.folder import (
    FILES,
    Manifest,
    digests_of,
    pack,
    pack_keys,
    read_manifest,
    remove_left_over,
    sync,
    unpack,
    whole_folder,
    witnesses_in,
    witnesses_of,
    write_manifest,
)
from civicloop.connectors.backups.sqlite import Progress

KEY_FILES = "*_key"  # the installation's secret, the keys of contacts and of the audit
UPKEEP = "upkeep.json"
DRILL = "civicloop-drill-"


class RestoreRefusedError(Exception):
    """Nothing was brought back; the argument says why, in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A backup that was made or brought back."""

    folder: Path
    row_count: int
    file_count: int
    seconds: float
    missing_keys: Sequence[str] = ()  # files that belong to it and are not where it was brought


def back_up(folder: Path, *, keys: Path | None, now: datetime, progress: Progress) -> Kept:
    """Write database, files and manifest into a new folder; the keys apart, where they are asked for.

    The databases come first: whatever file they name is there still when the files are packed.

    Raises:
        FileExistsError: the folder or the file for the keys is there already.
        DumpError: PostgreSQL's programs are missing, or failed.
    """
    began = time.monotonic()
    remove_left_over(folder.parent, ".civicloop-*")
    with whole_folder(folder) as making:
        rows: dict[str, int] = {}
        for alias in aliases():
            rows |= copy_database(alias, making / file_name(alias, vendor_of(alias)), progress)
        count = pack(Path(settings.MEDIA_ROOT), making / FILES)
        write_manifest(
            making,
            Manifest(
                made_at=now.isoformat(),
                version=version("civicloop"),
                vendor=vendor_of(MAIN),
                vault_vendor=vendor_of(VAULT),
                migrations=sorted(".".join(one) for one in _applied()),
                rows=rows,
                key_names=[file.name for file in key_files()],
                parts=dict(digests_of(making)),
                key_witnesses={file.name: witnesses_of(file.read_text()) for file in key_files()},
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
    _refuse_other_keys(manifest, keys)
    with _undone_if_it_fails():
        if keys:
            unpack(keys, settings.DATA_FOLDER)
        unpack(folder / FILES, Path(settings.MEDIA_ROOT))
        rows = _bring_databases(folder)
        if rows != manifest.rows:
            differing = sorted({one for one, _count in rows.items() ^ manifest.rows.items()})
            words = _("What came back is not what was backed up: %(tables)s")
            raise RestoreRefusedError(words % {"tables": ", ".join(differing)})
    count = sum(file.is_file() for file in Path(settings.MEDIA_ROOT).rglob("*"))
    return Kept(
        folder=folder,
        row_count=sum(rows.values()),
        file_count=count,
        seconds=time.monotonic() - began,
        missing_keys=_lacking(
            manifest, {one.name: witnesses_of(one.read_text()) for one in key_files()}
        ),
    )


def _lacking(manifest: Manifest, held: Mapping[str, Sequence[str]]) -> list[str]:
    """The files of keys that are not there, or lack a secret that was in them at the backup."""
    return [
        name
        for name in manifest.key_names
        if name not in held or not set(manifest.key_witnesses.get(name, ())) <= set(held[name])
    ]


def _refuse_other_keys(manifest: Manifest, keys: Path | None) -> None:
    lacking = _lacking(manifest, witnesses_in(keys)) if keys else []
    if lacking:
        words = _("The keys in %(file)s are not those of the backup: %(names)s")
        raise RestoreRefusedError(words % {"file": keys, "names": ", ".join(lacking)})


@contextmanager
def _undone_if_it_fails() -> Iterator[None]:
    """The place was empty, and is again: it may be tried once more when the cause is mended."""
    kept = {file: file.read_bytes() for file in key_files()}
    try:
        yield
    except BaseException:
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        for alias in aliases():
            remove_sqlite_file(alias)
        for file in key_files():
            file.unlink()
        for file, content in kept.items():  # mounted ones, and the one that this command made
            file.write_bytes(content)
        raise


def drill(folder: Path, *, keys: Path | None, now: datetime) -> float:
    """Bring a backup back in a throw-away place, read its audit, and note how long it took.

    Raises:
        RestoreRefusedError: it could not be brought back; what is said is what the commands said.
    """
    began = time.monotonic()
    remove_left_over(Path(settings.DATA_FOLDER), f"{DRILL}*")
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


def _without_files_of(said: Mapping[str, str]) -> dict[str, str]:
    """This process's variables but the files that would say the same as what is said."""
    files = {f"{name}_FILE" for name in said}
    return {name: value for name, value in os.environ.items() if name not in files}


def _run_ourselves(words: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 -- this program itself
        [sys.executable, "-m", "civicloop", *words],
        env=_without_files_of(environment) | dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RestoreRefusedError(f"{words[0]}: {done.stdout}{done.stderr}".strip())


@contextmanager
def _throw_away_place() -> Iterator[dict[str, str]]:
    """The environment of an installation that is empty, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=DRILL, dir=settings.DATA_FOLDER) as place:
        data = Path(place) / "data"
        data.mkdir()
        with throw_away_databases(data) as urls:
            yield {"CIVICLOOP_DATA": str(data), **urls}


def _applied() -> list[tuple[str, str]]:
    return list(MigrationRecorder(connection).applied_migrations())


def _bring_databases(folder: Path) -> dict[str, int]:
    rows: dict[str, int] = {}
    for alias in aliases():
        try:
            bring_database(alias, folder / file_name(alias, vendor_of(alias)))
        except BrokenCopyError as error:
            raise RestoreRefusedError(str(error)) from None
        rows |= rows_now(alias)
    return rows


def _refuse_unfit(manifest: Manifest) -> None:
    if manifest.vendor != vendor_of(MAIN):
        words = _("The backup is of %(vendor)s, DATABASE_URL names another kind of database.")
        raise RestoreRefusedError(words % {"vendor": manifest.vendor})
    if manifest.vault_vendor != vendor_of(VAULT):
        words = _(
            "The vault of the backup is of %(vendor)s: VAULT_DATABASE_URL must name an empty "
            "database of that kind."
        )
        if not manifest.vault_vendor:
            words = _("The backup has no vault of its own: leave VAULT_DATABASE_URL out.")
        raise RestoreRefusedError(words % {"vendor": manifest.vault_vendor})
    known = {".".join(one) for one in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        words = _("The backup is of a newer program, version %(version)s: %(migrations)s")
        told = {"version": manifest.version, "migrations": ", ".join(newer[:3])}
        raise RestoreRefusedError(words % told)


def _refuse_occupied(keys: Path | None) -> None:
    """Nothing is written over: not a database, not files, not a key that something is sealed with."""
    for alias in aliases():
        if has_tables(alias):
            words = _("The database is not empty: %(variable)s must name a new one.")
            raise RestoreRefusedError(words % {"variable": URLS[alias]})
    media = Path(settings.MEDIA_ROOT)
    if media.is_dir() and any(media.iterdir()):
        raise RestoreRefusedError(_("%(folder)s is not empty.") % {"folder": media})
    secret = Path(settings.DATA_FOLDER) / "secret_key"  # made by this command, nothing is signed
    kept = [file.name for file in key_files() if file != secret]
    if keys and kept:
        words = _("There are keys in %(folder)s already: %(names)s")
        told = {"folder": settings.DATA_FOLDER, "names": ", ".join(kept)}
        raise RestoreRefusedError(words % told)
