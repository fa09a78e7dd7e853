"""How fast the board of indicators is, however many figures are kept.

`python -m benchmarks board [--figures 1000000] [--facts 10000000] [--database sqlite|postgresql]`

Fills a throw-away database with figures of all shipped indicators: 25 months, their quarters and
years, of a city, its counties and other areas, each computed several times, as revisions do it. A
figure is a pre-aggregate: the board never reads the rows of facts that it was worked out from. With
`--facts` so many rows of orders are written to files of facts, 37 months of six tables, and the
figures of the hotline, which most readers may not see all of, are computed and published from them.
Printed: p50 and p95 in ms for a reader who sees all and for one to whom small counts are hidden,
for the newest figures and for those of a month; and the most SQL statements that one page took.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from benchmarks.databases import prepare, run_inside, throw_away_environments

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)
CITY = "990100000000"
COUNTIES = [f"9901{number:02d}000000" for number in range(1, 11)]
PLACES = [CITY, *COUNTIES]
MONTHS, MONTHS_OF_FACTS, ROUNDS = 25, 37, 100
ROWS_A_FIGURE = 10  # what each stands for, at the least: a count of orders, days, reports


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks board")
    parser.add_argument("--figures", type=int, default=30_000)
    parser.add_argument("--facts", type=int, default=0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            words = [name, str(options.figures), str(options.facts)]
            run_inside("benchmarks.board", words, environment)


def fill(wanted: int, *, but: str) -> int:
    """Keep figures of one area by the models, those of all others as copies in the database.

    Args:
        wanted: how many, about.
        but: not of indicators whose code begins so; "": of all.
    """
    from django.utils import timezone

    from civicloop.apps.indicators.actions.definitions import keep_definitions
    from civicloop.apps.indicators.actions.hiding import keep_hidden
    from civicloop.apps.indicators.definitions import current_definitions, shipped_definitions
    from civicloop.apps.indicators.models import Figure
    from civicloop.apps.places.models import Area

    keep_definitions(defined=shipped_definitions(), actor=None, now=timezone.now())
    city = Area.objects.create(code=CITY, name="city", level="city")
    for code in COUNTIES:
        Area.objects.create(code=code, name=code, level="county", parent=city)
    first = Figure.objects.bulk_create(figures_of_an_area(_run(0), but), batch_size=500)
    areas = [*COUNTIES, ""]
    for _, area in zip(range(wanted // len(first)), _areas(areas), strict=False):
        _copy(area)
    count = Figure.objects.count()
    for number in range(1, max(wanted // count, 1)):
        _compute_again(_run(number).pk)
    keep_hidden(_run(max(wanted // count, 1)), current_definitions().values(), [])
    return Figure.objects.count()


def compute_from_facts(wanted: int) -> tuple[int, int]:
    """Write rows of orders to files of facts and publish what follows; return rows and figures."""
    from unittest.mock import patch

    from civicloop.apps.dispatch.figures import Cohort
    from civicloop.apps.indicators.actions import computing
    from civicloop.engines.indicators.periods import Month

    last = Month(2026, 10)
    months = [Month.numbered(last.number - back) for back in reversed(range(MONTHS_OF_FACTS))]
    each = -(-wanted // (len(months) * len(Cohort)))
    parts = [_facts(cohort, month, each) for cohort in Cohort for month in months]
    began = time.perf_counter()
    with patch.object(computing, "fresh_parts", lambda **_: parts):
        done = computing.compute_figures(now=NOW, actor=None)
    rows = sum(part.row_count for part in parts)
    print(
        f"{done.kept_count:,} figures computed and published from {rows:,} rows of facts in {time.perf_counter() - began:.0f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB at most",
        flush=True,
    )
    return rows, done.kept_count


def _facts(cohort: "Cohort", month: "Month", count: int) -> "FactsPart":  # noqa: F821
    """Write a month of a table as the product does: counties of different sizes, down to a few orders."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from civicloop.apps.indicators.fact_tables import ORDERS
    from civicloop.apps.indicators.models import FactsPart
    from civicloop.apps.indicators.snapshots import digest_of_file, month_name, path_of

    table, name = ORDERS[cohort], month_name(month)
    draw = np.random.default_rng([month.number, list(ORDERS).index(cohort)])
    county = np.minimum(draw.geometric(0.6, count), len(COUNTIES)) - 1  # the last have few
    first = np.datetime64(f"{name}-01")
    arrays = {
        "area": pa.array(np.array(COUNTIES)[county]),
        "member": pa.array([""] * count),
        "day": pa.array(first + draw.integers(0, month.last_day.day, count)),
        "ref": pa.array(np.char.add("order ", np.arange(count).astype(str))),
    }
    arrays |= {flag: pa.array(draw.random(count) < 0.8) for flag in table.columns}
    part = FactsPart(
        table=table.code, month=name, fingerprint="benchmark", file=f"{table.code}/{name}.parquet",
        row_count=count, made_at=NOW,
    )  # fmt: skip
    path_of(part).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(arrays), path_of(part), compression="zstd")
    part.sha256 = digest_of_file(path_of(part))
    part.save()
    return part


def _areas(areas: list[str]) -> Iterator[str]:
    """The counties and the whole, then cities elsewhere; at most 140 in all."""
    yield from areas
    yield from (f"98{number:02d}00000000" for number in range(1, 100))
    yield from (f"97{number:02d}00000000" for number in range(1, 29))


def _run(number: int) -> "FigureRun":  # noqa: F821
    from civicloop.apps.indicators.models import FigureRun

    at = NOW + timedelta(minutes=number)
    run = FigureRun(
        as_of=at, computed_at=at, is_published=True, engine="DuckDB", first_month="2024-10",
        last_month="2026-10", parts=[], definitions=[], figure_count=0, keeps_hidden=True,
    )  # fmt: skip
    run.save()
    return run


def figures_of_an_area(run: "FigureRun", but: str) -> "Iterator[Figure]":  # noqa: F821
    from civicloop.apps.indicators.definitions import current_definitions
    from civicloop.apps.indicators.models import Figure
    from civicloop.engines.indicators.periods import Month, PeriodKind, periods_between

    last = Month(2026, 10)
    periods = list(
        periods_between(Month.numbered(last.number - MONTHS + 1), last, frozenset(PeriodKind))
    )
    change = [{"basis": "", "now": "5", "before": "4", "change": "25.0", "unit": "%", "why_none": ""}]  # fmt: skip
    for version, definition in current_definitions().items():
        for number, period in enumerate(periods):
            if but and definition.code.startswith(but):
                break
            yield Figure(
                run=run, definition=version, code=definition.code, area=CITY, period=str(period),
                period_kind=period.kind, last_day=period.last_day, value=50 + number % 40,
                status="normal", numerator=str(40 + number), denominator="100", comparisons=change,
                row_count=ROWS_A_FIGURE, left_out_count=0, is_comparable=True, rank=3, rank_of=11,
                light="green", input_digest="0" * 64, row_filter={"area": CITY},
            )  # fmt: skip


def _copy(area: str) -> None:
    """Give another area the same figures."""
    _insert(f"'{area}'", "run_id", f"area = '{CITY}'")


def _compute_again(run: int) -> None:
    """Keep every figure of the first run once more, as a revision of it."""
    _insert("area", str(run), f"run_id <> {run} AND run_id = (SELECT MIN(id) FROM indicators_figurerun)")  # fmt: skip


def _insert(area: str, run: str, condition: str) -> None:
    from django.db import connection

    from civicloop.apps.indicators.models import Figure

    names = [field.column for field in Figure._meta.concrete_fields if field.column != "id"]  # noqa: SLF001
    given = {"area": area, "run_id": run}
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(given.get(name, f'"{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO indicators_figure ({columns}) SELECT {values} FROM indicators_figure WHERE {condition}"
        )


def ask(name: str, get: Callable[[int], None]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(3):
        get(number)
    times, worked, statements = [], [], 0
    for number in range(ROUNDS):
        with CaptureQueriesContext(connection) as asked:
            began, began_work = time.perf_counter(), time.process_time()
            get(number)
            times.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (time.process_time() - began_work))
        statements = max(statements, len(asked))
    times.sort()
    worked.sort()
    print(
        f"{name:44} p50 {times[len(times) // 2]:6.0f} ms  p95 {times[int(len(times) * 0.95)]:6.0f} ms  of the processor p95 {worked[int(len(worked) * 0.95)]:6.0f} ms  {statements} statements",
        flush=True,
    )


def inside(name: str, wanted: int, facts: int) -> None:
    prepare()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from civicloop.apps.accounts.models import Role, User

    settings.ALLOWED_HOSTS = ["testserver"]
    began = time.perf_counter()
    count = fill(wanted, but="hotline." if facts else "")
    filled = time.perf_counter() - began
    if facts:
        facts, computed = compute_from_facts(facts)
        count += computed
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(
        f"{name}: {count:,} figures, which stand for {facts or count * ROWS_A_FIGURE:,} rows of facts or more, filled in {filled:.0f} s",
        flush=True,
    )
    month = date(2026, 3, 1)
    for role in (Role.SUPERVISOR, Role.GUEST):
        client = Client()
        client.force_login(User.objects.create_user(username=role, role=role))

        def get(address: str, client: Client = client) -> None:
            assert client.get(address).status_code == 200

        ask(f"{role}, the newest of the city", lambda _, get=get: get("/indicators/"))
        ask(f"{role}, the newest of each area", lambda number, get=get: get(f"/indicators/?area={PLACES[number % 11]}"))  # fmt: skip
        ask(f"{role}, a month", lambda _, get=get: get(f"/indicators/?month={month:%Y-%m}"))
        ask(f"{role}, an indicator with small counts", lambda number, get=get: get(f"/indicators/hotline.on_time/?area={PLACES[number % 11]}"))  # fmt: skip
        ask(f"{role}, an indicator", lambda _, get=get: get("/indicators/air.good_share/?kind=month"))  # fmt: skip


if __name__ == "__main__":
    import sys

    inside(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
