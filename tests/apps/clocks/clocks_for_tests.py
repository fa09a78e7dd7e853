"""Short ways to start clocks and to look at them."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from civicloop.apps.clocks.actions import start_clock
from civicloop.apps.clocks.limits import SourcedLimit
from civicloop.apps.clocks.models import Clock, ClockBasis, ClockName
from civicloop.apps.clocks.presets import sourced_limit
from civicloop.engines.clocks import Limit, StartRule, TimeUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def working_days(n: int) -> Limit:
    return Limit(n=Decimal(n), unit=TimeUnit.WORKING_DAY, start=StartRule.NEXT_DAY)


def statute(n: int) -> SourcedLimit:
    return SourcedLimit(
        limit=working_days(n), basis=ClockBasis.STATUTE, source="市场监管总局令第20号第十四条"
    )


def started(started_at: str = "2023-11-13 10:00", **fields) -> Clock:
    """A handling clock of five working days, as Lüliang has it."""
    moment = at(started_at)
    given = {
        "owner_type": "order_party",
        "owner_id": 1,
        "name": ClockName.HANDLE,
        "preset": sourced_limit("lueliang", ClockName.HANDLE),
        "started_at": moment,
        "actor": None,
        "now": moment,
    }
    return start_clock(**given | fields)


def due(clock: Clock) -> str:
    """The local moment at which it is due, a minute's precision."""
    assert clock.due_at is not None
    return f"{clock.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def later(moment: str, **delta: int) -> datetime:
    return at(moment) + timedelta(**delta)
