"""Imported files are kept for some days only."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.apps.intake.conftest import appeal_row

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.actions import preview_import, remove_old_files
from civicloop.apps.intake.files import kept_file
from civicloop.apps.intake.models import ImportRun, ImportState, OriginalRow

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@pytest.fixture
def imported(write_csv, import_file, now) -> ImportRun:
    return dated(import_file(write_csv([appeal_row(1)])), now)


@pytest.fixture
def preview(write_csv, now):
    def make(number: int = 1, at=now) -> ImportRun:
        options = {"source": None, "mapping_toml": "", "on_error": "skip", "actor": None}
        path = write_csv([appeal_row(number)])
        return dated(preview_import(file=path, file_name="a.csv", now=at, **options), at)

    return make


def dated(run: ImportRun, at) -> ImportRun:
    os.utime(file_of(run), (at.timestamp(), at.timestamp()))
    return run


def file_of(run: ImportRun) -> Path:
    return kept_file(run.file_sha256)


def test_file_of_an_import_that_ended_long_ago_is_removed_and_its_rows_stay(imported, now):
    later = now + MONTH + timedelta(seconds=1)

    count = remove_old_files(now=later)

    imported.refresh_from_db()
    assert (count, imported.file_removed_at) == (1, later)
    assert not file_of(imported).exists()
    assert OriginalRow.objects.get().opened_cells()[0] == "W00001"
    event = AuditEvent.objects.get(action="remove_import_file")
    assert event.object_id == str(imported.pk)


def test_file_is_kept_for_its_days(imported, now):
    assert remove_old_files(now=now + MONTH) == 0

    assert file_of(imported).exists()


def test_days_can_be_set(imported, now, settings):
    settings.UPLOADS_KEPT_DAYS = 2

    assert remove_old_files(now=now + timedelta(days=3)) == 1


def test_file_that_a_newer_import_needs_stays(imported, preview, now):
    preview(at=now + MONTH)
    dated(imported, now)

    assert remove_old_files(now=now + MONTH + timedelta(days=1)) == 0
    assert file_of(imported).exists()


def test_preview_that_nobody_confirmed_is_given_up_with_its_file(preview, now):
    run = preview()

    remove_old_files(now=now + 2 * MONTH)

    run.refresh_from_db()
    assert run.state == ImportState.ABANDONED
    assert not file_of(run).exists()


def test_running_import_keeps_its_file(preview, now):
    run = preview()
    ImportRun.objects.update(state=ImportState.RUNNING)

    remove_old_files(now=now + 2 * MONTH)

    assert file_of(run).exists()


def test_each_import_looks_for_old_files(imported, preview, now):
    preview(2, at=now + 2 * MONTH)

    assert not file_of(imported).exists()


def test_removing_again_marks_nothing_twice(imported, now):
    remove_old_files(now=now + 2 * MONTH)

    remove_old_files(now=now + 3 * MONTH)

    assert AuditEvent.objects.filter(action="remove_import_file").count() == 1
