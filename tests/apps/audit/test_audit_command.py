"""`civicloop audit` tells a whole audit from a broken one, and notes its state elsewhere."""

import json

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction

from civicloop.apps.audit.actions import record_events
from civicloop.apps.audit.models import AuditChain, AuditEvent


@pytest.fixture
def written(db, now):
    with transaction.atomic():
        return record_events(
            action="a", object_type="b", details={n: {} for n in range(5)}, actor=None, now=now
        )


def test_whole_audit_is_said_to_be_whole(written, capsys):
    call_command("audit", "verify")

    assert "5" in capsys.readouterr().out


def test_broken_audit_ends_in_an_error_that_names_the_event(written, capsys):
    AuditEvent.objects.filter(pk=written[2].pk).update(action="forged")

    with pytest.raises(CommandError, match="1"):
        call_command("audit", "verify")

    assert str(written[2].pk) in capsys.readouterr().out


def cut_off_the_end(written):
    AuditEvent.objects.filter(pk__gt=written[2].pk).delete()
    AuditChain.objects.update(position=3, mac=written[2].mac)


def test_end_cut_off_is_found_by_the_file_of_anchors(written, tmp_path, capsys):
    file = tmp_path / "anchors"
    call_command("audit", "anchor", "--file", str(file))
    call_command("audit", "anchor", "--file", str(file))
    call_command("audit", "verify", "--anchor", str(file))
    cut_off_the_end(written)

    call_command("audit", "verify")
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--anchor", str(file))

    assert len(file.read_text().splitlines()) == 2


def test_end_cut_off_is_found_by_what_was_typed_in_from_paper(written, tmp_path, capsys):
    call_command("audit", "anchor", "--printed")
    line = capsys.readouterr().out.strip()
    file = tmp_path / "typed"
    file.write_text(f"同城简报 第12期\n  {line.replace(' ', '  ')} \n")
    call_command("audit", "verify", "--anchor", str(file))
    assert len(line) < 80
    cut_off_the_end(written)

    with pytest.raises(CommandError, match="1"):
        call_command("audit", "verify", "--anchor", str(file))


@pytest.mark.parametrize("change", [("AUDIT 2", "AUDIT 3"), (":5:", ":4:")])
def test_printed_anchor_that_was_changed_is_refused(written, tmp_path, change, capsys):
    call_command("audit", "anchor", "--printed")
    file = tmp_path / "typed"
    file.write_text(capsys.readouterr().out.replace(*change, 1))

    with pytest.raises(CommandError, match="typed"):
        call_command("audit", "verify", "--anchor", str(file))


def test_anchor_goes_out_by_email_and_can_be_read_from_the_letter(written, settings, tmp_path):
    settings.EMAIL_HOST = "mail.example.org"

    call_command("audit", "anchor", "--email", "registry@example.org")

    [letter] = mail.outbox
    file = tmp_path / "letter"
    file.write_text(f"Subject: {letter.subject}\n\n{letter.body}")
    call_command("audit", "verify", "--anchor", str(file))
    assert letter.to == ["registry@example.org"]


def test_anchor_by_email_is_refused_where_no_mail_can_be_sent(written):
    with pytest.raises(CommandError, match="CIVICLOOP_EMAIL_URL"):
        call_command("audit", "anchor", "--email", "registry@example.org")

    assert not mail.outbox


@pytest.mark.parametrize("change", [{"ends": {"1": [1, "00"]}}, {"seal": "00"}, {"key": "gone"}])
def test_forged_anchor_is_refused(written, tmp_path, change, capsys):
    file = tmp_path / "anchors"
    call_command("audit", "anchor", "--file", str(file))
    file.write_text(json.dumps(json.loads(file.read_text()) | change))

    with pytest.raises(CommandError, match="anchors"):
        call_command("audit", "verify", "--anchor", str(file))
