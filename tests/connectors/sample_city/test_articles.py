import csv
from datetime import date
from pathlib import Path

from civicloop.connectors.sample_city import CityPlan
from civicloop.connectors.sample_city.articles import write_sample_articles

PLAN = CityPlan(last_day=date(2024, 12, 31), appeals=100)


def cells(file: Path, column: str) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [row[column] for row in csv.DictReader(lines)]


def test_same_plan_writes_the_same_articles(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        write_sample_articles(PLAN, folder)

    one, two = ([file.read_bytes() for file in sorted(folder.iterdir())] for folder in folders)

    assert one == two


def test_articles_are_many_different_and_each_has_an_owner(tmp_path):
    files = write_sample_articles(PLAN, tmp_path)

    titles = cells(files.old, "标题") + cells(files.new, "标题")
    assert len(titles) == len(set(titles)) == 120
    assert all(cells(files.old, "责任单位") + cells(files.new, "责任单位"))
    assert set(cells(files.new, "公开范围")) == {"公开", "内部"}


def test_some_articles_are_never_used(tmp_path):
    files = write_sample_articles(PLAN, tmp_path)

    with files.hits.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    used = {row["编号"] for row in rows if row["方式"] in ("answered", "read")}
    assert len(used) == 102
