"""A backup taken under load comes back whole in an empty place, and nowhere else."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from tests.factories import AppealFactory, ChannelFactory

from civicloop.apps.clocks.actions import seed_calendar
from civicloop.apps.vault.keys import key_in_use
from civicloop.config.backups import RestoreRefusedError, back_up, drill, key_files, restore, upkeep
from civicloop.config.copied_databases import url_of
from civicloop.config.selfcheck import check_upkeep
from civicloop.connectors.backups.folder import Manifest

WRITER = Path(__file__).parent / "acknowledging_writer.py"
NUMBERS = (
    "import django; django.setup()\n"
    "from civicloop.apps.intake.models import Receipt\n"
    "print(*Receipt.objects.values_list('number', flat=True))"
)
UNGUARDED = (
    "import django; django.setup()\n"
    "from django.db import connection\n"
    "from civicloop.apps.append_guards import unguarded_tables\n"
    "print(unguarded_tables(connection))"
)
FORM_TABLES = ("intake_appeal", "intake_registration", "intake_contact", "dispatch_workorder")

pytestmark = pytest.mark.both_databases


@pytest.fixture
def installation(settings, tmp_path):
    """Data, keys and files of this test alone."""
    settings.DATA_FOLDER = tmp_path
    (tmp_path / "files" / "evidence").mkdir(parents=True)
    (tmp_path / "files" / "evidence" / "1.jpg").write_bytes(b"picture")
    return tmp_path


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of another, empty place; its database is gone afterwards."""
    data = tmp_path / "elsewhere"
    data.mkdir()
    if connection.vendor == "sqlite":
        yield {"CIVICLOOP_DATA": str(data), "DATABASE_URL": f"sqlite:///{data}/city.sqlite3"}
        return
    name = f"restored_{token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield {"CIVICLOOP_DATA": str(data), "DATABASE_URL": url_of(name)}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def run(environment, *words):
    done = subprocess.run(
        [sys.executable, *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def civicloop(environment, *words):
    return run(environment, "-m", "civicloop", *map(str, words))


@pytest.mark.django_db(transaction=True)
def test_backup_under_load_comes_back_with_all_that_was_acknowledged(
    start_process, installation, elsewhere, tmp_path
):
    ChannelFactory(code="web")
    seed_calendar(actor=None, now=timezone.now())  # or both would make the first one at once
    writers = [start_process(WRITER, name) for name in "ab"]
    known = {writer.stdout.readline().strip() for writer in writers for _ in range(5)}

    kept = back_up(
        tmp_path / "backup", keys=tmp_path / "keys.tar", now=timezone.now(), progress=lambda _: None
    )
    later = {writer.stdout.readline().strip() for writer in writers}
    for writer in writers:
        writer.kill()
        later |= set(writer.stdout.read().split())  # what readline has fetched ahead included
    restored, said = civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "keys.tar")
    _, numbers = run(elsewhere, "-c", NUMBERS)
    whole, audit = civicloop(elsewhere, "audit", "verify")
    _, unguarded = run(elsewhere, "-c", UNGUARDED)

    assert (restored, whole) == (0, 0), said + audit
    assert unguarded.strip() == "[]"
    assert known <= set(numbers.split()) <= known | later
    rows = json.loads((kept.folder / "manifest.json").read_text())["rows"]
    assert {rows[table] for table in FORM_TABLES} == {len(numbers.split())}
    files = Path(elsewhere["CIVICLOOP_DATA"]) / "files" / "evidence" / "1.jpg"
    assert files.read_bytes() == b"picture"


@pytest.mark.django_db(transaction=True)
def test_keys_are_not_in_the_backup(installation, tmp_path):
    key_in_use()
    secret = (installation / "contact_key").read_text()
    kept = back_up(tmp_path / "b", keys=None, now=timezone.now(), progress=lambda _: None)

    assert [file.name for file in key_files()] == ["contact_key"]
    assert not [
        file
        for file in kept.folder.rglob("*")
        if file.is_file() and secret.encode() in file.read_bytes()
    ]


@pytest.mark.django_db(transaction=True)
def test_drill_is_timed_and_noted_and_a_broken_backup_fails_it(installation, tmp_path):
    AppealFactory()
    now = timezone.now()
    before = [finding.is_warning for finding in check_upkeep(now=now)]
    kept = back_up(tmp_path / "b", keys=None, now=now, progress=lambda _: None)

    seconds = drill(kept.folder, keys=None, now=now)

    assert before == [True, True]
    assert upkeep()["drill"]["seconds"] == round(seconds, 1) > 0
    assert [finding.is_warning for finding in check_upkeep(now=now)] == [False, False]
    assert not [file for file in installation.iterdir() if file.name.startswith("civicloop-drill")]
    (kept.folder / "files.tar").write_bytes(b"")
    with pytest.raises(CommandError):
        call_command("restore", str(kept.folder), "--drill")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_over_and_what_does_not_fit_is_refused(
    installation, elsewhere, tmp_path
):
    kept = back_up(
        tmp_path / "b", keys=tmp_path / "keys.tar", now=timezone.now(), progress=lambda _: None
    )
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("restore", str(kept.folder))  # into itself

    data = Path(elsewhere["CIVICLOOP_DATA"])
    (data / "audit_key").write_text("another")
    with_keys = civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "keys.tar")
    (data / "audit_key").unlink()
    (data / "files").mkdir()
    (data / "files" / "mine").write_text("x")
    with_files = civicloop(elsewhere, "restore", kept.folder)
    (data / "files" / "mine").unlink()
    manifest = kept.folder / "manifest.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(told | {"migrations": ["audit.9999_of_tomorrow"]}))
    newer = civicloop(elsewhere, "restore", kept.folder)
    manifest.write_text(json.dumps(told | {"vendor": "oracle"}))
    other = civicloop(elsewhere, "restore", kept.folder)

    assert [code for code, _ in (with_keys, with_files, newer, other)] == [1, 1, 1, 1]
    assert "audit_key" in with_keys[1]
    assert "files" in with_files[1]
    assert "9999_of_tomorrow" in newer[1]
    assert "oracle" in other[1]


@pytest.mark.django_db(transaction=True)
def test_command_makes_a_folder_named_by_the_time_and_keeps_keys_out_of_it(
    installation, tmp_path, capsys
):
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path / "all"), "--keys", str(tmp_path / "all" / "keys.tar"))

    call_command("backup", str(tmp_path / "all"), "--keys", str(tmp_path / "keys.tar"))

    [folder] = (tmp_path / "all").iterdir()
    assert folder.name in capsys.readouterr().out
    assert sorted(file.name for file in folder.iterdir())[-2:] == ["files.tar", "manifest.json"]
    assert Path(django_settings.DATA_FOLDER, "upkeep.json").exists()


@pytest.mark.django_db(transaction=True)
def test_export_describes_every_table_and_holds_nothing_sealed(installation, tmp_path):
    appeal = AppealFactory(text="=cmd|' /C calc'!A1")

    call_command("export_tables", str(tmp_path / "export"))

    package = json.loads((tmp_path / "export" / "datapackage.json").read_text())
    tables = {one["name"]: one for one in package["resources"]}
    assert tables["intake_appeal"]["rows"] == 1
    assert f"'{appeal.text}" in (tmp_path / "export" / "intake_appeal.csv").read_text()
    contact = [field["name"] for field in tables["intake_contact"]["schema"]["fields"]]
    assert "phone" not in contact
    users = [field["name"] for field in tables["accounts_user"]["schema"]["fields"]]
    assert "password" not in users
    with pytest.raises(CommandError):
        call_command("export_tables", str(tmp_path / "export"))


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_a_backup_with_a_vault_of_its_own_is_not_brought_back_without_one(tmp_path, vendor):
    manifest = Manifest(
        made_at="", version="", vendor=connection.vendor, vault_vendor=vendor, migrations=[],
        rows={}, key_names=[], parts={},
    )  # fmt: skip
    tmp_path.joinpath("manifest.json").write_text(json.dumps(asdict(manifest)))

    with pytest.raises(RestoreRefusedError, match="VAULT_DATABASE_URL"):
        restore(tmp_path, keys=None)
