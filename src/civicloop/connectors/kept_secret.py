"""Secrets that an installation makes for itself and keeps in files of its data folder."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

SECRET_BYTES = 50


def kept_secret(file: Path) -> str:
    """A secret of this installation's own, made once and readable by its user alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)  # readable by its owner alone
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_urlsafe(SECRET_BYTES))
        with contextlib.suppress(FileExistsError):  # another process was quicker: its secret counts
            os.link(name, file)
        Path(name).unlink()
    return file.read_text()


def secret_changed_at(file: Path) -> int:
    """When a secret was written last, in nanoseconds: what was read of it since still holds.

    It is made if there is none.
    """
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        kept_secret(file)
        return file.stat().st_mtime_ns
