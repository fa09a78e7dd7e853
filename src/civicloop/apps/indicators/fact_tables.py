"""The tables of facts that definitions count over, and where each comes from."""

from collections.abc import Mapping

from civicloop.apps.dispatch.figures import FIGURES, Cohort
from civicloop.engines.indicators.expressions import Type
from civicloop.engines.indicators.tables import Column, Table

FLAG, TEXT = Column(type=Type.FLAG), Column(type=Type.TEXT)
OBSERVED_DECIMALS = 6


def orders_table(cohort: Cohort) -> str:
    """Return the name of the table of a cohort's orders."""
    return f"orders_{cohort.name.lower()}"


def figures_of(cohort: Cohort) -> list[str]:
    """Return the figures of the hotline that a cohort is counted for."""
    return [code for code, figure in FIGURES.items() if figure.cohort == cohort]


def _orders(cohort: Cohort) -> Table:
    flags = [f"{which}_{code}" for code in figures_of(cohort) for which in ("in", "is")]
    return Table(code=orders_table(cohort), columns=dict.fromkeys(flags, FLAG))


AIR_DAYS = Table(
    code="air_days",
    columns={
        "aqi": Column(type=Type.NUMBER, digits=4),
        "is_good": FLAG,
        "level": Column(type=Type.NUMBER, digits=1),
        "edition": TEXT,
    },
    is_daily=True,
)
OBSERVATIONS = Table(
    code="observations",
    columns={
        "series": TEXT,
        "value": Column(type=Type.NUMBER, decimals=OBSERVED_DECIMALS, digits=16),
        "vintage": TEXT,
    },
    is_reported=True,
)
ORDERS: Mapping[Cohort, Table] = {cohort: _orders(cohort) for cohort in Cohort}
TABLES: Mapping[str, Table] = {
    table.code: table for table in [*ORDERS.values(), AIR_DAYS, OBSERVATIONS]
}
