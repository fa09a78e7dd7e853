"""Imported files as they are kept: once per content, under their SHA-256."""

import os
from hashlib import file_digest
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.conf import settings

CHUNK = 1 << 20


def import_folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept_file(sha256: str) -> Path:
    return import_folder() / sha256


def keep_file(file: BinaryIO | Path) -> str:
    """Copy the file to its place unless it is there; give its SHA-256.

    Raises:
        OSError: the file cannot be read, or the disk is full.
    """
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return _keep(opened)
    return _keep(file)


def _keep(file: BinaryIO) -> str:
    with NamedTemporaryFile(dir=import_folder(), delete=False) as copy:
        try:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            with Path(copy.name).open("rb") as written:
                sha256 = file_digest(written, "sha256").hexdigest()
            Path(copy.name).replace(kept_file(sha256))  # in one step: never half a file
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise
    return sha256
