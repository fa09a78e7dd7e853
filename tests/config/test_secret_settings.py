import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import civicloop.config
from civicloop.config.backups import _without_files_of
from civicloop.config.environment import read_environment
from civicloop.config.secret_settings import secret_setting
from civicloop.config.unsafe import UnsafeEnvironmentError

NAME = "CIVICLOOP_SECRET_KEY"
SECRET = "made by a vault of the city, and long enough"


@pytest.fixture
def bare(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("CIVICLOOP_") or name.endswith("DATABASE_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CIVICLOOP_DATA", str(tmp_path / "data"))
    return monkeypatch


def _mount(monkeypatch, file, name, content):
    file.write_bytes(content)
    monkeypatch.setenv(f"{name}_FILE", str(file))


def test_a_secret_is_read_from_the_file_that_a_vault_mounts(bare, tmp_path):
    _mount(bare, tmp_path / "mounted", NAME, f"{SECRET}\n".encode())
    _mount(bare, tmp_path / "database", "DATABASE_URL", b"postgres://city:pass@db/city\n")

    environment = read_environment()

    assert environment.secret_key == SECRET
    assert environment.database_url == "postgres://city:pass@db/city"
    assert not (tmp_path / "data" / "secret_key").exists()  # none is made beside it


def test_a_short_secret_of_a_file_is_refused_too(bare, tmp_path):
    _mount(bare, tmp_path / "mounted", NAME, b"insecure")

    with pytest.raises(UnsafeEnvironmentError, match="too short"):
        read_environment()


def test_a_secret_that_is_said_twice_is_refused(bare, tmp_path):
    _mount(bare, tmp_path / "mounted", NAME, SECRET.encode())
    bare.setenv(NAME, SECRET[::-1])

    with pytest.raises(UnsafeEnvironmentError, match="both set"):
        read_environment()


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00", b"x" * 70_000])
def test_a_file_that_holds_no_secret_is_refused_and_never_means_none(bare, tmp_path, content):
    if content is None:
        bare.setenv(f"{NAME}_FILE", str(tmp_path / "not mounted"))
    else:
        _mount(bare, tmp_path / "mounted", NAME, content)

    with pytest.raises(UnsafeEnvironmentError, match=f"{NAME}_FILE") as refused:
        read_environment()
    assert "\\xff" not in str(refused.value)


def test_whatever_may_hold_a_password_may_come_from_a_file(bare, tmp_path):
    folder = Path(civicloop.config.__file__).parent
    read = {
        name
        for file in ("environment.py", "gateways.py")
        for name in re.findall(r'environ\.get\(\s*"(\w+)"', (folder / file).read_text())
    }

    assert not {
        name for name in read if re.search(r"SECRET|KEY|DATABASE|(EMAIL|SMS|ROBOT)_URL", name)
    }
    assert secret_setting("CIVICLOOP_MODEL_KEY") == ""


def test_a_drill_never_reaches_the_database_of_the_file(bare, tmp_path):
    _mount(bare, tmp_path / "database", "DATABASE_URL", b"postgres://city:pass@db/city")
    _mount(bare, tmp_path / "mounted", NAME, SECRET.encode())
    throw_away = {"DATABASE_URL": "sqlite:////tmp/drill.sqlite3"}

    variables = _without_files_of(throw_away) | throw_away

    assert "DATABASE_URL_FILE" not in variables
    assert variables[f"{NAME}_FILE"] == str(tmp_path / "mounted")


def test_help_and_refusals_are_in_words_with_a_file(bare, tmp_path):
    _mount(bare, tmp_path / "database", "DATABASE_URL", b"sqlite:////nowhere/city.sqlite3")
    bare.setenv(f"{NAME}_FILE", str(tmp_path / "not mounted"))

    told = subprocess.run(
        [sys.executable, "-m", "civicloop", "doctor"],
        capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip

    assert told.returncode != 0
    assert "CIVICLOOP_SECRET_KEY_FILE" in told.stderr
    assert "Traceback" not in told.stderr
