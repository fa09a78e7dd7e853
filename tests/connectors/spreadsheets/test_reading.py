import csv
import json
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from tests.connectors.spreadsheets import workbooks as wb
from tests.connectors.spreadsheets.harness import TODAY, answers, read, refusal, run_here

from civicloop.connectors.spreadsheets import (
    Column,
    DateOrder,
    Field,
    FileFormat,
    FileShape,
    ImportMapping,
    Limits,
    Note,
    NoteCode,
    Problem,
    ProblemCode,
    SheetShape,
    UnreadableFileError,
    Values,
    inspect,
    load_mapping,
    read_rows,
)
from civicloop.connectors.spreadsheets.cells import RememberingParser
from civicloop.connectors.spreadsheets.mapping import mapping_as_json
from civicloop.connectors.spreadsheets.shape import (
    column_index,
    column_letter,
    shape_as_json,
    shape_from_json,
)
from civicloop.values.content_digest import content_digest

FULL_HEADER = (
    "工单编号,标题,诉求内容,诉求时间,渠道,诉求类型,用户,姓名,联系电话,区县,事发地址,分类,一级分类,二级分类,三级分类,"
    "承办单位,点赞数,反对数,答复意见,答复时间"
)
FULL_ROW = (
    "0012, 路灯不亮 ,青石路口的路灯坏了,2023/5/4 9:15:00,网站,投诉,U7,林某,０１３８００,云溪区,青石路 7 号,市政,城建,照明,路灯,"
    "城管局,3,,已修好,2023-05-06 10:00:00"
)


@pytest.fixture
def csv_file(tmp_path):
    def write(text: str):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_other_files_may_hold_longer_cells_than_the_one_just_read(csv_file):
    before = csv.field_size_limit()

    [shape, *_rows] = answers(
        csv_file(f"{FULL_HEADER}\n{FULL_ROW}\n"), limits=Limits(max_line_characters=300)
    )

    assert "shape" in shape
    assert csv.field_size_limit() == before


def test_row_is_typed_and_its_cells_stay_as_they_were(csv_file):
    [row] = read(csv_file(f"{FULL_HEADER}\n{FULL_ROW}\n")).rows

    assert row.number == 2
    assert row.sheet == ""
    assert row.cells == tuple(FULL_ROW.split(","))
    assert row.problems == ()
    assert row.values == Values(
        id="0012",
        subject="路灯不亮",
        text="青石路口的路灯坏了",
        received_at=datetime(2023, 5, 4, 1, 15, tzinfo=UTC),
        channel="网站",
        kind="投诉",
        caller="U7",
        caller_name="林某",
        caller_phone="013800",
        area="云溪区",
        address="青石路 7 号",
        topic="市政",
        topic_level1="城建",
        topic_level2="照明",
        topic_level3="路灯",
        unit="城管局",
        support=3,
        oppose=None,
        reply="已修好",
        replied_at=datetime(2023, 5, 6, 2, 0, tzinfo=UTC),
    )


def _said(values):
    """What the digest is of, as hashes were made of it before the child made digests."""
    return map(str, values[1:6] + values[9:])


@pytest.mark.parametrize(
    "text", [f"{FULL_HEADER}\n{FULL_ROW}", "编号,诉求时间,内容\n7,20230504,停水"]
)
def test_digest_is_of_all_that_is_said_but_for_number_and_caller(csv_file, text):
    [row] = read(csv_file(f"{text}\n")).rows

    assert row.digest == content_digest(_said(row.values))
    assert row.digest == content_digest(_said(row.values._replace(id="8", caller_name="王某")))
    assert row.digest != content_digest(_said(row.values._replace(text="停电")))


def test_problem_names_row_column_header_and_value(csv_file):
    path = csv_file(f"编号,诉求时间,内容\n1,{'明' * 300},灯坏\n2,1989-12-31,车堵\n")

    first, second = read(path).rows

    assert first.problems == (
        Problem(
            code=ProblemCode.UNREADABLE_TIME,
            sheet="",
            row=2,
            column="B",
            header="诉求时间",
            value="明" * 199 + "…",
        ),
    )
    assert first.values.received_at is None
    assert second.problems[0].params == {"first": "1990-01-01", "last": "2024-06-02"}


def test_problem_of_a_whole_row_names_no_column(csv_file):
    [row] = read(csv_file("编号,诉求时间,内容\n1,2023-05-04\n")).rows

    [problem] = [p for p in row.problems if p.code is ProblemCode.TOO_FEW_CELLS]
    assert (problem.column, problem.header, problem.value) == ("", "", "")
    assert problem.params == {"cells": "2", "columns": "3"}


def test_notes_say_what_was_set_aside(csv_file):
    path = csv_file("台账,,\n编号,时间,内容\n1,2023-05-04,灯坏\n,,\n,,\n合计,1,\n")
    batches = list(read_rows(path, shape=inspect(path), today=TODAY))

    notes = [note for batch in batches for note in batch.notes]

    assert sorted(notes, key=lambda note: note.first_row) == [
        Note(code=NoteCode.TITLE, sheet="", first_row=1, last_row=1, text="台账"),
        Note(code=NoteCode.HEADER, sheet="", first_row=2, last_row=2, text="编号 时间 内容"),
        Note(code=NoteCode.BLANK, sheet="", first_row=4, last_row=5),
        Note(code=NoteCode.TOTAL, sheet="", first_row=6, last_row=6, text="合计 1"),
    ]


def test_shape_says_what_the_file_looks_like(csv_file):
    path = csv_file("编号;时间;内容;\n1;5/3/2019;灯坏;\n2;16/3/2019;灯坏;\n")

    shape = inspect(path)

    assert shape == FileShape(
        format=FileFormat.CSV,
        file_bytes=path.stat().st_size,
        encoding="utf-8",
        delimiter=";",
        sheets=(
            SheetShape(
                name="",
                index=0,
                header_row=1,
                header_rows=1,
                row_estimate=2,
                columns=(
                    Column(letter="A", header="编号", field=Field.ID),
                    Column(
                        letter="B",
                        header="时间",
                        field=Field.RECEIVED_AT,
                        date_order=DateOrder.DAY_FIRST,
                    ),
                    Column(letter="C", header="内容", field=Field.TEXT),
                ),
            ),
        ),
    )
    assert shape.row_estimate == 2
    assert shape_from_json(json.loads(json.dumps(shape_as_json(shape)))) == shape


def test_mapping_gives_constants_and_translates_values(csv_file):
    mapping = load_mapping(
        """
        [columns]
        "水系名" = "address"
        "@E" = "unit"
        [constants]
        channel = "web"
        received_at = 2023-05-04
        support = 1
        [values.kind]
        "投诉 件" = "complaint"
        [values.address]
        "不详" = ""
        """
    )
    path = csv_file("编号,内容,诉求类型,水系名,\n1,灯坏, 投诉 件 ,不详,城管局\n2,车堵,咨询,青河,\n")

    first, second = (row.values for row in read(path, mapping=mapping).good)

    assert (first.kind, first.address, first.unit) == ("complaint", "", "城管局")
    assert (second.kind, second.address, second.unit) == ("咨询", "青河", "")
    assert first.channel == second.channel == "web"
    assert first.received_at == datetime(2023, 5, 3, 16, tzinfo=UTC)
    assert first.support == 1


def test_header_row_of_the_mapping_is_taken(csv_file):
    mapping = ImportMapping(header_row=2)

    shape = inspect(
        csv_file("编号,时间,内容\n编号,日期,正文\n1,2023-05-04,灯坏\n"), mapping=mapping
    )

    assert [column.header for column in shape.sheets[0].columns] == ["编号", "日期", "正文"]


def test_order_of_day_and_month_may_show_far_down(csv_file):
    lines = [f"{i},5/3/2019,灯坏\n" for i in range(2_500)]
    path = csv_file("编号,时间,内容\n" + "".join(lines) + "x,16/3/2019,灯坏\n")

    outcome = read(path)

    assert len(outcome.good) == 2_501
    assert outcome.good[0].values.received_at == datetime(2019, 3, 4, 16, tzinfo=UTC)


def test_row_numbers_go_on_over_batches_and_blank_runs(csv_file):
    lines = [f"{i},2023-05-04,灯坏\n" for i in range(5)]
    path = csv_file("编号,时间,内容\n" + "\n\n".join(lines))

    outcome = read(path, limits=Limits(batch_rows=2))

    assert [row.number for row in outcome.rows] == [2, 5, 8, 11, 14]
    assert outcome.notes == {"header": 1, "blank": 8}


def test_long_plain_beginning_does_not_hide_the_encoding(tmp_path):
    path = tmp_path / "file.csv"
    head = "id,time,text\n" + "1,2023-05-04,light broken\n" * 50_000
    path.write_bytes(head.encode() + "2,2023-05-04,灯坏\n".encode("gb18030"))

    assert inspect(path).encoding == "gb18030"


def test_file_that_changed_after_the_look_is_refused(csv_file):
    path = csv_file("编号,时间,内容\n1,2023-05-04,灯坏\n")
    shape = inspect(path)
    path.write_text("编号,时间,内容\n1,2023-05-04,灯坏\n2,2023-05-04,车堵\n", encoding="utf-8")

    with pytest.raises(UnreadableFileError) as caught:
        list(read_rows(path, shape=shape, today=TODAY))

    assert caught.value.code == "changed"


def test_failure_of_the_reader_itself_is_told(csv_file):
    path = csv_file("编号,时间,内容\n")
    task = {"task": "inspect", "path": str(path), "limits": asdict(Limits())}
    mapping = mapping_as_json(ImportMapping(encoding="no-such-encoding"))

    [answer] = run_here({**task, "mapping": mapping})

    assert answer["error"] == "reader_died"
    assert answer["params"]["detail"].startswith("LookupError")


def test_error_reads_well_in_a_log(tmp_path):
    error = refusal(tmp_path)

    assert str(error) == "not_a_file"
    assert str(refusal(tmp_path / "gone.csv")) == "not_found"


def test_values_merged_down_end_where_the_merge_ends(tmp_path):
    body = wb.row(1, "编号", "时间", "内容", "区县")
    body += wb.row(2, "1", "2023-05-04", "灯坏", "云溪区") + wb.row(3, "2", "2023-05-04", "车堵")
    body += wb.row(4, "3", "2023-05-04", "水浑")
    merges = '<mergeCells><mergeCell ref="D2:D3"/></mergeCells>'

    outcome = read(wb.write_sheet(tmp_path / "a.xlsx", body, after=merges))

    assert [row.values.area for row in outcome.good] == ["云溪区", "云溪区", ""]
    assert outcome.notes["repeated_value"] == 1
    assert [row.cells[3] for row in outcome.good] == ["云溪区", "", ""]


def test_value_repeated_over_many_rows_makes_one_note_per_column(tmp_path):
    body = wb.row(1, "编号", "时间", "内容", "区县") + wb.row(
        2, "1", "2023-05-04", "灯坏", "云溪区"
    )
    body += "".join(wb.row(i, "2", "", "车堵") for i in range(3, 10))
    merges = '<mergeCells><mergeCell ref="D2:D9"/><mergeCell ref="B2:B9"/></mergeCells>'
    path = wb.write_sheet(tmp_path / "a.xlsx", body, after=merges)

    [batch] = read_rows(path, shape=inspect(path), today=TODAY)

    repeated = [note for note in batch.notes if not note.is_row]
    assert {(note.column, note.first_row, note.last_row, note.text) for note in repeated} == {
        ("B", 3, 9, "2023-05-04"),
        ("D", 3, 9, "云溪区"),
    }


def test_later_cell_of_the_same_place_wins(tmp_path):
    body = wb.row(1, "编号", "时间", "内容")
    body += (
        f'<row r="2">{wb.cell("C2", "旧")}{wb.cell("B2", "2023-05-04")}{wb.cell("C2", "新")}</row>'
    )

    [row] = read(wb.write_sheet(tmp_path / "a.xlsx", body)).good

    assert row.values.text == "新"


def test_workbook_without_its_first_relations_is_found(tmp_path):
    body = wb.row(1, "编号", "时间", "内容") + wb.row(2, "1", "2023-05-04", "灯坏")
    parts = wb.workbook_parts({"S": wb.sheet_xml(body)})
    del parts["_rels/.rels"]

    assert len(read(wb.write_parts(tmp_path / "a.xlsx", parts)).good) == 1


def test_pronunciation_hints_in_cells_are_left_out(tmp_path):
    cell = '<c r="C2" t="inlineStr"><is><t>灯坏</t><rPh sb="0" eb="1"><t>deng</t></rPh></is></c>'
    body = wb.row(1, "编号", "时间", "内容")
    body += f'<row r="2">{wb.cell("A2", "1")}{wb.cell("B2", "2023-05-04")}{cell}</row>'

    [row] = read(wb.write_sheet(tmp_path / "a.xlsx", body)).good

    assert row.values.text == "灯坏"


def test_today_bounds_the_times(csv_file):
    path = csv_file("编号,时间,内容\n1,2023-05-05,灯坏\n2,2023-05-06,灯坏\n")
    batches = read_rows(path, shape=inspect(path), today=date(2023, 5, 4))

    rows = [row for batch in batches for row in batch.rows]

    assert [len(row.problems) for row in rows] == [0, 1]


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")])
def test_columns_have_the_letters_of_spreadsheet_programs(index, letter):
    assert column_letter(index) == letter
    assert column_index(letter) == index


def test_parser_forgets_before_it_holds_too_much():
    parser = RememberingParser(str.strip)

    parser.read([str(number) for number in range(25_000)])

    assert len(parser) <= 20_001
