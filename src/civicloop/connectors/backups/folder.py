"""The folder of one backup: it stands there whole or not at all, and says what is in it."""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, cast

MANIFEST = "manifest.json"
FILES = "files.tar"
DAY_SECONDS = 86_400
_CHUNK = 1024 * 1024


class BrokenBackupError(ValueError):
    """The folder is no backup, or not what was written; the argument says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds, and of what it was made."""

    made_at: str
    version: str  # of the program
    vendor: str  # sqlite or postgresql
    vault_vendor: str = ""  # where the vault is a database of its own
    migrations: list[str]  # all that had run, "app.name"
    rows: dict[str, int]  # by table
    key_names: list[str]  # the files of keys that belong to it and are not in it
    parts: dict[str, str]  # by name of the file its SHA-256
    key_witnesses: dict[str, list[str]] = field(default_factory=dict)  # see `witnesses_of`


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to write into that takes the target's name at the end, when all is on the disk.

    Raises:
        FileExistsError: the target is there already.
    """
    if target.exists():
        raise FileExistsError(str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        yield making
        for file in [*making.iterdir(), making]:
            sync(file)
        making.rename(target)
        sync(target.parent)
    except BaseException:
        shutil.rmtree(making)
        raise


def remove_left_over(folder: Path, pattern: str) -> None:
    """Remove what a backup or a drill that was killed has left, a day or more ago."""
    for place in folder.glob(pattern):
        if place.is_dir() and time.time() - place.stat().st_mtime > DAY_SECONDS:
            shutil.rmtree(place, ignore_errors=True)


def sync(path: Path) -> None:
    """See a file or a folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a folder whose other parts are there."""
    words = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(words + "\n")


def read_manifest(folder: Path) -> Manifest:
    """What the backup says of itself, its parts compared with it.

    Raises:
        BrokenBackupError: it is none, or one of its parts is missing or was changed.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text())
        known = {one.name for one in fields(Manifest)}  # a newer program may tell more
        manifest = Manifest(**{name: value for name, value in told.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BrokenBackupError(f"{folder / MANIFEST}: {error}") from error
    for name, digest in manifest.parts.items():
        file = folder / name
        if not file.is_file() or sha256_of(file) != digest:
            raise BrokenBackupError(str(file))
    return manifest


def digests_of(folder: Path) -> Mapping[str, str]:
    """The SHA-256 of every file of a folder, by name."""
    return {file.name: sha256_of(file) for file in sorted(folder.iterdir())}


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def pack(folder: Path, archive: Path) -> int:
    """Put a folder's files into an archive; gives how many. One that goes meanwhile is left out."""
    count = 0
    with tarfile.open(archive, "w") as packed:
        for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
            try:
                packed.add(file, file.relative_to(folder), recursive=False)
            except FileNotFoundError:
                continue
            count += file.is_file()
    return count


def unpack(archive: Path, folder: Path) -> None:
    """Bring an archive's files and folders back; nothing else, and nothing out of the folder.

    Done by hand: the filters of `tarfile` came with Python 3.11.4, Debian 12 has 3.11.2.

    Raises:
        BrokenBackupError: it is no archive, or has a link, a device, or a name that leads out.
    """
    with _opened(archive) as packed:
        members = packed.getmembers()
        folder.mkdir(parents=True, exist_ok=True)
        for member in members:
            leads_out = Path(member.name).is_absolute() or ".." in Path(member.name).parts
            if leads_out or not (member.isfile() or member.isdir()):
                raise BrokenBackupError(f"{archive}: {member.name}")
        for member in members:
            _extract(packed, member, folder / member.name)


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive) as packed:
            yield packed
    except tarfile.TarError:
        raise BrokenBackupError(str(archive)) from None


def _extract(packed: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    content = cast(IO[bytes], packed.extractfile(member))  # None for what is no file only
    with content, place.open("wb") as opened:
        shutil.copyfileobj(content, opened)
    place.chmod(member.mode & 0o755)


def witnesses_of(secrets: str) -> list[str]:
    """By which the secrets of a key's file are known again, line by line; they tell nothing of them.

    A secret is of 400 bits that were drawn, so a plain hash of it cannot be tried out.
    """
    lines = secrets.split()
    return [
        hashlib.sha256(f"civicloop key witness\x1f{line}".encode()).hexdigest() for line in lines
    ]


def witnesses_in(archive: Path) -> dict[str, list[str]]:
    """The witnesses of the keys in an archive, by name of the file.

    Raises:
        BrokenBackupError: it is no archive.
    """
    with _opened(archive) as packed:
        opened = {one.name: packed.extractfile(one) for one in packed.getmembers()}
        return {
            name: witnesses_of(content.read().decode(errors="replace"))
            for name, content in opened.items()
            if content
        }


def pack_keys(files: list[Path], archive: Path) -> None:
    """Put keys into an archive that its owner alone can read.

    Raises:
        FileExistsError: there is one of that name: it may be the last copy of older keys.
    """
    handle = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        with tarfile.open(fileobj=opened, mode="w") as packed:
            for file in files:
                packed.add(file, file.name)
        opened.flush()
        os.fsync(opened.fileno())
