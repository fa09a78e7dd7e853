"""A copy taken while others write holds all that was acknowledged before it, and is whole."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from civicloop.connectors.backups.sqlite import copy_sqlite, fault_of_sqlite, rows_of_sqlite

WRITER = """
import sqlite3, sys
opened = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
number = 0
while True:
    number += 1
    opened.execute("BEGIN IMMEDIATE")
    opened.execute("INSERT INTO kept (writer, number, words) VALUES (?, ?, ?)",
                   (sys.argv[2], number, "x" * 900))
    opened.execute("UPDATE total SET count = count + 1")
    opened.execute("COMMIT")
    print(number, flush=True)
"""


@pytest.fixture
def database(tmp_path):
    file = tmp_path / "live.sqlite3"
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE kept (writer TEXT, number INTEGER, words TEXT)")
        opened.execute("CREATE TABLE total (count INTEGER)")
        opened.execute("INSERT INTO total VALUES (0)")
        opened.commit()
    return file


@pytest.fixture
def writers(database):
    command = [sys.executable, "-c", WRITER, str(database)]
    pipe = subprocess.PIPE
    running = [subprocess.Popen([*command, name], stdout=pipe, text=True) for name in "ab"]
    yield running
    for process in running:
        process.kill()
        process.communicate()


def acknowledged(process, count):
    return [int(process.stdout.readline()) for _ in range(count)][-1]


def rows_in(file, writer):
    with closing(sqlite3.connect(file)) as opened:
        found = opened.execute("SELECT number FROM kept WHERE writer = ?", (writer,)).fetchall()
        [total] = opened.execute("SELECT count FROM total").fetchone()
        [rows] = opened.execute("SELECT count(*) FROM kept").fetchone()
    assert total == rows  # no half of a transaction
    return {number for (number,) in found}


def test_copy_under_load_holds_what_was_acknowledged_and_no_half(database, writers, tmp_path):
    for turn in range(4):
        known = [acknowledged(process, 30) for process in writers]

        shares = []
        copy = tmp_path / f"copy {turn}.sqlite3"
        copy_sqlite(database, copy, progress=shares.append)

        assert fault_of_sqlite(copy) == ""
        for process, name, last in zip(writers, "ab", known, strict=True):
            found = rows_in(copy, name)
            assert set(range(1, last + 1)) <= found
            assert found == set(range(1, len(found) + 1))
            assert process.poll() is None
        assert shares == sorted(shares)
        assert shares[-1] == 1
        assert not list(tmp_path.glob(f"{copy.name}-*"))


def test_plain_copy_of_the_file_is_no_backup(database, tmp_path):
    """The red twin: what a `cp` of the database file loses."""
    with closing(sqlite3.connect(database, isolation_level=None)) as opened:
        opened.execute("PRAGMA wal_autocheckpoint=0")
        for number in range(50):
            opened.execute("INSERT INTO kept VALUES ('a', ?, 'x')", (number,))

        shutil.copyfile(database, tmp_path / "cp.sqlite3")
        copy_sqlite(database, tmp_path / "copy.sqlite3", progress=lambda _: None)

    assert rows_of_sqlite(tmp_path / "cp.sqlite3") != rows_of_sqlite(tmp_path / "copy.sqlite3")
    assert rows_of_sqlite(tmp_path / "copy.sqlite3")["kept"] == 50


def test_broken_copy_is_found(database, tmp_path):
    copy = tmp_path / "copy.sqlite3"
    copy_sqlite(database, copy, progress=lambda _: None)
    content = bytearray(copy.read_bytes())
    content[4096:4200] = b"\xff" * 104
    copy.write_bytes(content)

    assert fault_of_sqlite(copy)
