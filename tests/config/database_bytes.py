"""Every byte that an SQLite database keeps on the disk."""

import subprocess
from pathlib import Path

from django.db import connection


def bytes_of_database() -> bytes:
    """Read by another process: SQLite's locks are of the process, and end when it closes the file once.

    Then any program that opens the database takes itself for the only one, and takes the log away.
    """
    file = Path(connection.settings_dict["NAME"])
    files = sorted(file.parent.glob(f"{file.name}*"))
    return subprocess.run(["cat", *files], check=True, capture_output=True).stdout


def empty_the_log() -> None:
    """Bring SQLite's log into the database; what earlier tests wrote may else still stand in it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
