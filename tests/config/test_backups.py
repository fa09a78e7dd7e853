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
from django.db import connection, transaction
from django.utils import timezone
from tests.factories import AppealFactory, ChannelFactory

from civicloop.apps.audit.actions import record_event
from civicloop.apps.clocks.actions import seed_calendar
from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.vault.identities import ContactDetails
from civicloop.apps.vault.keys import key_in_use
from civicloop.config.backups import RestoreRefusedError, back_up, drill, key_files, restore, upkeep
from civicloop.config.copied_databases import url_of
from civicloop.config.selfcheck import check_upkeep
from civicloop.connectors.backups.folder import Manifest, pack_keys, unpack
from civicloop.connectors.kept_secret import kept_secret

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


@pytest.fixture
def kept(installation, tmp_path):
    """A backup of a city in which a contact is sealed and a form was written down in the audit."""
    now = timezone.now()
    keep_contact(appeal=AppealFactory(), details=ContactDetails(phone="13800138000"), now=now)
    with transaction.atomic():
        record_event(action="x", object_type="appeal", object_id="1", actor=None, now=now)
    for name in ("secret_key", "content_key"):
        kept_secret(tmp_path / name)
    return back_up(
        tmp_path / "b", keys=tmp_path / "keys.tar", now=timezone.now(), progress=lambda _: None
    )


@pytest.mark.parametrize("name", ["audit_key", "contact_key", "content_key", "secret_key"])
@pytest.mark.django_db(transaction=True)
def test_other_keys_are_refused_and_nothing_is_left(name, kept, elsewhere, tmp_path):
    others = tmp_path / "others"
    unpack(tmp_path / "keys.tar", others)
    (others / name).write_text("another-secret")
    pack_keys(sorted(others.iterdir()), tmp_path / "others.tar")

    code, said = civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "others.tar")
    with pytest.raises(CommandError, match=name):
        call_command("restore", str(kept.folder), "--drill", "--keys", str(tmp_path / "others.tar"))

    assert (code, name in said) == (1, True)
    assert civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "keys.tar")[0] == 0


@pytest.mark.django_db(transaction=True)
def test_keys_that_hold_a_newer_one_beside_it_are_taken(kept, elsewhere, tmp_path):
    newer = tmp_path / "newer"
    unpack(tmp_path / "keys.tar", newer)
    (newer / "contact_key").write_text(f"new-secret\n{(newer / 'contact_key').read_text()}")
    pack_keys(sorted(newer.iterdir()), tmp_path / "newer.tar")

    code, said = civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "newer.tar")

    assert code == 0, said


@pytest.mark.django_db(transaction=True)
def test_without_its_keys_what_came_back_is_not_safe(kept, elsewhere):
    code, said = civicloop(elsewhere, "restore", kept.folder)
    unsafe, found = civicloop(elsewhere, "doctor")

    assert code == 0
    assert "audit_key, contact_key, content_key, secret_key" in said
    assert unsafe == 1
    assert "contact_key" in found


@pytest.mark.django_db(transaction=True)
def test_without_the_key_of_the_audit_it_is_not_safe(kept, elsewhere, tmp_path):
    civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "keys.tar")
    safe, _said = civicloop(elsewhere, "doctor")
    (Path(elsewhere["CIVICLOOP_DATA"]) / "audit_key").write_text("another-secret")
    unsafe, found = civicloop(elsewhere, "doctor")

    assert (safe, unsafe) == (0, 1)
    assert "audit_key" in found


@pytest.mark.django_db(transaction=True)
def test_what_failed_on_the_way_is_undone_and_may_be_tried_again(kept, elsewhere, tmp_path):
    manifest = kept.folder / "manifest.json"
    told = manifest.read_text()
    manifest.write_text(json.dumps(json.loads(told) | {"rows": {"intake_appeal": 7}}))
    failed, _said = civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "keys.tar")
    left = [file.name for file in Path(elsewhere["CIVICLOOP_DATA"]).iterdir()]
    manifest.write_text(told)

    assert failed == 1
    assert set(left) <= {"secret_key"}  # made by each command
    if connection.vendor == "sqlite":
        again = civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "keys.tar")
        assert again[0] == 0, again[1]


@pytest.mark.django_db(transaction=True)
def test_what_is_no_archive_of_keys_is_refused_in_words(kept, elsewhere, tmp_path):
    for content in (b"", os.urandom(3_000)):
        (tmp_path / "garbage").write_bytes(content)
        code, said = civicloop(elsewhere, "restore", kept.folder, "--keys", tmp_path / "garbage")
        assert code == 1
        assert len(said.splitlines()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_no_database_is_not_written_over(kept, tmp_path):
    place = tmp_path / "no-database.sqlite3"
    place.write_bytes(os.urandom(9_000))
    environment = {"CIVICLOOP_DATA": str(tmp_path / "c"), "DATABASE_URL": f"sqlite:///{place}"}
    (tmp_path / "c").mkdir()

    code, said = civicloop(environment, "restore", kept.folder)

    assert (code, len(said.splitlines())) == (1, 1)
    assert place.stat().st_size == 9_000


@pytest.mark.django_db(transaction=True)
def test_a_place_that_cannot_take_the_backup_is_said_in_a_sentence(installation, tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(CommandError, match=str(tmp_path / "file")):
        call_command("backup", str(tmp_path / "file"))


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_backup_or_drill_left_is_removed_after_a_day(installation, tmp_path):
    left = [tmp_path / "all" / ".civicloop-20260101T000000Z-x", tmp_path / "civicloop-drill-x"]
    young = tmp_path / "civicloop-drill-y"
    for place in (*left, young):
        place.mkdir(parents=True)
        (place / "database.sqlite3").write_text("words of citizens")
    for place in left:
        os.utime(place, (0, 0))

    kept = back_up(tmp_path / "all" / "b", keys=None, now=timezone.now(), progress=lambda _: None)
    drill(kept.folder, keys=None, now=timezone.now())

    assert not [place for place in left if place.exists()]
    assert young.exists()


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
