"""What the sample city measures beside its air: reports of firms and units, a list of firms, goals."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from civicloop.connectors.sample_city.geography import geography, peer_code
from civicloop.connectors.sample_city.plan import CityPlan
from civicloop.connectors.sample_city.units import units

OBSERVED_HEADER = (
    "指标", "地区", "主体", "时期", "数值", "计量单位", "数据状态", "口径", "页", "单元格",
)  # fmt: skip
FIRMS, NEW_FIRMS = 44, 4  # the list of the second year has four firms more
PEERS = 10  # cities of the province beside the sample city


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMeasures:
    """The files, and what belongs to them."""

    observations: Path
    revisions: Path
    first_roster: Path
    second_roster: Path
    first_roster_day: date
    second_roster_day: date
    goals: Path
    city_code: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """A series that units state every month."""

    series: str
    unit: str
    start: str
    step: str  # added each month
    spread: str  # chance to each side
    decimals: int


_STATED = (
    _Stated("high_density_racks", "万架", "2.1", "0.09", "0", 1),
    _Stated("standard_racks", "万架", "7.8", "0.33", "0.1", 1),
    _Stated("servers", "万台", "20.5", "0.95", "0.3", 1),
    _Stated("disputes_mediated", "件", "540", "2", "60", 0),
    _Stated("mediation_committees", "个", "34", "0.1", "0", 0),
    _Stated("petition_meetings", "次", "5", "0", "2", 0),
    _Stated("petition_problems", "个", "3", "0", "2", 0),
    _Stated("calls_offered", "次", "3100", "12", "180", 0),
    _Stated("calls_answered", "次", "2790", "13", "60", 0),
    _Stated("calls_answered_15s", "次", "2480", "12", "60", 0),
    _Stated("call_wait", "秒", "11", "-0.1", "2", 0),
    _Stated("call_talk", "秒", "186", "0", "9", 0),
    _Stated("heat_pipes", "公里", "1.4", "0.02", "0.6", 1),
    _Stated("neighbourhoods_renewed", "个", "4", "0.1", "2", 0),
    _Stated("air_index", "1", "4.1", "-0.01", "0.2", 2),
)
PROJECTS = 400


def write_sample_measures(plan: CityPlan, folder: Path) -> SampleMeasures:
    """Write the files; the same plan gives the same bytes."""
    months = list(_months(plan))
    middle = date(plan.last_day.year, 1, 1)
    files = SampleMeasures(
        observations=folder / "observations.csv",
        revisions=folder / "observations_revised.csv",
        first_roster=folder / "firms_first.txt",
        second_roster=folder / "firms_second.txt",
        first_roster_day=date(plan.first_day.year - 1, 1, 1),
        second_roster_day=middle,
        goals=folder / "goals.toml",
        city_code=geography(plan).city.code,
    )
    firms = _firms()
    _write(files.observations, OBSERVED_HEADER, _observations(plan, months, firms, files.city_code))
    _write(files.revisions, OBSERVED_HEADER, _revisions(months, files.city_code))
    files.first_roster.write_text("\n".join(firms[:FIRMS]) + "\n", encoding="utf-8")
    files.second_roster.write_text("\n".join(firms) + "\n", encoding="utf-8")
    files.goals.write_text(_goals(plan, files), encoding="utf-8")
    return files


def _months(plan: CityPlan) -> Iterator[str]:
    """Give the whole months of the plan, as 2023-10."""
    day = date(plan.first_day.year, plan.first_day.month, 1)
    while (end := _after(day)) <= plan.last_day + timedelta(days=1):
        yield f"{day:%Y-%m}"
        day = end


def _after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _firms() -> list[str]:
    return [f"样例企业{number:02}" for number in range(1, FIRMS + NEW_FIRMS + 1)]


def _observations(
    plan: CityPlan, months: list[str], firms: list[str], city: str
) -> Iterator[tuple[str, ...]]:
    stream = plan.stream("units report")
    for firm in firms:
        size = stream.lognormvariate(-1.2, 0.7)
        for number, month in enumerate(months):
            value = size * (1 + 0.008 * number) * stream.uniform(0.9, 1.1)
            yield _row("firm_revenue", city, month, f"{value * 10000:.0f}", "万元", firm)
    for each in _STATED:
        for number, month in enumerate(months):
            value = float(each.start) + number * float(each.step) + _chance(stream, each.spread)
            yield _row(each.series, city, month, f"{max(value, 0):.{each.decimals}f}", each.unit)
    for number, month in enumerate(months):
        done = round(PROJECTS * int(month[5:]) / 12 * stream.uniform(0.85, 1))
        yield _row("projects_planned", city, month, str(PROJECTS), "件")
        yield _row("projects_done", city, month, str(done), "件")
        for peer in range(1, PEERS + 1):
            code = peer_code(city, peer)
            value = 3.9 + 0.08 * peer - 0.008 * number + _chance(stream, "0.25")
            yield _row("air_index", code, month, f"{value:.2f}", "1")
    yield from _quarters(stream, months, city)


def _quarters(stream: Random, months: list[str], city: str) -> Iterator[tuple[str, ...]]:
    for month in months:
        count = int(month[5:])
        if count % 3 == 0:
            period = f"{month[:4]}-01/P{count}M"
            growth = 8 + _chance(stream, "3")
            yield _row("manufacturing_growth", city, period, f"{growth:.1f}", "%", basis="可比价")
            province = city[:2] + "0" * 10
            value = f"{growth - 3 + _chance(stream, '1.5'):.1f}"
            yield _row("manufacturing_growth", province, period, value, "%", basis="可比价")
            yield _row(
                "town_output", city, period, f"{count * 1.6 + _chance(stream, '0.4'):.2f}", "亿元"
            )


def _revisions(months: list[str], city: str) -> Iterator[tuple[str, ...]]:
    """Give a late correction of the month before the last: it stands beside what was known."""
    for month in months[-2:-1]:
        yield _row("disputes_mediated", city, month, "655", "件", vintage="R")


def _row(
    series: str,
    area: str,
    period: str,
    value: str,
    unit: str,
    member: str = "",
    *,
    vintage: str = "F",
    basis: str = "",
) -> tuple[str, ...]:
    return (series, area, member, period, value, unit, vintage, basis, "", "")


def _chance(stream: Random, spread: str) -> float:
    return stream.uniform(-1, 1) * float(Decimal(spread))


def _goals(plan: CityPlan, files: SampleMeasures) -> str:
    year, owners = plan.last_day.year, _codes_of_units(plan)
    return f"""# An invented tree of goals: the code is opaque, what it means is the city's to say.
code = "15886"
title = "样例市工作体系"
valid_from = {year}-01-01
source = "样例市年度工作要点"

[[goals]]
code = "1"
title = "民生改善"
owner = "{owners["住房和城乡建设局"]}"
deadline = {year}-12-31
measures = [{{ indicator = "projects.done_share", area = "{files.city_code}", green = 90, amber = 60 }}]

[[goals.goals]]
code = "1.1"
title = "接诉即办"
owner = "{owners["行政审批服务局"]}"
deadline = {year}-12-31
measures = [
  {{ indicator = "hotline.on_time", green = 95, amber = 85 }},
  {{ indicator = "hotline.satisfied", green = 85, amber = 75 }},
]

[[goals]]
code = "5"
title = "绿色发展"
owner = "{owners["生态环境局"]}"
deadline = {year}-12-31
measures = [{{ indicator = "air.good_share", area = "{files.city_code}", green = 80, amber = 70 }}]

[[goals]]
code = "8"
title = "产业转型"
owner = "{owners["数据资源局"]}"
measures = [{{ indicator = "economy.chain_revenue", green = 20, amber = 15 }}]
"""


def _codes_of_units(plan: CityPlan) -> dict[str, str]:
    city = geography(plan)
    return {
        unit.name.removeprefix(city.city.name): unit.code
        for unit in units(city)
        if unit.area_code == city.city.code
    }


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
