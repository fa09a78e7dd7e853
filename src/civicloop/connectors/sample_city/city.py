"""Writes the sample city: files a hotline would export, and the truth beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

from civicloop.connectors.sample_city.background import Background
from civicloop.connectors.sample_city.days import Days
from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.duties import (
    DIRECTORY_HEADER,
    HANDLED_HEADER,
    Duties,
)
from civicloop.connectors.sample_city.events import Planting
from civicloop.connectors.sample_city.geography import Geography, geography
from civicloop.connectors.sample_city.objects import Objects
from civicloop.connectors.sample_city.plan import CityPlan, SampleCityFiles
from civicloop.connectors.sample_city.reply_acts import HEADER as REPLY_TRUTH_HEADER
from civicloop.connectors.sample_city.rows import HEADER, AuthorCodes, Rows
from civicloop.connectors.sample_city.speech import speech
from civicloop.connectors.sample_city.truth import Truth, reading_line
from civicloop.connectors.sample_city.units import check_units, units
from civicloop.connectors.sample_city.vocabulary import Vocabulary, vocabulary

Progress = Callable[[int, int], None]
PROGRESS_STEP = 1_000
UTILITIES = frozenset({"供水", "供电", "燃气", "供暖"})  # second levels of the topics


def write_sample_city(
    plan: CityPlan, folder: Path, *, progress: Progress | None = None
) -> SampleCityFiles:
    """Write the files of the city into ``folder`` (made if missing), appeals in order of time.

    ``progress`` is told now and then how many appeals of how many are written.
    The same plan gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    out = SampleCityFiles(
        areas=folder / "areas.csv",
        units=folder / "units.csv",
        topics=folder / "topics.csv",
        appeals=folder / "appeals.csv",
        truth_topics=folder / "truth_topics.csv",
        truth_events=folder / "truth_events.json",
        truth_bursts=folder / "truth_bursts.csv",
        truth_readings=folder / "truth_readings.jsonl",
        truth_replies=folder / "truth_replies.csv",
        directory=folder / "directory.csv",
        handled=folder / "handled.csv",
        truth_units=folder / "truth_units.csv",
    )
    words = vocabulary()
    check_units(words)
    city = geography(plan)
    duties = Duties(city, words)
    _write_frame(city, words, out)
    _write_csv(out.directory, DIRECTORY_HEADER, duties.rules())
    truth = _write_appeals(plan, city, words, duties, out, progress)
    with out.truth_events.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(truth.events_document(plan), file, ensure_ascii=False, indent=1)
    _write_csv(out.truth_bursts, ("event", "first_day", "last_day", "count"), truth.bursts())
    return out


def _write_frame(city: Geography, words: Vocabulary, out: SampleCityFiles) -> None:
    """Write what stands still: areas, units, topics."""
    _write_csv(
        out.areas,
        ("code", "name", "level", "parent_code"),
        ((a.code, a.name, a.level, a.parent_code) for a in city.areas()),
    )
    _write_csv(
        out.units,
        ("code", "name", "level", "area_code"),
        ((u.code, u.name, u.level, u.area_code) for u in units(city)),
    )
    columns = ("level1", "level2", "level3", "code", "unit", "limit_case")
    _write_csv(out.topics, columns, _topics(city, words))


def _topics(city: Geography, words: Vocabulary) -> Iterator[tuple[str, ...]]:
    """List the topics in the order of the vocabulary, with codes of two digits per level."""
    codes: dict[str, str] = {}
    children: dict[str, int] = {}
    for problem in words.problems:
        if problem.topic in codes:
            continue
        parts = problem.topic.split("/")
        for depth in range(1, 4):
            path, parent = "/".join(parts[:depth]), "/".join(parts[: depth - 1])
            if path not in codes:
                children[parent] = children.get(parent, 0) + 1
                codes[path] = f"{codes.get(parent, '')}{children[parent]:02d}"
        case = "utilities" if parts[1] in UTILITIES else ""
        yield (*parts, codes[problem.topic], city.city.name + problem.filing.unit, case)


def _write_appeals(
    plan: CityPlan,
    city: Geography,
    words: Vocabulary,
    duties: Duties,
    out: SampleCityFiles,
    progress: Progress | None,
) -> Truth:
    days = Days(plan, words.problems)
    objects = Objects(plan, city, words)
    planting = Planting(plan, words, days, objects, speech())
    planting.plant()
    background = Background(plan, days, objects, speech())
    truth = Truth(planting)
    rows = Rows(plan, city, words, speech(), AuthorCodes())
    done = 0
    with ExitStack() as stack:
        appeals = _writer(stack, out.appeals, HEADER)
        topics = _writer(stack, out.truth_topics, ("id", "topic"))
        replies = _writer(stack, out.truth_replies, REPLY_TRUTH_HEADER)
        handled = _writer(stack, out.handled, HANDLED_HEADER)
        right_units = _writer(stack, out.truth_units, ("id", "unit"))
        readings = stack.enter_context(out.truth_readings.open("w", encoding="utf-8", newline="\n"))
        for day, drafts in _days_of_drafts(plan, days, planting, background):
            for number, draft, received_at in _numbered(rows, drafts, day):
                row = rows.row(number, draft, received_at)
                appeals(row.cells)
                readings.write(reading_line(number, row, received_at))
                if row.reply:
                    replies(row.reply.truth(number))
                topics((number, draft.filing.topic))
                right_units((number, duties.right_unit(draft).code))
                if row.reply:
                    handled((number, *duties.handling(draft)))
                truth.note(number, draft, day)
                done += 1
                if progress and done % PROGRESS_STEP == 0:
                    progress(done, plan.appeals)
    if progress:
        progress(done, plan.appeals)
    return truth


def _days_of_drafts(
    plan: CityPlan, days: Days, planting: Planting, background: Background
) -> Iterator[tuple[date, list[Draft]]]:
    counts = days.counts(plan.appeals - planting.number)
    for offset, count in enumerate(counts):
        drafts = planting.by_day.pop(offset, [])
        drafts += (background.draft(offset) for _ in range(count))
        yield plan.first_day + timedelta(days=offset), drafts


def _numbered(rows: Rows, drafts: list[Draft], day: date) -> Iterator[tuple[str, Draft, datetime]]:
    """Order the appeals of a day by time and number them."""
    timed = sorted(
        ((rows.received_at(draft, day), order) for order, draft in enumerate(drafts)),
    )
    for serial, (received_at, order) in enumerate(timed, start=1):
        yield f"{day:%Y%m%d}{serial:05d}", drafts[order], received_at


def _writer(
    stack: ExitStack, path: Path, header: tuple[str, ...]
) -> Callable[[Iterable[str]], object]:
    file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
    writerow = csv.writer(file, lineterminator="\n").writerow
    writerow(header)
    return writerow


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with ExitStack() as stack:
        write = _writer(stack, path, header)
        for row in rows:
            write(row)
