"""Programs of this machine that tests can use, and nothing is installed to get them."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

POSTGRESQL_FOLDERS = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
]
MEMORY, ENOUGH_MEMORY_BYTES = Path("/dev/shm"), 4 * 1024**3
CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def postgresql_folder() -> Path | None:
    """Where initdb and pg_ctl are: on PATH, or in the newest of the usual folders."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    root = Path("/")
    found = [
        folder
        for pattern in POSTGRESQL_FOLDERS
        for folder in sorted(root.glob(pattern[1:]))
        if os.access(folder / "initdb", os.X_OK)
    ]
    return found[-1] if found else None


def chromium() -> str | None:
    """The browser's program, if there is one."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def missing_for_spark() -> str:
    """The commands that would add what Spark needs; nothing if it is all there."""
    pyspark = "" if find_spec("pyspark") else "make spark"
    java = "" if shutil.which("java") else "apt-get install default-jre-headless"
    return "; ".join(command for command in (pyspark, java) if command)


def memory_folder() -> Path | None:
    """A folder that no disk has to write, if there is a large one: `fsync` costs nothing there."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH_MEMORY_BYTES:
        return None
    return MEMORY
