"""Which system's numbers a file carries, when nobody says so."""

from collections.abc import Callable
from hashlib import blake2b

import pytest

from civicloop.apps.intake.actions import prepare_import
from civicloop.apps.intake.models import Appeal, ImportRun

pytestmark = pytest.mark.django_db
HEADER = ("编号", "时间", "标题", "内容")
LATER_HEADER = (*HEADER, "诉求类别", "承办单位", "支持数", "答复", "答复时间")
ROWS = [(f"T-{n}", "2023-03-01 08:00", f"第{n}件", f"青禾路{n}号停水") for n in range(5)]
LATER_ROWS = [(*row, "", "水务局", "3", "已恢复", "2023-03-02 09:00") for row in ROWS]


@pytest.fixture
def early(write_csv, import_file) -> Callable[..., ImportRun]:
    def run(**options) -> ImportRun:
        return import_file(write_csv(ROWS, header=HEADER), **options)

    return run


@pytest.fixture
def later(write_csv, import_file) -> Callable[..., ImportRun]:
    def run(**options) -> ImportRun:
        path = write_csv(LATER_ROWS, header=LATER_HEADER, name="later.csv")
        return import_file(path, **options)

    return run


def test_reply_columns_that_come_later_leave_the_source_as_it_is(early, later):
    early()

    run = later(on_existing="update")

    assert (run.new_count, run.updated_count, run.rejected_count) == (0, 5, 0)
    assert Appeal.objects.filter(reply_text="已恢复").count() == 5


def test_reply_columns_that_are_left_out_later_do_so_too(early, later):
    assert later().source == early().source


def test_a_column_of_the_citizens_own_words_makes_another_source(early, write_csv, import_file):
    rows = [(*row, "青禾路") for row in ROWS]

    assert early().source != import_file(write_csv(rows, header=(*HEADER, "地址"))).source


def named_by_all_columns(header: tuple[str, ...]) -> str:
    """The source as earlier versions named it."""
    return "table-" + blake2b("\x1f".join(sorted(header)).encode(), digest_size=5).hexdigest()


def test_a_source_named_by_an_earlier_version_is_found_by_its_layout(later):
    old = later(source=named_by_all_columns(LATER_HEADER))

    run = later()

    assert (run.source, run.new_count, run.present_count) == (old.source, 0, 5)


def test_a_source_named_by_an_earlier_version_is_found_by_the_citizens_columns(
    later, write_csv, import_file
):
    header, rows = LATER_HEADER[:-2], [row[:-2] for row in LATER_ROWS]
    old = import_file(write_csv(rows, header=header), source=named_by_all_columns(header))

    run = later(on_existing="update")

    assert (run.source, run.new_count, run.updated_count) == (old.source, 0, 5)


def test_a_preview_that_brought_nothing_in_names_no_source(early, later, write_csv, now):
    early()
    path = write_csv(LATER_ROWS, header=LATER_HEADER, name="later.csv")
    prepare_import(
        file=path,
        file_name=path.name,
        source=named_by_all_columns(LATER_HEADER),
        mapping_toml="",
        on_error="skip",
        actor=None,
        now=now,
    )

    assert later(on_existing="update").updated_count == 5


def test_rows_of_another_source_are_noted_with_the_run(early, later):
    early(source="hotline")

    run = later(source="other")

    assert run.preview["elsewhere"] == [{"source": "hotline", "count": 5, "of": 5}]
    assert not later(source="other").preview["elsewhere"]  # they are there under their own


def test_the_same_numbers_with_other_texts_are_no_doubt(early, write_csv, import_file):
    early(source="hotline")
    rows = [(key, when, subject, "别的事") for key, when, subject, _ in ROWS]

    run = import_file(write_csv(rows, header=HEADER), source="other")

    assert (run.new_count, run.preview["elsewhere"]) == (5, [])
