"""SIGKILL of an import at a random moment, begun again until the file is in.

When an import says that it is done, each row of its file must be there once. In the control each try says
another name for where the rows come from, as who knows no number of a row would: rows come twice.
"""

import csv
import os
import random
import time
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import Work, start
from civicloop.apps.intake.models import ImportRun, ImportState, OriginalRow
from civicloop.apps.intake.pace import MOST_ROWS

BATCHES = 4.4  # of rows that are committed together, in each file
SHARE_WRITING = 0.5  # of the kills come when the first new rows are in; most time is spent before
LOOK_SECONDS, MOST_SECONDS = 0.01, 60
HEADER = ("编号", "受理时间", "渠道", "诉求类型", "标题", "内容")


def run(size: int, *, is_control: bool) -> Verdict:
    """So many kills; a file is done when it is done, and the next one begins."""
    furnish()
    ledger, dice, killed, number = Ledger(), random.Random(size), 0, 0
    longest = _whole(_write(0, ledger), ledger)
    while killed < size:
        number += 1
        file, tries = _write(number, ledger), 0
        while not _is_done(file) and killed < size:
            tries += 1
            source = f"hotline {tries}" if is_control else "hotline"
            is_writing = is_control or dice.random() < SHARE_WRITING
            _begin_and_kill(_import(file, source), dice.uniform(0, longest), is_writing=is_writing)
            killed += not _is_done(file)
        _whole(file, ledger)
    return ledger.compare(OriginalRow.objects.values_list("appeal__source_key", flat=True))


def _write(number: int, ledger: Ledger) -> Path:
    file = Path(os.environ["CIVICLOOP_DATA"], f"appeals-{number}.csv")
    names = [f"{number}-{row:05}" for row in range(int(BATCHES * MOST_ROWS[connection.vendor]))]
    with file.open("w", newline="", encoding="utf-8") as opened:
        rows = (
            (name, "2023-03-01 08:00", "热线", "投诉", name, f"路灯不亮 {name}") for name in names
        )
        csv.writer(opened).writerows([HEADER, *rows])
    for name in names:
        ledger.note("ask", name)
    return file


def _whole(file: Path, ledger: Ledger) -> float:
    """Let it end; the seconds that it took, and its rows are acknowledged."""
    began = time.monotonic()
    if not _is_done(file):
        _import(file, "hotline")(lambda _word, _what: None)
    for name in ledger.asked - ledger.acknowledged:
        ledger.note("ok", name)
    return time.monotonic() - began


def _import(file: Path, source: str) -> Work:
    return lambda _say: call_command("import_appeals", file, source=source, stdout=StringIO())


def _begin_and_kill(work: Work, seconds: float, *, is_writing: bool) -> None:
    before = OriginalRow.objects.count()
    crew = start([work], Ledger())
    ends = time.monotonic() + MOST_SECONDS
    while is_writing and crew.are_alive() and time.monotonic() < ends:
        time.sleep(LOOK_SECONDS)
        if OriginalRow.objects.count() > before:
            seconds /= 2 * BATCHES
            break
    time.sleep(seconds)
    crew.kill()
    crew.end()


def _is_done(file: Path) -> bool:
    return ImportRun.objects.filter(file_name=file.name, state=ImportState.DONE).exists()
