"""Write down the tables that all migrations make of a new SQLite database; run by `make tables`."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.config.settings")


def main() -> None:
    """Go through every migration in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CIVICLOOP_DEMO"] = "1"
        os.environ["CIVICLOOP_DATA"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'new.sqlite3'}"
        import django

        django.setup()
        from django.core.management import call_command
        from django.core.management.commands.migrate import Command
        from django.db import connection

        from civicloop.config.sqlite.first_tables import keep_first_tables

        call_command(Command(), verbosity=0)
        keep_first_tables(connection)
        connection.close()


if __name__ == "__main__":
    main()
