import csv
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from civicloop.apps.intake.actions import apply_import, prepare_import
from civicloop.apps.intake.batches import BATCH_ROWS
from civicloop.apps.intake.models import ImportRun

HEADER = ("编号", "受理时间", "渠道", "诉求类型", "标题", "内容")

Row = Iterable[object]


def appeal_row(number: int, text: str = "小区路灯不亮", key: str | None = None) -> Row:
    """A row of a plain file; the n-th was received in the n-th minute of the day."""
    when = f"2023-03-{number // 1440 + 1:02} {number // 60 % 24:02}:{number % 60:02}:00"
    return (
        key or f"W{number:05}",
        when,
        "热线",
        "投诉",
        f"第{number}件",
        f"{text}，第{number}号楼",
    )


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Iterable[Row], *, name: str = "appeals.csv", header: Row = HEADER) -> Path:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


@pytest.fixture
def import_file(db, now: datetime) -> Callable[..., ImportRun]:
    """Import a file in this process."""

    def run_import(path: Path, **options) -> ImportRun:
        defaults = {"source": None, "mapping_toml": "", "on_error": "skip", "actor": None}
        run = prepare_import(file=path, file_name=path.name, now=now, **defaults | options)
        return apply_import(run=run, now_of=lambda: now)

    return run_import


@pytest.fixture
def start_process(transactional_db, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a Python process that works on this test's database and files."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        server = connection.settings_dict
        url = (
            f"postgres://{server['USER']}@{quote(server['HOST'], safe='')}:{server['PORT']}/{name}"
        )
    environment = os.environ | {
        "DATABASE_URL": url,
        "CIVICLOOP_DATA": str(tmp_path),
        "CIVICLOOP_SECRET_KEY": settings.SECRET_KEY,
    }

    started = []

    def start(*words: object) -> subprocess.Popen:
        command = [sys.executable, *map(str, words)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def batches_of_one_size_on_both_databases(monkeypatch):
    monkeypatch.setitem(BATCH_ROWS, "postgresql", BATCH_ROWS["sqlite"])
