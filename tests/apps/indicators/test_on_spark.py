"""The whole computation on Spark gives what DuckDB gave, so nothing new is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import DATONG, NOW, air_days, define, january, state

from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.models import RosterVersion

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # PySpark's own
]


@pytest.mark.usefixtures("spark_here")
def test_spark_gives_the_figures_that_duckdb_gave():
    define("air", "economy")
    air_days(DATONG, january(2023), 249, 55)
    for month in range(1, 11):
        for firm in "ab":
            value = Decimal(month * 7 + len(firm)) / 100
            state("firm_revenue", f"2023-{month:02}", value, member=firm)
    RosterVersion(
        code="key_chains", number=1, valid_from=january(2022), members=["a"], source="", recorded_at=NOW
    ).save()  # fmt: skip
    here = compute_figures(now=NOW, actor=None, months=10)

    there = compute_figures(now=NOW + timedelta(hours=1), actor=None, months=10, engine="local[1]")

    assert (here.run.engine, there.run.engine) == ("DuckDB", "Spark")
    assert (there.figure_count, there.kept_count) == (here.figure_count, 0)
    assert here.kept_count > 30
