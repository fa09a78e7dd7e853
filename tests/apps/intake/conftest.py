import csv
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pytest

from civicloop.apps.intake import pace
from civicloop.apps.intake.actions import apply_import, prepare_import
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


@pytest.fixture(autouse=True)
def several_transactions_of_a_short_file(monkeypatch):
    monkeypatch.setattr(pace, "MOST_ROWS", dict.fromkeys(pace.MOST_ROWS, 500))
