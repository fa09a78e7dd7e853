"""Files made to kill a server; each must end in one sentence, soon, and harm nobody."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import deque
from pathlib import Path

import pytest
from tests.connectors.spreadsheets import workbooks as wb
from tests.connectors.spreadsheets.harness import TODAY, read, refusal

from civicloop.connectors.spreadsheets import Limits, UnreadableFileError, inspect, read_rows

HEAD = wb.row(1, "编号", "时间", "内容")
GOOD = wb.row(2, "1", "2023-05-04", "灯坏")
MIB = 1 << 20


@pytest.fixture(autouse=True)
def unharmed():
    """The reading must be over within 30 s and leave no process behind."""
    began = time.monotonic()
    before = _children(os.getpid())  # a browser's driver may live in this process for other tests
    yield before
    assert time.monotonic() - began < 30
    assert _children(os.getpid()) == before


def test_two_cells_in_opposite_corners_are_refused(tmp_path):
    body = HEAD + GOOD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = wb.write_sheet(tmp_path / "a.xlsx", body)

    error = refusal(path)

    assert error.code == "too_many_columns"
    assert error.params == {
        "sheet": "Sheet1", "row": "1048576", "column": "XFD", "limit": "500"
    }  # fmt: skip
    assert path.stat().st_size < 2_000


def test_a_cell_in_the_last_row_costs_nothing(tmp_path):
    body = HEAD + GOOD + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'

    outcome = read(wb.write_sheet(tmp_path / "a.xlsx", body))

    assert len(outcome.good) == 1
    assert outcome.notes["blank"] == 1_048_573
    assert outcome.accounted == 1_048_576


def test_a_lying_dimension_is_not_believed(tmp_path):
    sheet = wb.sheet_xml(HEAD + GOOD).replace(
        "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
    )

    outcome = read(wb.write_parts(tmp_path / "a.xlsx", wb.workbook_parts({"S": sheet})))

    assert len(outcome.good) == 1


def test_a_part_that_inflates_out_of_proportion_is_refused(tmp_path):
    path = wb.write_sheet(tmp_path / "a.xlsx", HEAD + GOOD + " " * (64 * MIB))

    error = refusal(path)

    assert error.code == "bomb"
    assert error.params["part"] == "xl/worksheets/sheet1.xml"
    assert path.stat().st_size < 100_000


def test_many_parts_that_are_too_much_together_are_refused(tmp_path):
    parts = wb.workbook_parts({f"S{i}": wb.sheet_xml(HEAD + " " * MIB) for i in range(6)})

    error = refusal(
        wb.write_parts(tmp_path / "a.xlsx", parts), limits=Limits(max_unpacked_bytes=4 * MIB)
    )

    assert error.code == "bomb"


def test_millions_of_rows_are_refused_before_they_are_read(tmp_path):
    body = HEAD + "".join(f'<row r="{i}"><c><v>{i * 7919}</v></c></row>' for i in range(2, 120_000))

    error = refusal(wb.write_sheet(tmp_path / "a.xlsx", body), limits=Limits(max_rows=100_000))

    assert error.code == "too_many_rows"
    assert error.params == {"sheet": "Sheet1", "limit": "100000"}


def test_thirty_million_rows_in_two_megabytes_are_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    parts = wb.workbook_parts({"S": ""})
    rows = b"<row><c><v>1</v></c></row>" * 1_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            if "sheet1" not in name:
                archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(b"<worksheet><sheetData>" + rows + rows + b"</sheetData></worksheet>")

    error = refusal(path)

    assert error.code == "bomb"


def test_a_csv_of_too_many_rows_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("编号,时间,内容\n" + "1,2023-05-04,x\n" * 3_000, encoding="utf-8")

    error = refusal(path, limits=Limits(max_rows=1_000, batch_rows=500))

    assert error.code == "too_many_rows"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("rows", "is_refused"), [(999, False), (1_000, True)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_a_csv_is_refused_from_one_row_too_many_on(tmp_path, end, rows, is_refused, encoding):
    path = tmp_path / "a.csv"
    text = "编号,时间,内容\n" + '1,2023-05-04,"灯\n坏"\n' * rows  # each on two lines
    path.write_bytes(text.replace("\n", end).encode(encoding))
    limits = Limits(max_rows=1_000, batch_rows=300)

    if is_refused:
        assert refusal(path, limits=limits).code == "too_many_rows"
        return
    shape = inspect(path, limits=limits)
    batches = read_rows(path, shape=shape, today=TODAY, limits=limits)
    assert sum(len(batch.rows) for batch in batches) == rows


def test_a_csv_of_three_million_rows_is_refused_before_any_is_judged(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("编号,时间,内容\n" + "1,,x\n" * 3_000_000, encoding="utf-8")
    before = sum(os.times()[:4])

    assert refusal(path).code == "too_many_rows"

    assert (
        sum(os.times()[:4]) - before < 15
    )  # of a processor; judging two million takes 35 and more


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [BOMB, EXTERNAL], ids=["bomb", "external"])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]
)
def test_entities_are_refused_wherever_they_stand(tmp_path, declaration, part):
    parts = wb.workbook_parts({"S": wb.sheet_xml(HEAD + GOOD)}, strings="<si><t>a</t></si>")
    parts[part] = declaration + parts[part].removeprefix('<?xml version="1.0" encoding="UTF-8"?>')

    error = refusal(wb.write_parts(tmp_path / "a.xlsx", parts))

    assert error.code == "unsafe_xml"
    assert error.params == {"part": part}


def test_ten_thousand_sheets_are_refused(tmp_path):
    parts = wb.workbook_parts({f"S{i}": "<worksheet/>" for i in range(10_000)})

    error = refusal(wb.write_parts(tmp_path / "a.xlsx", parts))

    assert error.code == "too_many_sheets"
    assert error.params == {"sheets": "10000", "limit": "500"}


def test_a_merged_cell_as_large_as_the_sheet_is_harmless(tmp_path):
    merges = (
        '<mergeCells><mergeCell ref="A2:XFD1048576"/><mergeCell ref="D2:D1048576"/></mergeCells>'
    )
    body = wb.row(1, "编号", "时间", "内容", "区县") + wb.row(2, "1", "2023-05-04", "灯坏", "云溪")
    body += "".join(wb.row(i, f"{i}", "2023-05-04", "灯坏") for i in range(3, 50))

    outcome = read(wb.write_sheet(tmp_path / "a.xlsx", body, after=merges))

    assert len(outcome.good) == 48
    assert outcome.notes["repeated_value"] == 47
    assert {row.values.area for row in outcome.good} == {"云溪"}


def test_a_part_longer_than_it_says_is_refused(tmp_path):
    path = wb.write_sheet(tmp_path / "a.xlsx", HEAD + GOOD * 1)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    size = info.file_size.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))

    assert refusal(path).code == "damaged"


def test_a_workbook_cell_of_many_megabytes_is_refused(tmp_path):
    body = HEAD + wb.row(2, "1", "2023-05-04", "".join(map(chr, range(0x4E00, 0x9000))) * 600)

    error = refusal(wb.write_sheet(tmp_path / "a.xlsx", body))

    assert error.code == "line_too_long"
    assert error.params["row"] == "2"


def test_a_shared_string_of_many_megabytes_is_refused(tmp_path):
    text = "".join(map(chr, range(0x4E00, 0x9000))) * 600
    parts = wb.workbook_parts({"S": wb.sheet_xml(HEAD)}, strings=f"<si><t>{text}</t></si>")

    assert refusal(wb.write_parts(tmp_path / "a.xlsx", parts)).code == "line_too_long"


def test_a_csv_line_of_one_gigabyte_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write("编号,时间,内容\n1,2023-05-04,".encode())
        file.truncate(1 << 30)  # NUL bytes without a line end, on disk a hole

    assert refusal(path).code == "line_too_long"


def test_a_quotation_mark_open_for_many_megabytes_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('编号,时间,内容\n1,2023-05-04,"' + "灯坏,\n" * 4_000_000, encoding="utf-8")

    error = refusal(path)

    assert error.code == "line_too_long"
    assert error.params["row"] == "2"


def test_too_big_a_file_is_refused_unopened(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(3 << 30)

    assert refusal(path).code == "too_big"


def test_a_pipe_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    os.mkfifo(path)

    assert refusal(path).code == "not_a_file"


def test_an_opendocument_sheet_that_repeats_cells_without_end_is_refused(tmp_path):
    row = (
        '<table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    path = wb.write_ods(tmp_path / "a.ods", f'<table:table table:name="S">{row}</table:table>')

    assert refusal(path).code == "too_much_memory"


def test_too_much_memory_ends_in_a_sentence(tmp_path):
    text = "".join(map(chr, range(0x4E00, 0x9000)))
    strings = "".join(f"<si><t>{i}{text}</t></si>" for i in range(2_000))
    parts = wb.workbook_parts({"S": wb.sheet_xml(HEAD)}, strings=strings)

    error = refusal(
        wb.write_parts(tmp_path / "a.xlsx", parts), limits=Limits(memory_bytes=64 * MIB)
    )

    assert error.code == "too_much_memory"
    assert error.params == {"limit": str(64 * MIB)}


def _long_csv(path: Path) -> Path:
    """Write a file that keeps the child busy for several seconds: every time is another one."""
    times = (f"2023/5/{1 + i % 28} {i % 24}:{i % 59}:{i % 53}" for i in range(900_000))
    path.write_text(
        "编号,时间,内容\n" + "".join(f"1,{time},灯坏\n" for time in times), encoding="utf-8"
    )
    return path


def test_too_much_processor_time_ends_in_a_sentence(tmp_path):
    limits = Limits(cpu_seconds=1, bytes_per_second=1 << 40)
    path = _long_csv(tmp_path / "a.csv")

    batches = read_rows(path, shape=inspect(path), today=TODAY, limits=limits)

    with pytest.raises(UnreadableFileError) as caught:
        deque(batches, maxlen=0)

    assert caught.value.code == "too_much_time"
    assert caught.value.params == {"seconds": "1"}


def test_too_long_a_wait_ends_in_a_sentence(tmp_path):
    limits = Limits(wall_seconds=0, bytes_per_second=1 << 40)

    error = refusal(_long_csv(tmp_path / "a.csv"), limits=limits)

    assert error.code == "too_much_time"
    assert error.params == {"seconds": "0"}


def test_too_long_a_message_is_not_taken(tmp_path):
    error = refusal(_long_csv(tmp_path / "a.csv"), limits=Limits(message_bytes=5_000))

    assert error.code == "reader_died"


def test_the_time_the_caller_spends_on_a_batch_is_free(tmp_path):
    path = _long_csv(tmp_path / "a.csv")
    limits = Limits(wall_seconds=4, bytes_per_second=1 << 40)
    batches = read_rows(path, shape=inspect(path), today=TODAY, limits=limits)

    next(batches)
    time.sleep(4.5)

    assert next(batches).rows
    batches.close()


def test_a_reader_that_is_let_go_ends_its_child(tmp_path, unharmed):
    path = _long_csv(tmp_path / "a.csv")
    batches = read_rows(path, shape=inspect(path), today=TODAY)
    next(batches)
    assert _children(os.getpid()) > unharmed

    batches.close()

    assert _children(os.getpid()) == unharmed


@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGKILL, "too_much_memory"), (signal.SIGTERM, "reader_died")],
    ids=["by the kernel short of memory", "by somebody"],
)
def test_a_child_killed_from_outside_ends_in_a_sentence(tmp_path, unharmed, sent, code):
    path = _long_csv(tmp_path / "a.csv")
    batches = read_rows(path, shape=inspect(path), today=TODAY)
    next(batches)
    [child] = _children(os.getpid()) - unharmed

    os.kill(child, sent)

    with pytest.raises(UnreadableFileError) as caught:
        deque(batches, maxlen=0)
    assert caught.value.code == code


SLEEPER = """
import sys, time
from datetime import date
from pathlib import Path
from civicloop.connectors.spreadsheets import inspect, read_rows
path = Path(sys.argv[1])
batches = read_rows(path, shape=inspect(path), today=date(2024, 6, 1))
next(batches)
print("reading", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_child_whose_parent_is_killed_ends_itself(tmp_path):
    path = _long_csv(tmp_path / "a.csv")
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER, str(path)], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout.readline() == b"reading\n"
        [child] = _children(parent.pid)

        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 5
    while _is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(child)


def _children(pid: int) -> set[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
