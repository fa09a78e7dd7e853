"""Tables and definitions that the tests of indicators share."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.indicators.expressions import Type
from civicloop.engines.indicators.reading import read_definition
from civicloop.engines.indicators.tables import Column, Table
from civicloop.engines.indicators.tallies import FactRow

DAYS = Table(
    code="days",
    columns={
        "aqi": Column(type=Type.NUMBER, digits=4),
        "so2": Column(type=Type.NUMBER, decimals=1, digits=6),
        "cause": Column(type=Type.TEXT),
        "is_dust": Column(type=Type.FLAG),
    },
    is_daily=True,
)
REPORTS = Table(
    code="reports",
    columns={"value": Column(type=Type.NUMBER, decimals=2, digits=15)},
    is_reported=True,
)
TABLES = {"days": DAYS, "reports": REPORTS}
GOOD_SHARE = {
    "title": {"zh": "优良天数比例", "en": "Good-day share"},
    "unit": "%",
    "kind": "rate",
    "direction": "up",
    "table": "days",
    "numerator": "aqi <= 100",
    "denominator": "aqi is not null",
    "periods": ["month", "ytd", "year"],
    "author": "Monitoring centre",
    "checker": "Statistics bureau",
    "source": "HJ 663",
    "next_review": date(2027, 3, 1),
}


def definition(code="air.good_share", without=(), **fields):
    content = {name: each for name, each in (GOOD_SHARE | fields).items() if name not in without}
    return read_definition(code, content, TABLES)


def stated(code, series, **fields):
    without = ("table", "numerator", "denominator")
    return definition(code, without, **{"stated": series, "kind": "level", **fields})


def day_row(area, day, aqi, **cells):
    cells = {"aqi": aqi, "so2": None, "cause": None, "is_dust": None} | cells
    exact = {
        n: Fraction(v) if isinstance(v, int | Decimal) and not isinstance(v, bool) else v
        for n, v in cells.items()
    }
    return FactRow(area=area, day=day, member="", cells=exact)
