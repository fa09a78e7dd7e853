import io
from pathlib import Path

import pytest
from tests.apps.intake.conftest import HEADER, appeal_row

from civicloop.apps.intake.actions import (
    ImportNotWaitingError,
    abandon_import,
    apply_import,
    preview_import,
    start_import_in_background,
)
from civicloop.apps.intake.actions import runs as runs_module
from civicloop.apps.intake.files import kept_file
from civicloop.apps.intake.models import STALLED_AFTER, Appeal, ImportRun, ImportState
from civicloop.apps.intake.queries import import_run, import_runs

pytestmark = pytest.mark.django_db
BAD = ("W77777", "someday", "热线", "投诉", "t", "x")


@pytest.fixture
def preview(now):
    def make(file, **options) -> ImportRun:
        defaults = {"source": None, "mapping_toml": "", "on_error": "skip", "actor": None}
        return preview_import(file=file, file_name="a.csv", now=now, **defaults | options)

    return make


def test_preview_tells_what_an_import_would_do(write_csv, import_file, preview):
    import_file(write_csv([appeal_row(1), appeal_row(2)]))

    run = preview(write_csv([*(appeal_row(n) for n in range(5)), BAD, ("", "合计：6条")]))

    assert run.state == ImportState.PREVIEW
    assert {name: run.preview[name] for name in ("good", "present", "rejected", "is_whole")} == {
        "good": 3, "present": 2, "rejected": 1, "is_whole": True,
    }  # fmt: skip
    assert run.preview["first_rows"][0][0] == "W00000"
    assert [column["header"] for column in run.preview["columns"]] == list(HEADER)
    assert run.preview["columns"][5]["field"] == "text"
    assert run.set_aside["total"]["count"] == 1
    assert run.rejected_rows.get().problems[0]["code"] == "unreadable_time"
    assert (run.row_estimate, Appeal.objects.count()) == (6, 2)


def test_confirmed_preview_counts_its_bad_rows_once(write_csv, preview, now):
    run = preview(write_csv([appeal_row(1), BAD]))

    run = apply_import(run=run, now_of=lambda: now)

    assert (run.state, run.new_count, run.rejected_count) == (ImportState.DONE, 1, 1)
    assert run.rejected_rows.count() == 1


def test_preview_of_a_long_file_stops_early_and_says_so(write_csv, preview):
    run = preview(write_csv(appeal_row(n) for n in range(1_200)), limit=600)

    assert not run.preview["is_whole"]
    assert run.preview["good"] == 750  # what is prepared at once is whole


def test_upload_is_kept_once_under_its_content(write_csv, preview):
    content = write_csv([appeal_row(1)]).read_bytes()

    first, second = preview(io.BytesIO(content)), preview(io.BytesIO(content))

    assert first.file_sha256 == second.file_sha256
    assert kept_file(first.file_sha256).read_bytes() == content
    assert [path.name for path in kept_file("").iterdir() if path.is_file()] == [first.file_sha256]


@pytest.mark.parametrize(
    ("content", "mapping", "kind", "code"),
    [
        (b"", "", "file", "empty"),
        (b"PK\x03\x04 no workbook", "", "file", "damaged"),
        ("编号,备用\n1,2\n".encode(), "", "file", "no_text_column"),
        ("时间,内容\n2023-03-01,停水\n".encode(), "[columns", "mapping", "not_toml"),
        ("时间,内容\n2023-03-01,停水\n".encode(), "[columns]\n'无此列' = 'text'", "file", "mapped_column_missing"),
    ],
)  # fmt: skip
def test_unusable_file_fails_with_a_code(content, mapping, kind, code, preview):
    run = preview(io.BytesIO(content), mapping_toml=mapping)

    assert (run.state, run.failure["kind"], run.failure["code"]) == (ImportState.FAILED, kind, code)
    assert run.finished_at


def test_failed_run_is_not_applied(preview, now):
    run = preview(io.BytesIO(b""))

    assert apply_import(run=run, now_of=lambda: now).state == ImportState.FAILED


def test_preview_can_be_abandoned_once(write_csv, preview, now):
    run = preview(write_csv([appeal_row(1)]))

    abandoned = abandon_import(run=run, actor=None, now=now)

    assert abandoned.state == ImportState.ABANDONED
    with pytest.raises(ImportNotWaitingError):
        abandon_import(run=run, actor=None, now=now)
    assert apply_import(run=run, now_of=lambda: now).new_count == 0


def test_run_without_a_sign_of_life_is_stalled(write_csv, preview, now):
    run = preview(write_csv([appeal_row(1)]))
    assert not run.is_stalled(now)

    run.state, run.beat_at = ImportState.RUNNING, now

    assert not run.is_stalled(now + STALLED_AFTER)
    assert run.is_stalled(now + 2 * STALLED_AFTER)


def test_import_starts_once_and_again_when_it_stalled(write_csv, preview, now, monkeypatch):
    run = preview(write_csv([appeal_row(1)]))
    monkeypatch.setattr(runs_module.sys, "executable", "/bin/true")

    started = [
        start_import_in_background(run=run, now=moment)
        for moment in (now, now, now + 2 * STALLED_AFTER)
    ]

    assert started == [True, False, True]
    assert run.state == ImportState.RUNNING


def test_import_runs_newest_first(write_csv, preview):
    made = [preview(write_csv([appeal_row(n)])).id for n in range(3)]

    assert [run.id for run in import_runs()] == made[::-1]
    assert import_run(made[0]).id == made[0]


def test_file_that_changed_on_disk_fails_in_words(write_csv, preview, now):
    run = preview(write_csv([appeal_row(1)]))
    Path(kept_file(run.file_sha256)).write_bytes(b"other")

    run = apply_import(run=run, now_of=lambda: now)

    assert (run.state, run.failure["code"]) == (ImportState.FAILED, "changed")


def test_no_cell_of_a_file_stands_open_in_its_import(tmp_path, preview, now):
    file = tmp_path / "七月.csv"
    file.write_text(
        "七月来电 制表：欧阳焱焱 13944447777\n"
        "编号,受理时间,诉求人,联系电话,内容\n"
        "1,2023-07-01 08:00,欧阳焱焱,13944447777,我叫欧阳焱焱，身份证11010519491231002X，路灯不亮\n"
        "2,何时,欧阳焱焱,13944447777,路灯不亮\n"
    )

    run = preview(file)

    assert (run.preview["good"], run.preview["rejected"]) == (1, 1)
    kept = repr(ImportRun.objects.values().get())
    assert not [one for one in ("欧阳焱焱", "13944447777", "11010519491231002X") if one in kept]
