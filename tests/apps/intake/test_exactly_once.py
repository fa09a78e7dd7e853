"""Whatever happens to the process, each row is in once."""

import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.apps.intake.conftest import appeal_row

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.actions import ImportTakenOverError, apply_import, prepare_import
from civicloop.apps.intake.locks import LockIsHeldError, held
from civicloop.apps.intake.models import Appeal, ImportRun, ImportState, OriginalRow, RejectedRow
from civicloop.apps.notices.models import Notice

KILLED = Path(__file__).parent / "killed_import.py"


def rows_in() -> list[tuple[str, int]]:
    rows = OriginalRow.objects.values_list("appeal__source_key", "row_number")
    return sorted(rows)


def test_same_file_twice_brings_nothing_new(write_csv, import_file):
    path = write_csv(appeal_row(n) for n in range(700))

    first, second = import_file(path), import_file(path)

    assert (first.new_count, first.present_count, first.state) == (700, 0, ImportState.DONE)
    assert (second.new_count, second.present_count, second.rejected_count) == (0, 700, 0)
    assert Appeal.objects.count() == 700


def test_two_exports_that_overlap_share_their_rows(write_csv, import_file):
    import_file(write_csv((appeal_row(n) for n in range(30)), name="march.csv"))

    run = import_file(write_csv((appeal_row(n) for n in range(20, 50)), name="april.csv"))

    assert (run.new_count, run.present_count) == (20, 10)
    assert Appeal.objects.count() == 50


def test_rows_without_number_are_told_apart_by_content_and_repetition(write_csv, import_file):
    header = ("受理时间", "内容")
    rows = [("2023-03-01 08:00", "停水")] * 2 + [("2023-03-01 09:00", "停电")]
    path = write_csv(rows, header=header)

    first, second = import_file(path), import_file(path)
    longer = import_file(write_csv([*rows, rows[0]], header=header))

    assert (first.new_count, second.new_count, longer.new_count) == (3, 0, 1)
    assert Appeal.objects.filter(text="停水").count() == 3


def test_same_number_with_other_content_names_the_earlier_row(write_csv, import_file):
    import_file(write_csv([appeal_row(1), appeal_row(2)], name="first.csv"))

    run = import_file(write_csv([appeal_row(7, key="W00002")], name="second.csv"))

    [rejected] = RejectedRow.objects.filter(run=run)
    [problem] = rejected.problems
    assert problem["code"] == "other_content"
    assert problem["params"] == {"file": "first.csv", "row": "3"}
    assert Appeal.objects.count() == 2


def test_same_number_twice_in_one_file_is_told_by_its_row(write_csv, import_file):
    rows = [appeal_row(1), appeal_row(1), appeal_row(9, key="W00001")]

    run = import_file(write_csv(rows))

    assert (run.new_count, run.present_count, run.rejected_count) == (1, 1, 1)
    [rejected] = run.rejected_rows.all()
    assert rejected.row_number == 4
    assert rejected.problems[0]["params"] == {"file": "appeals.csv", "row": "2"}


def test_a_number_is_known_again_in_a_later_batch_of_a_file_of_which_all_was_new(
    write_csv, import_file
):
    rows = [appeal_row(n) for n in range(1_200)]
    rows += [appeal_row(3), appeal_row(9, key="W00004"), appeal_row(1_200)]

    run = import_file(write_csv(rows))

    assert (run.new_count, run.present_count, run.rejected_count) == (1_201, 1, 1)
    [rejected] = run.rejected_rows.all()
    assert rejected.row_number == 1_203
    assert rejected.problems[0]["params"] == {"file": "appeals.csv", "row": "6"}


def test_numbers_of_a_new_source_are_not_looked_up(
    write_csv, import_file, django_assert_max_num_queries
):
    path = write_csv(appeal_row(n) for n in range(1_200))

    with django_assert_max_num_queries(200) as first:
        import_file(path)
    with django_assert_max_num_queries(200) as second:
        import_file(path)

    def look_ups(captured):
        asks = "SELECT source_key, content_hash, id FROM intake_appeal"
        return sum(asks in query["sql"] for query in captured.captured_queries)

    assert (look_ups(first), look_ups(second)) == (0, 3)


def test_numbers_of_another_source_do_not_clash(write_csv, import_file):
    import_file(write_csv([appeal_row(1)]), source="north")

    run = import_file(write_csv([appeal_row(5, key="W00001")]), source="south")

    assert run.new_count == 1


def test_source_follows_the_columns_that_are_read(write_csv, import_file):
    plain = import_file(write_csv([appeal_row(1)]))
    wider = import_file(
        write_csv(
            [(*appeal_row(2), "x")],
            header=("编号", "受理时间", "渠道", "诉求类型", "标题", "内容", "备用栏"),
        )
    )
    other = import_file(write_csv([("1", "2023-03-01", "停水")], header=("单号", "日期", "正文")))

    assert plain.source == wider.source != other.source


def test_abort_brings_in_nothing_when_one_row_is_bad(write_csv, import_file):
    rows = [*(appeal_row(n) for n in range(600)), ("W99999", "yesterday", "热线", "投诉", "t", "x")]

    run = import_file(write_csv(rows), on_error="abort")

    assert run.state == ImportState.FAILED
    assert run.failure["code"] == "rows_rejected"
    assert (run.new_count, run.rejected_count) == (0, 1)
    assert not Appeal.objects.exists()
    assert run.rejected_rows.get().row_number == 602


def test_abort_sees_a_number_used_twice_far_apart(write_csv, import_file):
    rows = [*(appeal_row(n) for n in range(600)), appeal_row(601, key="W00003")]

    run = import_file(write_csv(rows), on_error="abort")

    assert run.state == ImportState.FAILED
    assert not Appeal.objects.exists()


def test_abort_brings_in_all_when_every_row_is_good(write_csv, import_file):
    run = import_file(write_csv(appeal_row(n) for n in range(600)), on_error="abort")

    assert (run.state, run.new_count) == (ImportState.DONE, 600)


def test_abort_takes_back_its_rows_when_a_conflict_came_meanwhile(write_csv, import_file, now):
    path = write_csv(appeal_row(n) for n in range(700))
    run = prepare_import(
        file=path,
        file_name="a.csv",
        source=None,
        mapping_toml="",
        on_error="abort",
        actor=None,
        now=now,
    )

    def another_row_appears(run: ImportRun) -> None:
        if run.row_count == 500:
            other = Appeal.objects.get(source_key="W00001")
            other.pk, other.source_key, other.content_hash = None, "W00600", "other"
            other.save()

    run = apply_import(run=run, now_of=lambda: now, progress=another_row_appears)

    assert (run.state, run.new_count) == (ImportState.FAILED, 0)
    assert [appeal.source_key for appeal in Appeal.objects.all()] == ["W00600"]


def test_process_gives_up_when_another_has_moved_its_run_on(write_csv, import_file, now):
    path = write_csv(appeal_row(n) for n in range(1_200))
    run = prepare_import(
        file=path,
        file_name="a.csv",
        source=None,
        mapping_toml="",
        on_error="skip",
        actor=None,
        now=now,
    )

    def another_machine_writes_a_batch(run: ImportRun) -> None:
        ImportRun.objects.filter(id=run.id).update(row_count=1_000)

    with pytest.raises(ImportTakenOverError):
        apply_import(run=run, now_of=lambda: now, progress=another_machine_writes_a_batch)

    assert Appeal.objects.count() == 500


def test_waiting_process_gives_signs_of_life(write_csv, start_process, now):
    path = write_csv([appeal_row(1)])
    run = prepare_import(
        file=path,
        file_name="a.csv",
        source="hotline",
        mapping_toml="",
        on_error="skip",
        actor=None,
        now=now,
    )
    holder = start_process(
        "-c",
        "import django, time; django.setup()\n"
        "from civicloop.apps.intake.locks import held\n"
        "with held('source hotline'): print('held', flush=True); time.sleep(1.2)",
    )
    holder.stdout.readline()
    moments = (now + timedelta(seconds=3 * second) for second in range(100))
    beats = []

    def clock() -> datetime:
        beats.append(ImportRun.objects.get(id=run.id).beat_at)
        return next(moments)

    run = apply_import(run=run, now_of=clock)

    assert run.new_count == 1
    assert now + timedelta(seconds=6) in beats


def test_each_batch_leaves_an_audit_event_with_its_appeals(write_csv, import_file):
    run = import_file(write_csv(appeal_row(n) for n in range(700)))

    events = AuditEvent.objects.filter(action="import_appeals", object_id=str(run.id))
    ids = list(Appeal.objects.order_by("id").values_list("id", flat=True))
    assert [event.details["count"] for event in events.order_by("id")] == [500, 200]
    assert events.order_by("id")[1].details["first_appeal"] == ids[500]


def test_run_at_work_elsewhere_is_refused(write_csv, start_process, now):
    path = write_csv([appeal_row(1)])
    run = prepare_import(
        file=path,
        file_name="a.csv",
        source=None,
        mapping_toml="",
        on_error="skip",
        actor=None,
        now=now,
    )
    holder = start_process(
        "-c",
        "import django; django.setup()\n"
        "from civicloop.apps.intake.locks import held\n"
        f"with held('run {run.id}'): print('held', flush=True); input()",
    )
    holder.stdout.readline()

    with pytest.raises(LockIsHeldError):
        apply_import(run=run, now_of=lambda: now)
    holder.kill()
    holder.wait()

    assert apply_import(run=run, now_of=lambda: now).new_count == 1


def test_lock_is_free_after_its_holder(tmp_path):
    with held("a"):
        pass

    with held("a"), held("b"):
        assert True


@pytest.mark.parametrize(
    ("point", "batch"),
    [
        ("before the rows", 1),
        ("before the commit", 2),
        ("after the commit", 2),
        ("after the commit", 3),
        ("at the end", 1),
    ],
)
def test_killed_import_goes_on_where_it_stopped(point, batch, write_csv, start_process):
    count = 1_300
    path = write_csv([*(appeal_row(n) for n in range(count)), ("bad", "", "", "", "", "x")])

    killed = start_process(KILLED, path, point, batch)
    killed.communicate()
    between = Appeal.objects.count()
    repeated = start_process("-m", "civicloop", "import", path)
    output, _ = repeated.communicate()

    assert killed.returncode == -signal.SIGKILL
    assert repeated.returncode == 0, output
    assert between in {0, 500, 1_000, 1_300}
    assert rows_in() == [(f"W{n:05}", n + 2) for n in range(count)]
    run = ImportRun.objects.get(state=ImportState.DONE)
    assert (run.row_count, run.new_count, run.rejected_count) == (count + 1, count, 1)
    assert run.rejected_rows.count() == 1


def test_two_processes_with_one_file_leave_each_row_once(write_csv, start_process):
    path = write_csv(appeal_row(n) for n in range(2_000))

    both = [start_process("-m", "civicloop", "import", path) for _ in range(2)]
    outputs = [process.communicate()[0] for process in both]

    assert rows_in() == [(f"W{n:05}", n + 2) for n in range(2_000)], outputs
    new = sum(ImportRun.objects.values_list("new_count", flat=True))
    assert new == 2_000


def test_two_processes_with_overlapping_files_leave_each_row_once(write_csv, start_process):
    first = write_csv((appeal_row(n) for n in range(1_500)), name="a.csv")
    second = write_csv((appeal_row(n) for n in range(750, 2_000)), name="b.csv")

    both = [start_process("-m", "civicloop", "import", path) for path in (first, second)]
    codes = [(process.communicate()[0], process.returncode) for process in both]

    assert [code for _, code in codes] == [0, 0], codes
    keys = sorted(Appeal.objects.values_list("source_key", flat=True))
    assert keys == [f"W{n:05}" for n in range(2_000)]


def test_who_began_an_import_is_told_once_how_it_ended(write_csv, import_file):
    wang = User.objects.create_user(username="wang")
    rows = [appeal_row(1), ("W99999", "yesterday", "热线", "投诉", "t", "x")]

    import_file(write_csv(rows), actor=wang)
    import_file(write_csv(rows, name="b.csv"), actor=wang, on_error="abort")

    ended, failed = Notice.objects.filter(user=wang).order_by("id")
    assert (ended.kind, ended.params) == ("import_ended", {"new": 1, "rejected": 1})
    assert failed.kind == "import_failed"
    assert ended.link == f"/imports/{ended.reference}/"
