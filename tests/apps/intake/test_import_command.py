import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from tests.apps.intake.conftest import appeal_row

from civicloop.apps.intake.models import Appeal, ImportRun, ImportState
from civicloop.apps.intake.queries import AppealFilters, appeals_page

pytestmark = pytest.mark.django_db
BAD = ("W77777", "someday", "飞鸽", "投诉", "标题", "正文")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def run_import(*words, **options) -> str:
    output = io.StringIO()
    call_command("import_appeals", *map(str, words), stdout=output, **options)
    return output.getvalue()


def test_summary_tells_counts_and_every_bad_row_with_its_cure(write_csv):
    output = run_import(write_csv([appeal_row(1), appeal_row(2), BAD, ("", "合计：3条")]))

    assert "appeals.csv: 2 new, 0 updated, 0 already there, 1 rejected." in output
    assert (
        "appeals.csv, row 4, B 受理时间: “someday” is no date. Write it like 2024-03-05 14:30."
        in output
    )
    assert "1 row: total" in output


def test_words_without_meaning_here_are_told(write_csv):
    output = run_import(write_csv([("W1", "2023-03-01", "飞鸽", "投诉", "标题", "正文")]))

    assert "1 row: channel not known, taken as “other” (飞鸽)" in output


def test_only_the_first_bad_rows_are_shown(write_csv):
    bad = [("W1", "someday", "", "", "t", str(number)) for number in range(25)]

    output = run_import(write_csv(bad))

    assert output.count("is no date") == 20
    assert "… and 5 more" in output


def test_dry_run_writes_no_appeal(write_csv):
    output = run_import(write_csv([appeal_row(1), BAD]), "--dry-run")

    assert "(dry run): 1 new, 0 updated, 0 already there, 1 rejected." in output
    assert not Appeal.objects.exists()
    assert ImportRun.objects.get().state == ImportState.ABANDONED


def test_aborted_import_ends_with_an_error(write_csv):
    with pytest.raises(CommandError, match="1 row is bad, so nothing was imported"):
        run_import(write_csv([appeal_row(1), BAD]), "--on-error", "abort")


def test_returned_workbook_holds_bad_rows_reasons_and_cures(write_csv, tmp_path):
    target = tmp_path / "back.xlsx"

    run_import(write_csv([appeal_row(1), BAD]), "--returned", target)

    book = openpyxl.load_workbook(target)
    header, row = book.active.iter_rows(values_only=True)
    book.close()
    assert header[:4] == ("Row", "Why it was rejected", "What to do", "编号")
    assert row[:5] == (
        3,
        "“someday” is no date.",
        "Write it like 2024-03-05 14:30.",
        "W77777",
        "someday",
    )


def test_no_workbook_is_written_when_no_row_was_rejected(write_csv, tmp_path):
    target = tmp_path / "back.xlsx"

    output = run_import(write_csv([appeal_row(1)]), "--returned", target)

    assert f"No row was rejected, so {target} was not written." in output
    assert not target.exists()


@pytest.mark.parametrize("choice", [[], ["--dry-run"]])
def test_file_without_a_text_column_gives_its_error_only(write_csv, choice):
    path = write_csv([("1", "2")], header=("编号", "备用"))
    output = io.StringIO()

    with pytest.raises(CommandError, match="No column for the text"):
        call_command("import_appeals", str(path), *choice, stdout=output)

    assert output.getvalue() == ""


def test_file_without_a_time_column_gives_its_error_only(write_csv):
    path = write_csv([("1", "停水")], header=("编号", "内容"))
    output = io.StringIO()

    with pytest.raises(CommandError, match="No column for the time"):
        call_command("import_appeals", str(path), "--dry-run", stdout=output)

    assert output.getvalue() == ""


def test_corrected_workbook_can_be_imported(write_csv, tmp_path):
    target = tmp_path / "back.xlsx"
    run_import(write_csv([appeal_row(1), BAD]), "--returned", target, "--source", "hotline")
    book = openpyxl.load_workbook(target)
    book.active["E2"] = "2023-03-01 10:00"
    book.save(target)
    book.close()

    output = run_import(target, "--source", "hotline")

    assert "1 new, 0 updated, 0 already there, 0 rejected" in output
    assert Appeal.objects.count() == 2


def test_mapping_file_names_columns_and_source(write_csv, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text('source = "board"\n[columns]\n"甲" = "received_at"\n"乙" = "text"\n')

    run_import(write_csv([("2023-03-01", "停水")], header=("甲", "乙")), "--mapping", mapping)

    assert Appeal.objects.get().source == "board"


def test_imported_appeals_can_be_searched_at_once(write_csv):
    run_import(write_csv([appeal_row(1, text="井盖破损")]))

    assert appeals_page(AppealFilters(search="盖破")).count == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Which file"),
        (["/nowhere/a.csv"], "There is no such file"),
        (["/"], "This is a folder"),
        (["--run", "99"], "no import with the number 99"),
        (["--run", "0"], "no import with the number 0"),
        (["other.csv", "--run", "1"], "leave out: FILE"),
        (["--run", "1", "--dry-run", "--source", "x"], "leave out: --source --dry-run"),
        (["a.csv", "--returned", "back.csv"], "back.csv must end in .xlsx"),
        (["a.csv", "--returned", "/nowhere/back.xlsx"], "there is no folder /nowhere"),
        (["/nowhere/a.csv", "--mapping", "/nowhere/m.toml"], "mapping file /nowhere/m.toml cannot"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(words, message):
    with pytest.raises(CommandError, match=message) as error:
        run_import(*words)

    assert "\n" not in str(error.value)


def test_broken_mapping_names_its_line(write_csv, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text('[columns]\n"内容" = "body"\n')

    with pytest.raises(CommandError, match="Mapping file, line 2: “body” is no field"):
        run_import(write_csv([appeal_row(1)]), "--mapping", mapping)


def test_file_for_which_there_is_no_room_is_told_in_one_sentence(write_csv, settings, tmp_path):
    path = write_csv([appeal_row(1)])
    settings.MEDIA_ROOT = tmp_path / "full"
    settings.MEDIA_ROOT.write_text("a file where a folder should be")

    with pytest.raises(CommandError, match="cannot be read and kept"):
        run_import(path)


def test_import_killed_before_is_found_again(write_csv):
    path = write_csv([appeal_row(1), appeal_row(2)])
    run_import(path)
    ImportRun.objects.update(state=ImportState.RUNNING)

    output = run_import(path)

    assert "2 new, 0 updated, 0 already there" in output  # the counters of the run that went on
    states = list(ImportRun.objects.order_by("id").values_list("state", flat=True))
    assert states == [ImportState.DONE, ImportState.ABANDONED]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_shows_progress(write_csv):
    terminal = Terminal()

    run_import(write_csv(appeal_row(n) for n in range(600)), stderr=terminal)

    assert "rows: 500 of about 600" in terminal.getvalue()
    assert "search index: 600" in terminal.getvalue()


def test_a_column_that_is_not_read_for_another_is_told_with_its_way_out(write_csv):
    header = ("编号", "时间", "内容", "内容")

    output = run_import(write_csv([("1", "2023-03-01", "停水", "停电")], header=header))

    assert "Column D “内容” is not read: column C “内容” is taken as text of the appeal." in output
    assert '"@D" = "text" under [columns]' in output


def test_impossible_column_ends_in_one_sentence(write_csv, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text('[columns]\n"@ZZZZ" = "reply"\n')

    with pytest.raises(CommandError, match="Mapping file, line 2: “@ZZZZ” is no column") as error:
        run_import(write_csv([appeal_row(1)]), "--mapping", mapping)

    assert "\n" not in str(error.value)


def test_update_is_asked_for_and_told(write_csv):
    header = ("编号", "时间", "内容", "答复")
    run_import(write_csv([("1", "2023-03-01", "停水", "")], header=header))
    later = write_csv([("1", "2023-03-01", "停水", "已恢复")], header=header, name="later.csv")

    refused = run_import(later)
    updated = run_import(later, "--on-existing", "update")

    assert "The appeal 1 is there with other details: file appeals.csv, row 2." in refused
    assert "later.csv: 0 new, 1 updated, 0 already there, 0 rejected." in updated


def test_column_mapped_twice_ends_in_one_sentence(write_csv, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text('[columns]\n"@F" = "text"\n"内容" = "subject"\n')

    with pytest.raises(CommandError, match="“@F” as text and “内容” as subject"):
        run_import(write_csv([appeal_row(1)]), "--mapping", mapping)


@pytest.mark.parametrize("choice", [[], ["--dry-run"]])
def test_rows_that_another_source_has_are_told_with_the_way_out(write_csv, choice):
    run_import(write_csv(appeal_row(n) for n in range(3)), "--source", "hotline")
    later = write_csv((appeal_row(n) for n in range(1, 5)), name="later.csv")

    output = run_import(later, "--source", "other", *choice)

    assert "2 of the first 4 new rows stand already" in output
    assert "under the source “hotline”; here they count as new, under “other”" in output
    assert "with --source" in output
