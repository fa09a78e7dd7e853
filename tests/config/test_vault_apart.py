"""The vault in a database of its own: what a kill leaves, what a backup brings back, how it is moved there."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from shutil import copytree
from sqlite3 import connect

import pytest
from tests.made_tables import copy_sqlite_file

pytestmark = pytest.mark.one_database  # two files of its own
PROGRAM = Path(__file__).parent / "vault_kept_apart.py"
LOOK = [sys.executable, str(PROGRAM), "look"]
OURS = [sys.executable, "-m", "civicloop"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of an installation with two databases, as it is after its migrations."""
    folder = tmp_path_factory.mktemp("made")
    copy_sqlite_file(folder / "city.sqlite3")
    told = run(environment_in(folder), [*OURS, "migrate", "--verbosity", "0"])
    assert told.returncode == 0, told.stderr
    return folder


@pytest.fixture
def place(made, tmp_path):
    """The environment of such an installation."""
    copytree(made, tmp_path, dirs_exist_ok=True)
    return environment_in(tmp_path)


def environment_in(folder):
    return {
        **os.environ,
        "CIVICLOOP_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/city.sqlite3",
        "VAULT_DATABASE_URL": f"sqlite:///{folder}/vault.sqlite3",
        "DJANGO_SETTINGS_MODULE": "civicloop.config.settings",
    }


def run(environment, words):
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def look(environment):
    told = run(environment, LOOK)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def register(environment, count):
    """So many reports, the last of which is killed before its appeal is kept."""
    told = run(environment, [sys.executable, str(PROGRAM), "register", str(count)])
    assert told.returncode == -signal.SIGKILL, told.stderr


def tables_of(file):
    with closing(connect(file)) as opened:
        rows = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name for (name,) in rows}


def test_a_kill_between_the_two_leaves_an_identity_that_nothing_leads_to(place, tmp_path):
    register(place, 3)

    assert look(place) == {
        "names": ["王0", "王1"],  # every appeal that was kept has its contact
        "events": 2,  # and its audit event
        "kept": 3,
        "in_the_main_database": 0,
        "young": 0,  # a transaction may be at work on it still
        "orphans": 1,
        "left": 2,
        "not_moved": 0,
    }
    assert tables_of(tmp_path / "vault.sqlite3") >= {"vault_identity"}
    assert not {"intake_appeal", "accounts_user"} & tables_of(tmp_path / "vault.sqlite3")


def test_a_backup_holds_both_and_is_brought_back(place, tmp_path):
    register(place, 3)
    made = run(place, [*OURS, "backup", str(tmp_path / "kept")])
    assert made.returncode == 0, made.stderr
    [folder] = (tmp_path / "kept").iterdir()

    drilled = run(place, [*OURS, "restore", "--drill", str(folder)])

    assert drilled.returncode == 0, drilled.stderr
    assert {file.name for file in folder.iterdir()} >= {"database.sqlite3", "vault.sqlite3"}


def test_identities_move_to_a_database_that_comes_later(place, tmp_path):
    together = {**place, "VAULT_DATABASE_URL": ""}
    register(together, 3)
    assert look(together)["kept"] == 2  # one transaction: nothing is left of the third

    before = run(place, [*OURS, "doctor"])
    moved = run(place, [*OURS, "vault", "move"])

    assert (before.returncode, "civicloop vault move" in before.stdout) == (1, True)
    assert moved.returncode == 0, moved.stderr
    told = look(place)
    assert (told["names"], told["in_the_main_database"]) == (["王0", "王1"], 0)
