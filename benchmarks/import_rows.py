"""How fast rows go in, beside a bare executemany or COPY of the same rows.

`python -m benchmarks import_rows [--rows 100000] [--database sqlite|postgresql]`

While the import runs, another process writes single rows, as a page would; how long it waits is
printed too. "bare" puts the same appeals, already converted, into a table with the same columns
and indexes, in one transaction: no file is read, nothing is checked, no original row is kept.
"""

import argparse
import csv
import random
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments

WORDS = [
    "路灯", "不亮", "小区", "停车", "噪声", "施工", "夜间", "垃圾", "清运", "公交", "线路", "暖气", "供水", "停水", "电梯", "故障", "物业", "收费", "学校", "门口", "积水", "井盖", "破损", "摊贩", "油烟",
]  # fmt: skip
HEADER = ["工单编号", "受理时间", "渠道", "诉求类型", "诉求人", "标题", "内容"]


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks import_rows")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            inner = [name, str(options.rows), environment["CIVICLOOP_DATA"]]
            run_inside("benchmarks.import_rows", inner, environment)


def write_file(path: Path, count: int) -> None:
    stream = random.Random(1)
    first = datetime(2022, 1, 1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(count):
            text = "".join(stream.choices(WORDS, k=28))
            received = first + timedelta(seconds=number * 60 + stream.randrange(3600))
            caller = f"C{stream.randrange(count):07d}"
            row = [f"GD{number:08d}", received, "热线", "投诉", caller, text[:10], text]
            writer.writerow(row)


def measure(name: str, count: int, folder: Path) -> None:
    prepare()
    from civicloop.apps.intake.search import index_new_appeals

    path = folder / "rows.csv"
    write_file(path, count)
    seconds, cpu = import_file(path)
    waits = import_beside_a_writer(folder, count)
    bare = bare_seconds()
    began = time.perf_counter()
    indexed = index_new_appeals()
    indexing = indexed / (time.perf_counter() - began)
    print(
        f"{name:11} {count:,} rows of {path.stat().st_size // count} bytes: {seconds:.1f} s,"
        f" {count / seconds:,.0f} rows/s ({cpu:.1f} s of this process's time);"
        f" bare {count / bare:,.0f} rows/s, ratio {bare / seconds:.2f};"
        f" another writer waits p50 {waits[0]:.1f} ms, p95 {waits[1]:.1f} ms;"
        f" search index {indexing:,.0f} rows/s",
        flush=True,
    )


def import_file(path: Path) -> tuple[float, float]:
    from django.utils import timezone

    from civicloop.apps.intake.actions import apply_import, prepare_import

    began, began_cpu = time.perf_counter(), time.process_time()
    run = prepare_import(
        file=path,
        file_name=path.name,
        source=None,
        mapping_toml="",
        on_error="skip",
        actor=None,
        now=timezone.now(),
    )
    apply_import(run=run, now_of=timezone.now)
    assert run.new_count == run.row_count > 0, run.failure
    return time.perf_counter() - began, time.process_time() - began_cpu


def import_beside_a_writer(folder: Path, count: int) -> list[float]:
    """Import another file while single rows are written; the writer's p50 and p95."""
    path = folder / "more.csv"
    write_file(path, count)
    path.write_text(path.read_text().replace("GD", "HD"))
    command = [sys.executable, "-m", "benchmarks.import_rows", INSIDE, "writer"]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    writer.stdout.readline()
    import_file(path)
    output, _ = writer.communicate("stop\n")
    waits = sorted(float(wait) for wait in output.split())
    return [waits[len(waits) // 2], waits[int(len(waits) * 0.95)]]


def write_single_rows() -> None:
    """Write one row after the other until told to stop; print what each took, in ms."""
    import select

    import django

    django.setup()
    from django.contrib.sessions.models import Session
    from django.db import transaction
    from django.utils import timezone

    print("ready", flush=True)
    waits = []
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        began = time.perf_counter()
        with transaction.atomic():  # as whatever a page writes
            Session.objects.create(session_key=f"bench-{len(waits)}", expire_date=timezone.now())
        waits.append((time.perf_counter() - began) * 1000)
    print(" ".join(f"{wait:.2f}" for wait in waits))


def bare_seconds() -> float:
    """Copy the first import's appeals into a table like theirs."""
    from django.db import connection, transaction

    from civicloop.apps.intake.writing import APPEAL_COLUMNS, bulk_writer

    columns = ", ".join(APPEAL_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM intake_appeal WHERE source_key LIKE 'GD%%'")
        rows = cursor.fetchall()
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = 'intake_appeal' AND sql > ''"
            )
            for (sql,) in cursor.fetchall():
                cursor.execute(sql.replace("intake_appeal", "bare_appeal"))
            rows = [tuple(str(v) if isinstance(v, datetime) else v for v in row) for row in rows]
        else:
            cursor.execute("CREATE TABLE bare_appeal (LIKE intake_appeal INCLUDING ALL)")
    began = time.perf_counter()
    with transaction.atomic():
        bulk_writer().insert("bare_appeal", APPEAL_COLUMNS, rows)
    return time.perf_counter() - began


if __name__ == "__main__":
    inner = sys.argv[2:]  # after --inside
    if inner == ["writer"]:
        write_single_rows()
    else:
        measure(inner[0], int(inner[1]), Path(inner[2]))
