"""A later export brings known appeals up to date, openly and once."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.apps.dispatch.conftest import clerk, housing  # noqa: F401  fixtures
from tests.factories import WorkOrderFactory

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.models import ContactAttempt
from civicloop.apps.intake.actions import apply_import, prepare_import, preview_import
from civicloop.apps.intake.models import (
    Appeal,
    ImportRun,
    ImportState,
    Kind,
    LaterRow,
    OriginalRow,
    TopicBasis,
)
from civicloop.apps.intake.opening import open_sealed
from civicloop.apps.intake.queries import AppealFilters, appeals_page

pytestmark = pytest.mark.django_db
KILLED = Path(__file__).parent / "killed_import.py"
HEADER = ("编号", "受理时间", "来电人", "标题", "内容", "支持数", "答复", "答复时间")
WORDS = ("2023-03-01 08:00", "王某", "路灯不亮", "青禾路路灯不亮")
ASKED = ("T-1", *WORDS, "1", "", "")
TOLD = "我叫欧阳焱，电话13944447777"
ANSWERED = ("T-1", *WORDS, "4", "已修复", "2023-03-02 09:00")


@pytest.fixture
def weekly(write_csv, import_file):
    """Import rows as the file of a week."""

    def run(rows, *, week: int = 1, **options) -> ImportRun:
        path = write_csv(rows, name=f"week{week}.csv", header=HEADER)
        return import_file(path, source="hotline", **options)

    return run


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.new_count, run.updated_count, run.present_count, run.rejected_count


def test_a_reply_that_came_since_goes_in_when_asked_for(weekly):
    weekly([ASKED])

    run = weekly([ANSWERED], week=2, on_existing="update")

    appeal = Appeal.objects.get()
    assert counts(run) == (0, 1, 0, 0)
    assert (appeal.reply_text, appeal.support_votes, appeal.is_waiting) == ("已修复", 4, False)
    assert appeal.replied_at == datetime(2023, 3, 2, 1, tzinfo=UTC)


def test_an_update_keeps_what_was_and_what_is_and_where_it_came_from(weekly, now):
    weekly([ASKED])

    run = weekly([ANSWERED], week=2, on_existing="update")

    later = LaterRow.objects.get()
    assert OriginalRow.objects.get().opened_cells() == list(ASKED)
    assert (later.run, later.at, later.row_number, later.opened_cells()) == (
        run,
        now,
        2,
        list(ANSWERED),
    )
    assert later.before == {
        "support_votes": 1, "reply_text": "", "replied_at": None, "is_waiting": True,
    }  # fmt: skip
    assert later.after == {
        "support_votes": 4, "reply_text": "已修复",
        "replied_at": "2023-03-02T01:00:00+00:00", "is_waiting": False,
    }  # fmt: skip


def test_an_update_leaves_an_audit_event_on_its_appeal(weekly):
    weekly([ASKED])

    run = weekly([ANSWERED], week=2, on_existing="update")

    event = AuditEvent.objects.get(action="appeal_updated")
    assert (event.object_type, event.object_id) == ("appeal", str(Appeal.objects.get().pk))
    assert event.details["import"] == run.pk
    assert "reply_text" in event.details["columns"]


def test_without_being_asked_nothing_is_altered_and_the_row_comes_back(weekly):
    weekly([ASKED])

    run = weekly([ANSWERED], week=2)

    assert counts(run) == (0, 0, 0, 1)
    [problem] = run.rejected_rows.get().problems
    assert problem["code"] == "changed_since"
    assert problem["params"] == {"file": "week1.csv", "row": "2"}
    assert Appeal.objects.get().reply_text == ""


def test_keeping_what_is_there_counts_the_row_as_there(weekly):
    weekly([ASKED])

    run = weekly([ANSWERED], week=2, on_existing="keep")

    assert counts(run) == (0, 0, 1, 0)
    assert Appeal.objects.get().reply_text == ""


@pytest.mark.parametrize("on_existing", ["refuse", "keep", "update"])
@pytest.mark.parametrize(
    ("column", "value"),
    [(1, "2023-03-01 09:00"), (2, "李某"), (3, "停水"), (4, "青禾路路灯全部不亮")],
)
def test_the_citizens_own_words_are_never_changed(weekly, column, value, on_existing):
    weekly([ASKED])
    row = [*ANSWERED]
    row[column] = value

    run = weekly([row], week=2, on_existing=on_existing)

    assert counts(run) == (0, 0, 0, 1)
    assert run.rejected_rows.get().problems[0]["code"] == "other_content"
    assert Appeal.objects.get().reply_text == ""


def test_an_empty_cell_takes_nothing_away(weekly):
    weekly([ANSWERED])

    weekly([("T-1", *WORDS, "9", "", "")], week=2, on_existing="update")

    appeal = Appeal.objects.get()
    assert (appeal.support_votes, appeal.reply_text, appeal.is_waiting) == (9, "已修复", False)


def test_the_same_file_again_updates_nothing_twice(weekly):
    weekly([ASKED])
    weekly([ANSWERED], week=2, on_existing="update")

    again = weekly([ANSWERED], week=2, on_existing="update")

    assert counts(again) == (0, 0, 1, 0)
    assert LaterRow.objects.count() == 1


def test_an_older_export_imported_again_does_not_turn_the_appeal_back(weekly):
    weekly([ASKED])
    weekly([ANSWERED], week=2, on_existing="update")

    older = weekly([ASKED], on_existing="update")

    assert counts(older) == (0, 0, 1, 0)
    assert Appeal.objects.get().reply_text == "已修复"


def test_a_file_that_contradicts_itself_updates_once_and_returns_the_rest(weekly):
    other = ("T-1", *WORDS, "5", "已转办", "")
    weekly([ASKED])

    run = weekly([ANSWERED, other], week=2, on_existing="update")
    again = weekly([ANSWERED, other], week=2, on_existing="update")

    assert counts(run) == (0, 1, 0, 1)
    assert run.rejected_rows.get().problems[0]["code"] == "other_content"
    assert counts(again) == (0, 0, 1, 1)
    assert Appeal.objects.get().reply_text == "已修复"


def test_the_same_file_read_with_other_columns_can_bring_its_replies(weekly):
    unread = '[columns]\n"答复" = "ignore"\n"答复时间" = "ignore"\n'
    weekly([ANSWERED], mapping_toml=unread)

    run = weekly([ANSWERED], on_existing="update")

    assert counts(run) == (0, 1, 0, 0)
    assert Appeal.objects.get().reply_text == "已修复"


def test_a_topic_that_a_person_settled_stays(weekly):
    weekly([ASKED])
    Appeal.objects.update(topic_basis=TopicBasis.CONFIRMED)

    weekly([ANSWERED], week=2, on_existing="update")

    assert Appeal.objects.get().topic_basis == TopicBasis.CONFIRMED


def test_the_preview_counts_updates_and_writes_none(weekly, write_csv, now):
    weekly([ASKED])

    run = preview_import(
        file=write_csv([ANSWERED, ANSWERED], header=HEADER),
        file_name="week2.csv",
        source="hotline",
        mapping_toml="",
        on_error="skip",
        on_existing="update",
        actor=None,
        now=now,
    )

    assert {name: run.preview[name] for name in ("good", "updated", "present", "rejected")} == {
        "good": 0, "updated": 1, "present": 1, "rejected": 0,
    }  # fmt: skip
    assert not LaterRow.objects.exists()


def test_an_updated_appeal_is_still_found_among_those_of_its_first_import(weekly):
    first = weekly([ASKED])

    weekly([ANSWERED], week=2, on_existing="update")

    assert appeals_page(AppealFilters(run_id=first.pk)).count == 1


def test_what_an_update_calls_a_report_is_sealed_with_what_staff_wrote(
    write_csv,
    import_file,
    clerk,  # noqa: F811
    now,
):
    """In the update's own transaction; taking it back leaves what is sealed where it is."""

    def week(number, kind):
        row = (*ASKED[:3], "路灯不亮", f"举报物业，{TOLD}", kind)
        header = ("编号", "受理时间", "来电人", "标题", "内容", "诉求类型")
        path = write_csv([row], name=f"week{number}.csv", header=header)
        return import_file(path, source="hotline", on_existing="update")

    week(1, "投诉")
    order = WorkOrderFactory(appeal=Appeal.objects.get())
    ContactAttempt.objects.create(
        order=order, unit=clerk.unit, at=now, actor=clerk, is_reached=True, note=TOLD
    )

    week(2, "举报")

    kept = Appeal.objects.get()
    assert (kept.kind, kept.is_masked) == (Kind.REPORT, True)
    assert "13944447777" not in kept.text + ContactAttempt.objects.get().note
    assert [one.words for one in open_sealed(kept.pk).notes] == [TOLD]


def test_abort_takes_its_updates_back_when_a_conflict_came_meanwhile(weekly, write_csv, now):
    rows = [(f"T-{n}", *WORDS, "1", "", "") for n in range(600)]
    weekly(rows)
    path = write_csv([(*row[:5], "2", "已修复", "") for row in rows], header=HEADER)
    run = prepare_import(
        file=path,
        file_name="week2.csv",
        source="hotline",
        mapping_toml="",
        on_error="abort",
        on_existing="update",
        actor=None,
        now=now,
    )

    def words_change(run: ImportRun) -> None:
        Appeal.objects.filter(source_key="T-599").update(text="另一件")

    before = dict(Appeal.objects.values_list("source_key", "content_hash"))
    run = apply_import(run=run, now_of=lambda: now, progress=words_change)

    assert (run.state, run.updated_count) == (ImportState.FAILED, 0)
    assert dict(Appeal.objects.values_list("source_key", "content_hash")) == before
    assert not Appeal.objects.filter(is_waiting=False).exists()
    assert not LaterRow.objects.exists()
    assert AuditEvent.objects.filter(action="update_taken_back").count() == 599


@pytest.mark.parametrize(
    ("point", "batch"),
    [("before the updates", 1), ("updates before the commit", 2), ("after the commit", 1)],
)
def test_killed_updates_go_on_where_they_stopped(
    point, batch, weekly, write_csv, start_process, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "files"
    rows = [(f"T-{n}", *WORDS, "1", "", "") for n in range(700)]
    weekly(rows)
    path = write_csv([(*row[:5], "2", "已修复", "") for row in rows], header=HEADER, name="b.csv")
    words = ("--source", "hotline", "--on-existing", "update")

    killed = start_process(KILLED, path, point, batch, *words)
    killed.communicate()
    repeated = start_process("-m", "civicloop", "import", path, *words)
    output, _ = repeated.communicate()

    assert killed.returncode == -signal.SIGKILL
    assert repeated.returncode == 0, output
    assert LaterRow.objects.count() == Appeal.objects.filter(reply_text="已修复").count() == 700
    assert AuditEvent.objects.filter(action="appeal_updated").count() == 700
    run = ImportRun.objects.filter(state=ImportState.DONE).latest("id")
    assert counts(run) == (0, 700, 0, 0)
