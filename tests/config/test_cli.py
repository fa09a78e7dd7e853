"""The console command as people run it: a process of its own in a folder of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.made_tables import copy_sqlite_file

from civicloop.config.cli import main

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.one_database  # each command has an SQLite of its own


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CIVICLOOP_")}
    return kept | {
        "CIVICLOOP_DATA": str(tmp_path / "data"),
        "CIVICLOOP_LANGUAGE": "en",
        "DATABASE_URL": f"sqlite:///{tmp_path}/data/city.sqlite3",
    }


@pytest.fixture
def run(environment, tmp_path) -> Run:
    def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "civicloop", *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment | more,
            check=False,
            timeout=240,
        )

    return run


@pytest.fixture
def tables(tmp_path: Path) -> None:
    """The command finds a database with its tables, as it does from the second day on."""
    (tmp_path / "data").mkdir()
    copy_sqlite_file(tmp_path / "data" / "city.sqlite3")


def test_the_overview_names_every_command_in_the_readers_language(run, environment, tmp_path):
    del environment["DATABASE_URL"]

    english = run()
    chinese = run("help", CIVICLOOP_LANGUAGE="zh-hans")

    for name in ("demo", "serve", "migrate", "import", "events", "hot-issues", "train", "doctor"):
        assert f"\n  {name} " in english.stdout
    assert "Join appeals into the concrete events" in english.stdout
    assert "归并为事件" in chinese.stdout
    assert not list(tmp_path.iterdir())  # it leaves nothing behind


def test_the_version_is_civicloops_own(run):
    done = run("--version")

    assert done.stdout == f"civicloop {version('civicloop')}\n"


@pytest.mark.parametrize("word", ["help", "--help", "-h"])
def test_each_way_of_asking_for_help_leads_to_the_overview(word, capsys, settings):
    settings.LOGGING_CONFIG = None  # set up already, and not to this test's output

    main([word])

    assert "\n  import " in capsys.readouterr().out


def test_help_of_a_command_shows_examples_and_leaves_nothing_behind(run, environment, tmp_path):
    del environment["DATABASE_URL"]

    shown = run("events", "--help")

    assert shown.stdout.startswith("usage: civicloop events")
    assert "civicloop events --out events.csv" in shown.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["events", "--out", "none/events.csv"],
        ["hot-issues", "--details", "none/hot.csv"],
        ["hot-issues", "--out", "hot.txt"],
        ["import", "a.csv", "--returned", "none/back.xlsx"],
        ["import", "a.csv", "--returned", "back.csv"],
    ],
)
def test_a_result_that_could_not_be_written_is_refused_before_the_work(tables, run, words):
    done = run(*words)

    assert done.returncode == 1
    assert f"CommandError: {words[-1]} " in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_old_files_are_forgotten_on_demand(tables, run, tmp_path):
    folder = tmp_path / "data" / "files" / "imports"
    folder.mkdir(parents=True)
    (folder / "left-over").write_text("half a file")
    os.utime(folder / "left-over", (0, 0))

    done = run("forget-files", CIVICLOOP_UPLOADS_KEPT_DAYS="7")

    assert done.stdout == "1 files removed; files are kept for 7 days.\n"
    assert not (folder / "left-over").exists()


def test_a_worker_starts_without_the_pages_and_without_what_only_learning_needs(tables, run):
    done = run("work", "--until-empty", PYTHONPROFILEIMPORTTIME="1")

    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "civicloop.apps.jobs.worker" in imported
    assert not imported & {"civicloop.config.urls", "scipy", "ibis"}


def test_days_that_are_no_number_are_refused_in_words(run):
    done = run("forget-files", CIVICLOOP_UPLOADS_KEPT_DAYS="soon")

    assert done.returncode == 1
    assert "CIVICLOOP_UPLOADS_KEPT_DAYS must be a whole number" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_goes_in_and_its_events_come_out_in_an_empty_folder(run, tmp_path):
    rows = [
        ("1", "青禾苑烧烤店油烟扰民", "2023-10-01 09:00", "青禾苑楼下烧烤店油烟太大，开不了窗"),
        ("2", "青禾苑楼下烧烤店油烟", "2023-10-02 10:00", "青禾苑楼下的烧烤店每晚油烟扰民"),
        ("3", "梧桐里路灯不亮", "2023-10-03 11:00", "梧桐里小区门口路灯坏了半个月"),
    ]
    file = tmp_path / "messages.csv"
    lines = [",".join(row) for row in rows]
    file.write_text("id,subject,time,detail\n" + "\n".join(lines), encoding="utf-8")

    imported = run("import", str(file))
    found = run("events", "--out", "pred.csv")

    assert imported.returncode == found.returncode == 0, imported.stderr + found.stderr
    header, *clusters = (tmp_path / "pred.csv").read_text().split()
    assert header == "id,cluster"
    assert [line.split(",")[0] for line in clusters] == ["1", "2", "3"]


def test_a_file_that_cannot_be_read_ends_in_a_sentence(tables, run, tmp_path):
    file = tmp_path / "photo.xlsx"
    file.write_bytes(b"%PDF-1.7 not a workbook")

    done = run("import", str(file))

    assert done.returncode == 1
    assert "photo.xlsx" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_ends_in_a_sentence(run):
    done = run("events", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

    assert done.returncode == 1
    assert "cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("address", ["garbage", "mysql://a/b", "postgres://"])
def test_a_database_address_that_cannot_be_used_ends_in_a_sentence(run, address):
    done = run("doctor", DATABASE_URL=address)

    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def test_the_site_is_served_with_its_static_files(tables, run, environment, tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "civicloop", "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as server:
        try:
            health = fetch(f"http://127.0.0.1:{port}/healthz")
            login = fetch(f"http://127.0.0.1:{port}/accounts/login/").decode()
            css = fetch(f"http://127.0.0.1:{port}/static/civicloop/civicloop.css")
        finally:
            server.terminate()

    assert health
    assert "<form" in login
    assert b"{" in css


def fetch(address: str) -> bytes:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read()
        except OSError:  # refused, or no answer yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.mark.parametrize("words", [["doctor"], ["serve"], ["backup", "here"], ["audit", "verify"]])
def test_a_file_that_is_no_database_ends_in_a_sentence(words, run, environment):
    file = Path(environment["DATABASE_URL"].removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(range(256)) * 40)

    done = run(*words)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "not a database" in done.stdout + done.stderr


def test_the_site_does_not_open_without_its_tables(run):
    done = run("serve", "--port", str(free_port()))

    assert done.returncode == 1
    assert "civicloop migrate" in done.stderr


def test_the_site_does_not_share_a_port_with_another(tables, run):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()

        done = run("serve", "--port", str(other.getsockname()[1]))

    assert done.returncode == 1
    assert "Choose another: --port" in done.stderr


def test_evaluate_prints_json_alone(tables, run, tmp_path):
    gold = {"clusters": [{"message_ids": ["1", "2"]}], "negative_pairs": [{"a": "1", "b": "3"}]}
    (tmp_path / "gold.json").write_text(json.dumps(gold))
    (tmp_path / "pred.csv").write_text("id,cluster\n1,7\n2,7\n3,8\n")

    done = run("evaluate", "--events", "gold.json", "--predicted", "pred.csv", "--json")

    assert json.loads(done.stdout)["b3s_f1"] == 1.0
