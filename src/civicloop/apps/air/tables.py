"""The days of a year as a table to be taken along, with what they are and where they are from."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.air.models import CityDay
from civicloop.apps.air.queries import AirYear
from civicloop.apps.air.wording import POLLUTANTS, word_edition, word_level
from civicloop.engines.air.pollutants import Pollutant

Cell = str | int | float


def day_table(city: str, year: int, air: AirYear) -> Iterator[list[Cell]]:
    """Yield lines that begin with # and say what follows, a header, the days."""
    editions = sorted({each.edition for each in air.days})
    sources = {each.source.sha256: each.source.name for each in air.days}
    yield ["# " + _("city"), city]
    yield ["# " + _("year"), year]
    yield ["# " + _("definition"), _("mean of the stations' days, rounded half to even once (GB/T 8170); index and level by the edition in force on the day; µg/m³, CO in mg/m³")]  # fmt: skip
    for code in editions:
        yield ["# " + _("edition"), code, word_edition(code)]
    for sha256, name in sources.items():
        yield ["# " + _("source"), name, f"SHA-256 {sha256}"]
    yield [
        _("day"), *POLLUTANTS.values(), "AQI", _("level"), _("level in words"),
        _("primary pollutant"), _("edition"), _("file"), "SHA-256", _("rows of the file"),
        _("recorded at"),
    ]  # fmt: skip
    for each in air.days:
        yield _row(each)


def primary_names(each: CityDay) -> str:
    """Name the primary pollutants of a day, side by side."""
    return ", ".join(POLLUTANTS[Pollutant(name)] for name in each.primary)


def _row(each: CityDay) -> list[Cell]:
    return [
        each.day.isoformat(),
        *(each.published[pollutant.value] or "" for pollutant in POLLUTANTS),
        "" if each.aqi is None else each.aqi,
        "" if each.level is None else each.level,
        word_level(each.level),
        primary_names(each),
        each.edition,
        each.source.name,
        each.source.sha256,
        each.rows,
        timezone.localtime(each.recorded_at).isoformat(timespec="seconds"),
    ]
