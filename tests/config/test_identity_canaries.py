"""No byte that leaves the vault tells who a citizen is: database, journal, backup, export, log, audit."""

import logging
from pathlib import Path

import pytest
from django.conf import settings
from tests.config.database_bytes import bytes_of_database, empty_the_log
from tests.factories import ChannelFactory, UserFactory
from tests.web.test_canaries import spellings

from civicloop.apps.dispatch.actions.desk import park_call, save_desk_draft
from civicloop.apps.dispatch.actions.registering import take_in
from civicloop.apps.intake.actions.registering import Form, Told
from civicloop.apps.intake.actions.revealing import ask_look, read_look
from civicloop.apps.intake.models import Appeal, Kind, RecordedOn
from civicloop.apps.vault.identities import ContactDetails, refs_of
from civicloop.apps.vault.keys import add_key
from civicloop.apps.vault.rotating import rotate
from civicloop.config.backups import back_up
from civicloop.config.exporting import export_tables

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

DETAILS = ContactDetails(
    name="欧阳焱焱",
    phone="13944447777",
    id_number="11010519491231002X",
    address="金槿花园17栋1904",
    preference="只在晚八点找欧阳焱焱",
)


@pytest.fixture
def lived_through(now, tmp_path, monkeypatch, caplog) -> Appeal:
    """An appeal that was written, registered, looked up, and sealed with a new key."""
    monkeypatch.setattr(settings, "DATA_FOLDER", tmp_path)
    empty_the_log()
    caplog.set_level(logging.DEBUG)
    operator = UserFactory(role="operator")
    written = {"text": "路灯不亮", "name": DETAILS.name, "phone": DETAILS.phone}
    save_desk_draft(answers=written, actor=operator, now=now)
    park_call(answers=written, actor=operator, now=now)
    taken = take_in(
        told=Told(text="路灯不亮", kind=Kind.COMPLAINT, channel=ChannelFactory()),
        contact=DETAILS,
        form=Form(token="t", body_hash="", recorded_on=RecordedOn.SEAT, actor=operator),
        now=now,
    )
    appeal = taken.order.appeal
    look = ask_look(appeal=appeal, reason=f"回访 {DETAILS.phone}", actor=operator, now=now)
    look.refresh_from_db()
    assert read_look(look=look, actor=operator, now=now).contact == DETAILS
    add_key()
    rotate()
    return appeal


def leaked(stored: bytes) -> set[str]:
    details = [DETAILS.name, DETAILS.phone, DETAILS.id_number, DETAILS.address, DETAILS.preference]
    return {one for one in details if any(said.encode() in stored for said in spellings(one))}


def bytes_under(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_no_byte_of_the_database_tells_it(lived_through):
    assert leaked(bytes_of_database()) == set()


def test_a_column_that_is_not_sealed_would_be_found(lived_through):
    """The red twin."""
    Appeal.objects.update(address=DETAILS.address)

    assert leaked(bytes_of_database()) == {DETAILS.address}


def test_no_byte_of_backup_export_or_log_tells_it(lived_through, tmp_path, now, caplog):
    empty_the_log()
    back_up(tmp_path / "backup", keys=None, now=now, progress=lambda _share: None)
    export_tables(tmp_path / "export")

    assert bytes_under(tmp_path / "backup").count(b"vault_identity")
    assert leaked(bytes_under(tmp_path / "backup")) == set()
    assert leaked(bytes_under(tmp_path / "export")) == set()
    assert leaked(caplog.text.encode()) == set()
    assert len(refs_of(phone=DETAILS.phone)) == 1
