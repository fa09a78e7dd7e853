"""The engines of rows count what the oracle counts, to the last digit."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from civicloop.analytics.indicators.counting import tally
from civicloop.analytics.indicators.facts_files import write_facts
from civicloop.analytics.indicators.row_engines import OnDuckdb, row_engine
from civicloop.engines.indicators.tallies import FactRow, plan_of, tally_rows
from tests.engines.indicators.samples import DAYS, REPORTS, TABLES, definition

WITHOUT = ("numerator", "denominator")
DEFINITIONS = {
    "share": definition(),
    "dust": definition(exclude=["is_dust"], where="cause != 'fire' or cause is null"),
    "sum": definition(kind="level", numerator="so2 * 2.5 + aqi", denominator="so2 is not null"),
    "negative": definition(kind="level", numerator="-so2 - 0.25", denominator=None, without=("denominator",)),
    "choice": definition(numerator="cause in ('fire', 'dust') or aqi in (100, 101)"),
    "unknown": definition(numerator="not (aqi > 100 and so2 > 50.5)", where="is_dust is null or not is_dust"),
    "percentile": definition(without=WITHOUT, kind="level", value="so2", percentile=Decimal("0.9")),
    "kept percentile": definition(
        without=WITHOUT, kind="level", value="so2 + aqi", percentile=Decimal("0.5"), exclude=["is_dust"]
    ),
    "reports": definition(
        without=("denominator",), table="reports", numerator="value", kind="flow", roster="firms"
    ),
}  # fmt: skip
FIRST = date(2022, 12, 30)


def day_rows(cells):
    return [
        FactRow(
            area=("140200000000", "大同", "")[n % 3],
            day=FIRST + timedelta(days=n),
            member="",
            cells={
                "aqi": None if aqi is None else Fraction(aqi),
                "so2": None if so2 is None else Fraction(so2, 10),
                "cause": cause,
                "is_dust": is_dust,
            },
        )
        for n, (aqi, so2, cause, is_dust) in enumerate(cells)
    ]


def report_rows(values):
    return [
        FactRow(area="a", day=FIRST, member=f"firm {n % 2}", cells={"value": Fraction(value, 100)})
        for n, value in enumerate(values)
    ]


def assert_same(engine, folder, days, reports, names=tuple(DEFINITIONS)):
    files = {
        "days": write_facts(
            DAYS, [(row, str(n)) for n, row in enumerate(days)], folder / "days.parquet"
        ),
        "reports": write_facts(REPORTS, [(row, "") for row in reports], folder / "reports.parquet"),
    }
    rows = {"days": days, "reports": reports}
    for name in names:
        plan = plan_of(DEFINITIONS[name], TABLES)
        assert tally(plan, [files[plan.table]], engine) == tally_rows(plan, rows[plan.table]), name


def cells(seed, count):
    random = np.random.default_rng(seed)
    return [
        (
            None if random.random() < 0.1 else int(random.integers(0, 500)),
            None if random.random() < 0.2 else int(random.integers(0, 9999)),
            (None, "fire", "dust", "it's")[random.integers(0, 4)],
            (None, True, False)[random.integers(0, 3)],
        )
        for _ in range(count)
    ]


def test_duckdb_counts_what_the_oracle_counts_at_every_edge(tmp_path):
    edges = product(
        [None, 0, 99, 100, 101, 9999],
        [None, 0, 505, 506, 999_999],
        [None, "fire", "'", ""],
        [None, True, False],
    )
    large = [10**15 - 1, -(10**15) + 1, 0, 1] * 3

    assert_same(OnDuckdb(), tmp_path, day_rows(edges), report_rows(large))


def test_many_rows_are_counted_alike(tmp_path):
    assert_same(OnDuckdb(), tmp_path, day_rows(cells(1, 900)), report_rows(range(50)))


def test_no_files_have_no_counts():
    assert tally(plan_of(definition(), TABLES), [], OnDuckdb()) == []


def test_without_an_address_duckdb_counts():
    with row_engine("") as engine:
        assert isinstance(engine, OnDuckdb)


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # PySpark's own
@pytest.mark.usefixtures("spark_here")
def test_spark_counts_what_the_oracle_counts(tmp_path):
    with row_engine("local[1]") as engine:
        large = [10**15 - 1] * 40 + [-1, 0]
        names = ("dust", "sum", "unknown", "kept percentile", "reports")  # every part of a plan
        assert_same(engine, tmp_path, day_rows(cells(2, 200)), report_rows(large), names)
