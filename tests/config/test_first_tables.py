"""A new SQLite database gets its tables in one go, the same that its migrations would have made."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest
from django.db import OperationalError

from civicloop.config.sqlite import first_tables
from civicloop.config.sqlite.first_tables import lay_first_tables

pytestmark = pytest.mark.one_database
AT_ONCE = [sys.executable, "-m", "civicloop", "migrate"]
STEP_BY_STEP = """
import django; django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), verbosity=0)
"""


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """A copy of what is kept; give it other words to see what becomes of them."""
    words = json.loads(first_tables.FILE.read_text(encoding="utf-8"))
    monkeypatch.setattr(first_tables, "FILE", tmp_path / "kept.json")

    def keep(**others):
        first_tables.FILE.write_text(json.dumps(words | others), encoding="utf-8")
        return words

    return keep


def migrated(folder, command):
    """What stands in a database that the command began, and what it said."""
    folder.mkdir()
    file = folder / "city.sqlite3"
    variables = {"CIVICLOOP_DATA": str(folder), "DATABASE_URL": f"sqlite:///{file}"}
    variables["DJANGO_SETTINGS_MODULE"] = "civicloop.config.settings"
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(file) as database:
        made = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        applied = database.execute("SELECT app, name FROM django_migrations").fetchall()
        permissions = database.execute("SELECT codename FROM auth_permission").fetchall()
    database.close()
    return [set(rows) for rows in (made, applied, permissions)], done.stdout


def test_the_tables_are_those_that_the_migrations_make(tmp_path):
    at_once, said = migrated(tmp_path / "at-once", AT_ONCE)
    step_by_step, _nothing = migrated(tmp_path / "steps", [sys.executable, "-c", STEP_BY_STEP])

    count = len(json.loads(first_tables.FILE.read_text(encoding="utf-8"))["migrations"])
    assert str(count) in said  # else a kept migration has changed: `make tables`
    assert at_once == step_by_step


def test_tables_of_migrations_that_changed_since_are_not_laid(new, kept):
    words = kept()
    first, *rest = words["migrations"]
    kept(migrations={first: "0" * 64} | {name: words["migrations"][name] for name in rest})

    assert lay_first_tables(new) == 0
    assert new.introspection.table_names() == []


def test_tables_are_laid_whole_or_not_at_all(new, kept):
    words = kept()
    kept(statements=[*words["statements"], "CREATE TABLE broken ("])

    with pytest.raises(OperationalError):
        lay_first_tables(new)

    assert new.introspection.table_names() == []


def test_tables_are_laid_in_an_empty_database_only(new, kept):
    count = len(kept()["migrations"])
    with new.cursor() as cursor:
        cursor.execute("CREATE TABLE of_somebody (id INTEGER)")
    assert lay_first_tables(new) == 0

    with new.cursor() as cursor:
        cursor.execute("DROP TABLE of_somebody")
    assert lay_first_tables(new) == count
    assert lay_first_tables(new) == 0
