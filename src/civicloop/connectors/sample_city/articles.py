"""The knowledge base of the sample city: articles with owners, some of them stale, some unused."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from civicloop.connectors.sample_city.geography import geography
from civicloop.connectors.sample_city.plan import CityPlan
from civicloop.connectors.sample_city.vocabulary import Filing, table, vocabulary

HEADER = (
    "编号", "标题", "问法", "答案", "步骤", "依据", "来源", "责任单位", "类别", "公开范围",
    "生效日期", "失效日期",
)  # fmt: skip
HIT_HEADER = ("编号", "日期", "方式", "次数")
CORRECTION_HEADER = ("编号", "日期", "内容", "答复")
ARTICLES = 120
OLD_RATIO = 0.2  # written so long ago that a new look is overdue
UNUSED_RATIO = 0.15
CORRECTIONS = 6
NEW_DAYS = (20, 300)  # age of an article, in days before the last day of the plan
OLD_DAYS = (380, 640)
HIT_DAYS = 60
VALID_DAYS = {"year": 366, "winter": 170}  # of rules that hold for one year or one winter


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArticles:
    """The files, oldest articles apart, and when each was approved."""

    old: Path
    new: Path
    hits: Path
    corrections: Path
    old_day: date
    new_day: date


def write_sample_articles(plan: CityPlan, folder: Path) -> SampleArticles:
    """Write the city's articles, how they were used, and what people said was wrong with them.

    The same plan gives the same bytes. About a fifth of the articles is stale on the last day,
    about a seventh was never used.
    """
    files = SampleArticles(
        old=folder / "articles_old.csv",
        new=folder / "articles.csv",
        hits=folder / "article_hits.csv",
        corrections=folder / "article_corrections.csv",
        old_day=plan.last_day - timedelta(days=OLD_DAYS[0]),
        new_day=plan.last_day - timedelta(days=NEW_DAYS[0]),
    )
    rows = list(_articles(plan))
    old_count = round(len(rows) * OLD_RATIO)
    stream = plan.stream("articles are used")
    stream.shuffle(rows)
    old, new = sorted(rows[:old_count]), sorted(rows[old_count:])
    dated = [_dated(row, plan, OLD_DAYS, stream.randint(*OLD_DAYS)) for row in old]
    _write(files.old, HEADER, dated)
    dated = [_dated(row, plan, NEW_DAYS, stream.randint(*NEW_DAYS)) for row in new]
    _write(files.new, HEADER, dated)
    _write(files.hits, HIT_HEADER, _hits(plan, [row[0] for row in sorted(rows)]))
    _write(files.corrections, CORRECTION_HEADER, _corrections(plan, [row[0] for row in old + new]))
    return files


def _articles(plan: CityPlan) -> Iterator[tuple[str, ...]]:
    """Number, words, owner, topic and audience, and how long such a rule holds."""
    words = table("articles")
    city = geography(plan).city.name
    filings = {problem.topic: problem.filing for problem in vocabulary().problems}
    written = [(row, filings[row["topic"]]) for row in words["article"]]
    own = {filing.topic for _, filing in written}
    others = [filing for topic, filing in filings.items() if topic not in own]
    stream = plan.stream("articles")
    stream.shuffle(others)
    general = words["general"]
    more = ARTICLES - len(written)
    written += [(general[n % len(general)], others[n % len(others)]) for n in range(more)]
    for number, (row, filing) in enumerate(written, start=1):
        yield _article(number, row, filing, city)


def _article(number: int, row: dict[str, Any], filing: Filing, city: str) -> tuple[str, ...]:
    known = {
        "city": city,
        "unit": city + filing.unit,
        "office": filing.office,
        "name": filing.topic.rsplit("/", 1)[-1],
    }

    def said(text: str) -> str:
        return text.format(**known)

    return (
        f"ZS-{number:04d}",
        said(row["title"]),
        "\n".join(map(said, row["ask"])),
        said(row["answer"]),
        "\n".join(map(said, row["steps"])),
        said(row["basis"]),
        said(row.get("source", "{unit}报送")),
        city + filing.unit,
        filing.topic,
        "内部" if row.get("audience") == "internal" else "公开",
        row.get("valid", ""),
    )


def _dated(
    row: tuple[str, ...], plan: CityPlan, ages: tuple[int, int], age_days: int
) -> tuple[str, ...]:
    """Give the days it holds; what was written before its approval holds from then on."""
    first_day = plan.last_day - timedelta(days=max(age_days, ages[0]))
    holds_days = VALID_DAYS.get(row[-1])
    last_day = (first_day + timedelta(days=holds_days)).isoformat() if holds_days else ""
    return (*row[:-1], first_day.isoformat(), last_day)


def _hits(plan: CityPlan, numbers: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Draw how often each article served on some of the last days; some never."""
    stream = plan.stream("hits of articles")
    unused = set(stream.sample(numbers, round(len(numbers) * UNUSED_RATIO)))
    for number in numbers:
        liking = stream.paretovariate(1.2)
        for back in sorted(stream.sample(range(HIT_DAYS), 12), reverse=True):
            day = (plan.last_day - timedelta(days=back)).isoformat()
            shown = int(liking * stream.uniform(0.5, 4))
            counts = {"shown": shown}
            if number not in unused:
                counts["answered"] = round(shown * stream.uniform(0.05, 0.5))
                counts["read"] = int(liking * stream.uniform(0, 3))
                counts["helped"] = int(counts["read"] * stream.uniform(0.3, 0.8))
            yield from ((number, day, kind, str(n)) for kind, n in counts.items() if n)


def _corrections(plan: CityPlan, numbers: Sequence[str]) -> Iterator[tuple[str, ...]]:
    stream = plan.stream("corrections of articles")
    texts = table("articles")["corrections"]
    for place, number in enumerate(stream.sample(numbers, CORRECTIONS)):
        day = plan.last_day - timedelta(days=stream.randint(1, 14))
        row = texts[place % len(texts)]
        yield number, day.isoformat(), row["text"], row.get("answer", "")


def _write(
    path: Path, header: tuple[str, ...], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
