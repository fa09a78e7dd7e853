"""Observations, days of air and definitions that the tests of indicators share."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from civicloop.apps.air.models import AirCity, AirSource, CityDay
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.definitions import keep_definitions
from civicloop.apps.indicators.actions.lists import keep_goal_tree
from civicloop.apps.indicators.definitions import shipped_definitions
from civicloop.apps.indicators.gathering import last_whole_month
from civicloop.apps.indicators.models import Figure, Observation, SourceDocument, Vintage
from civicloop.apps.indicators.snapshots import month_name
from civicloop.connectors.indicators.goal_files import read_goal_tree
from civicloop.engines.indicators.periods import read_period

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2023, 11, 13, 9, tzinfo=SHANGHAI)
DATONG, TAIYUAN, SHANXI = "140200000000", "140100000000", "140000000000"


def define(*groups, now=NOW):
    chosen = [
        each for each in shipped_definitions() if each[1].definition.code.split(".")[0] in groups
    ]
    return keep_definitions(defined=chosen, actor=None, now=now)


def document(now=NOW):
    source = SourceDocument(name="bulletin.xlsx", publisher="statistics bureau", recorded_at=now)
    source.save()
    return source


def state(
    series, period, value, *, area=DATONG, member="", unit="亿元", now=NOW, source=None, **fields
):
    row = Observation(
        series=series, area=area, member=member, period=period, last_day=read_period(period).last_day,
        value=value, unit=unit, vintage=fields.pop("vintage", Vintage.FINAL),
        document=source or document(now), cell="B7", recorded_at=now, **fields,
    )  # fmt: skip
    row.save()
    return row


def air_days(area, first, good, others, *, now=NOW, source=None):
    """Days as air keeps them, of a city that is an area."""
    city, _ = AirCity.objects.get_or_create(
        area=area, defaults={"name": area, "area_recorded_at": now}
    )
    file, _ = AirSource.objects.get_or_create(
        name=str(source or "bulletin.xlsx"), sha256="", ways_sha256=str(now),
        defaults={"ways": {}, "recorded_at": now},
    )  # fmt: skip
    CityDay.objects.bulk_create(
        CityDay(
            source=file, city=city, day=first + timedelta(days=n), exact={}, published={},
            aqi=80 if n < good else 130, level=2 if n < good else 3, primary=[],
            edition="cn_hj633_2012", profiles={}, rows=str(n + 2), recorded_at=now,
        )
        for n in range(good + others)
    )  # fmt: skip


def figure(code, period, area=DATONG):
    return Figure.objects.filter(code=code, period=period, area=area).latest("pk")


def one_figure(now=NOW):
    """A figure that a source states, published."""
    define("works", now=now)
    month = last_whole_month(timezone.localdate(now))  # as the computation counts it
    state("heat_pipes", month_name(month), Decimal("7.2"), unit="公里", now=now)
    compute_figures(now=now, actor=None, months=1)
    return figure("works.heat_pipes", month_name(month))


def one_tree(now=NOW):
    """A tree of one goal that the pipes measure."""
    text = 'code = "15886"\ntitle = "t"\nvalid_from = 2023-01-01\nsource = "s"\n[[goals]]\ncode = "1"\ntitle = "g"\nmeasures = [{ indicator = "works.heat_pipes", green = 8, amber = 7 }]\n'
    return keep_goal_tree(read=read_goal_tree(text, "g.toml"), actor=None, now=now)


def january(year):
    return date(year, 1, 1)
