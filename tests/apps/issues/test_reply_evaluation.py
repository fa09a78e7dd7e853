import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from civicloop.apps.issues.reply_evaluation import (
    evaluate_replies_of_city,
    group_rows,
    read_judged_replies,
)
from civicloop.apps.issues.sample_truth import _rows
from civicloop.connectors.sample_city import CityPlan, write_sample_city

TOLD = "经核查，第{}号路灯因电缆老化损坏，已更换电缆并于当日恢复照明，后续将按月巡查。"
PASSED_ON = "您好，您反映的第{}号问题已转相关部门。"


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    file = tmp_path / "judged.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["message", "reply", "label_own", "user"])
        for number in range(30):
            words = PASSED_ON if number % 3 == 0 else TOLD
            message = "".join(chr(0x5000 + 50 * number + at) for at in range(20))
            writer.writerow([message, words.format(number), int(number % 3 > 0), f"u{number}"])
        writer.writerow(["路灯不亮", "无", "", "u99"])
    return file


def test_rows_without_a_label_are_left_out(judged: Path) -> None:
    rows = read_judged_replies(judged)

    assert len(rows) == 30
    assert sum(not row.is_substantive for row in rows) == 10


def test_near_duplicates_and_authors_are_one_group(judged: Path) -> None:
    rows = read_judged_replies(judged)
    others = [
        replace(row, reply=row.message, author=str(place % 10)) for place, row in enumerate(rows)
    ]

    assert len(set(group_rows(rows))) == 2  # two replies, each sent to many
    assert len(set(group_rows(others))) == 10


def test_every_way_is_measured_on_the_same_rows(judged: Path, capsys) -> None:
    call_command("evaluate_text", replies=judged, label="label_own", json=True)

    figures = json.loads(capsys.readouterr().out)
    assert {way["rows"] for way in figures.values()} == {30}
    assert "replies, scorer learnt here, cross-validated" not in figures  # two groups only
    assert figures["replies, shipped scorer and rules"]["f1"] == 1.0
    assert figures["replies, shorter than 60 characters"]["f1"] < 1.0


def test_missing_column_is_named(judged: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("evaluate_text", replies=judged, label="nowhere")


def test_truth_of_the_city_is_met(tmp_path: Path) -> None:
    files = write_sample_city(CityPlan(appeals=1_500, last_day=date(2023, 10, 31)), tmp_path)

    figures = evaluate_replies_of_city(list(_rows(files.appeals)), files)["replies"]

    assert figures["f1"] > 0.7
    assert figures["f1_gain_low"] > 0.2
    assert figures["promised_day_recall"] > 0.95
    assert figures["promised_day_precision"] > 0.95


@pytest.fixture
def limit_left_by_an_import() -> Iterator[None]:
    before = csv.field_size_limit(10_000_000)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("你好", "judged.csv, line 3: .*fewer"),
        (f"{'长' * 400_000},好,1", "judged.csv, line 3: .*131,072"),
    ],
    ids=["too few cells", "too long a cell"],
)
@pytest.mark.usefixtures("limit_left_by_an_import")
def test_a_row_that_is_none_is_named(tmp_path: Path, row: str, place: str) -> None:
    file = tmp_path / "judged.csv"
    file.write_text(f"message,reply,label\n路灯,已修,1\n{row}\n", encoding="utf-8")

    with translation.override("en"), pytest.raises(CommandError, match=place):
        call_command("evaluate_text", replies=file)
