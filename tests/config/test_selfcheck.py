from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from civicloop.apps.audit.actions import record_event
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.audit.verifying import verify_audit
from civicloop.apps.clocks.actions import seed_calendar
from civicloop.config.databases import database_settings, wait_as_pages_do
from civicloop.config.selfcheck import check_audit, check_calendar, check_installation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_machine_only(settings):
    settings.ALLOWED_HOSTS = ["localhost"]


def unsafe() -> set[str]:
    return {finding.name for finding in check_installation() if not finding.is_safe}


def test_an_installation_as_shipped_is_safe(capsys):
    call_command("doctor")

    assert "✗" not in capsys.readouterr().out


def test_a_site_open_to_others_without_tls_is_refused(settings):
    settings.ALLOWED_HOSTS = ["12345.example.org"]

    assert len(unsafe()) == 1


def test_a_demo_open_to_others_is_refused(settings):
    settings.ALLOWED_HOSTS = ["12345.example.org"]
    settings.SESSION_COOKIE_SECURE = True
    settings.DEMO = True

    assert len(unsafe()) == 1


def test_debug_pages_are_refused_and_the_command_says_so(settings, capsys):
    settings.DEBUG = True

    with pytest.raises(SystemExit):
        call_command("doctor")

    assert "CIVICLOOP_DEBUG" in capsys.readouterr().out


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a setting of SQLite")
@pytest.mark.django_db(transaction=True)
def test_a_database_that_can_lose_commits_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")

    found = unsafe()

    connection.close()  # the next connection is opened as shipped
    assert found == {"SQLite synchronous"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a setting of PostgreSQL")
def test_a_session_that_does_not_wait_for_the_disk_is_refused():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    assert unsafe() == {"PostgreSQL synchronous_commit"}


def test_sqlite_is_opened_so_that_a_commit_survives_a_power_cut(tmp_path):
    settings = database_settings(f"sqlite:///{tmp_path}/city.sqlite3")

    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "PRAGMA journal_mode=WAL" in settings["OPTIONS"]["init_command"]
    assert "PRAGMA synchronous=FULL" in settings["OPTIONS"]["init_command"]
    assert "PRAGMA foreign_keys=ON" in settings["OPTIONS"]["init_command"]


def test_a_missing_calendar_year_is_a_warning_and_no_refusal(now, capsys):
    call_command("doctor")

    told = capsys.readouterr().out
    assert "! " in told
    assert "civicloop load calendar" in told
    seed_calendar(actor=None, now=now)
    assert not check_calendar(now=now).is_warning
    assert check_calendar(now=now.replace(year=2031)).is_warning


def test_doctor_tells_when_the_audit_was_read_and_refuses_a_broken_one(now, capsys, settings):
    unread = [finding.is_warning for finding in check_audit(now=now)]
    with transaction.atomic():
        event = record_event(action="a", object_type="b", object_id=1, actor=None, now=now)
    verify_audit(now=now)
    settings.AUDIT_EMAIL = "registry@example.org"
    read, is_noted = check_audit(now=now + timedelta(days=1))
    old, _ = check_audit(now=now + timedelta(days=3))
    AuditEvent.objects.filter(pk=event.pk).update(action="forged")
    verify_audit(now=now)
    broken, _ = check_audit(now=now)

    assert unread == [True, True]
    assert (read.is_safe, read.is_warning, is_noted.is_warning) == (True, False, False)
    assert (old.is_safe, old.is_warning) == (True, True)
    assert not broken.is_safe


def test_pages_wait_for_postgresql_no_longer_than_a_citizen_would():
    told = database_settings("postgres://city@db/city")
    assert told["OPTIONS"] == {"connect_timeout": 5}

    wait_as_pages_do(told)

    assert told["OPTIONS"]["options"] == "-c statement_timeout=15s -c lock_timeout=10s"
