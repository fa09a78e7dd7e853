"""Words of air quality: pollutants, levels, periods, editions, and what is wrong with a file."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from civicloop.connectors.air.editions import (
    CHINESE,
    FOREIGN,
    credentials,
    gas_state_changed_on,
    limit_edition,
)
from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.engines.air.exclusions import EventKind
from civicloop.engines.air.periods import Period, PeriodKind, reaches_across
from civicloop.engines.air.pollutants import Pollutant

if TYPE_CHECKING:
    from civicloop.apps.air.actions import Kept
    from civicloop.apps.air.models import CityPeriod

Words = str | Promise

POLLUTANTS = {
    Pollutant.SO2: "SO2",
    Pollutant.NO2: "NO2",
    Pollutant.PM10: "PM10",
    Pollutant.PM25: "PM2.5",
    Pollutant.CO: "CO",
    Pollutant.O3: "O3",
}
LEVELS: tuple[Words, ...] = (
    gettext_lazy("excellent"),
    gettext_lazy("good air"),
    gettext_lazy("lightly polluted"),
    gettext_lazy("moderately polluted"),
    gettext_lazy("heavily polluted"),
    gettext_lazy("severely polluted"),
)
REASONS: dict[AirFileCode, Words] = {
    AirFileCode.DAMAGED: gettext_lazy("The file is damaged: %(detail)s"),
    AirFileCode.NO_HEADER: gettext_lazy(
        "No row names columns of air data. The widest of the first rows: %(headers)s"
    ),
    AirFileCode.NO_ROWS: gettext_lazy("There are no rows below the header."),
    AirFileCode.NO_SUCH_HEADER: gettext_lazy(
        "There is no column “%(value)s”; there are: %(headers)s"
    ),
    AirFileCode.UNREADABLE_NUMBER: gettext_lazy("“%(value)s” is no number."),
    AirFileCode.BELOW_ZERO: gettext_lazy("%(value)s is below zero."),
    AirFileCode.GAP_MARK: gettext_lazy(
        "%(value)s stands alone in its column, all else being less than half of it: it looks like a mark for nothing measured."
    ),
    AirFileCode.HOURS_WITHOUT_STATION: gettext_lazy(
        "“%(value)s” is an hour, but no column names stations: such rows are no days of a city."
    ),
    AirFileCode.UNREADABLE_TIME: gettext_lazy("“%(value)s” is no time."),
    AirFileCode.NO_FULL_HOUR: gettext_lazy("“%(value)s” is no full hour."),
    AirFileCode.MOMENTS_OF_UTC: gettext_lazy(
        "The column holds moments in UTC, not the clock of the place: the days would be shifted."
    ),
    AirFileCode.UNREADABLE_PERIOD: gettext_lazy("“%(value)s” is no period."),
    AirFileCode.NO_STATION: gettext_lazy("The station is missing."),
    AirFileCode.NOT_HOURS: gettext_lazy("The file holds no hours of stations."),
    AirFileCode.UNKNOWN_EVENT: gettext_lazy("“%(value)s” is no kind of event, or no pollutant."),
    AirFileCode.NO_EVIDENCE: gettext_lazy("The exceptional event %(value)s has no evidence."),
}
CURES: dict[AirFileCode, Words] = {
    AirFileCode.DAMAGED: gettext_lazy("Export it again."),
    AirFileCode.NO_HEADER: gettext_lazy(
        "Name the columns: --column station=HEADER --column time=HEADER --column pm25=HEADER …"
    ),
    AirFileCode.NO_ROWS: gettext_lazy("Export it again, or give another --only."),
    AirFileCode.NO_SUCH_HEADER: gettext_lazy("Write the header as it stands in the file."),
    AirFileCode.UNREADABLE_NUMBER: gettext_lazy(
        "Write digits; leave the cell empty, or write NA or -, where nothing was measured."
    ),
    AirFileCode.BELOW_ZERO: gettext_lazy("Leave the cell empty if nothing was measured."),
    AirFileCode.GAP_MARK: gettext_lazy(
        "Leave the cell empty, or write NA or -999, where nothing was measured, or say --gap %(value)s."
    ),
    AirFileCode.HOURS_WITHOUT_STATION: gettext_lazy(
        "Name the column of stations (--column station=HEADER), or add one; of days, write the day without an hour."
    ),
    AirFileCode.UNREADABLE_TIME: gettext_lazy("Write it like 2026-03-01 08:00."),
    AirFileCode.NO_FULL_HOUR: gettext_lazy("Give hourly means: a stamp ends (or begins) an hour."),
    AirFileCode.MOMENTS_OF_UTC: gettext_lazy(
        "Write local times without a zone, or moments of the place's own zone."
    ),
    AirFileCode.UNREADABLE_PERIOD: gettext_lazy("Write it like 2026-03, 2026年1-8月 or 2026."),
    AirFileCode.NO_STATION: gettext_lazy("Fill in the station's code or name."),
    AirFileCode.NOT_HOURS: gettext_lazy("Give the file of hours first."),
    AirFileCode.UNKNOWN_EVENT: gettext_lazy(
        "Write sand_dust or exceptional; pollutants like pm10 pm25 o3."
    ),
    AirFileCode.NO_EVIDENCE: gettext_lazy("Name the document that proves it, or leave it out."),
}


def word_air_file_error(error: AirFileError) -> str:
    """Say file, row, column, what is wrong and what cures it."""
    place = str(error.file)
    if error.row:
        place += _(", row %(row)s") % {"row": error.row}
    if error.column:
        place += _(", column %(column)s") % {"column": error.column}
    params = defaultdict(str, error.params) | {"value": error.value}
    return f"{place}: {REASONS[error.code] % params} {CURES[error.code] % params}"


def word_level(level: int | None) -> str:
    """Name a level."""
    return "NA" if level is None else str(LEVELS[level - 1])


def word_period(period: Period) -> str:
    """Name a period."""
    first, last = period.first_day, period.last_day
    if period.kind is PeriodKind.MONTH:
        return f"{first:%Y-%m}"
    if period.kind is PeriodKind.QUARTER:
        return f"{first.year}-Q{(first.month + 2) // 3}"
    if period.kind is PeriodKind.YEAR:
        return str(first.year)
    return f"{first}/{last}"


def word_number(value: Decimal | int | None) -> str:
    """Write a number; NA where there is none."""
    return "NA" if value is None else str(value)


def word_edition(code: str) -> str:
    """Name an edition and say which of its parts no primary text confirms."""
    doubt = _("unverified")
    if code not in CHINESE + FOREIGN:
        return f"{code} ({doubt})" if limit_edition(code).unverified else code
    known = credentials(code)
    is_chinese = (get_language() or "").startswith("zh")
    name = known.name if is_chinese else known.name_en
    if not known.unverified:
        return name
    parts = known.unverified_zh if is_chinese else known.unverified
    return f"{name} [{doubt}: {_('; ').join(parts)}]"


def word_kept(kept: "Kept") -> str:
    """Say what a file added."""
    if not kept.is_new:
        return _("%(file)s had been kept before; nothing was added.") % {"file": kept.source.name}
    return _(
        "Kept of %(file)s: %(days)s days (%(revised)s of them revised) and %(periods)s periods of "
        "%(cities)s cities"
    ) % {
        "file": kept.source.name,
        "days": kept.days,
        "revised": kept.revised,
        "periods": kept.periods,
        "cities": kept.cities,
    }


def word_event_kind(kind: EventKind) -> str:
    """Name what befell a city."""
    return {
        EventKind.SAND_DUST: _("sand-dust"),
        EventKind.EXCEPTIONAL: _("exceptional event"),
    }[kind]


PROFILE_LEVELS: dict[str, tuple[Words, ...]] = {
    "us_epa_2024": (
        gettext_lazy("good (US)"),
        gettext_lazy("moderate (US)"),
        gettext_lazy("unhealthy for sensitive groups"),
        gettext_lazy("unhealthy"),
        gettext_lazy("very unhealthy"),
        gettext_lazy("hazardous"),
    ),
    "eu_eaqi_2025": (
        gettext_lazy("good (EU)"),
        gettext_lazy("fair (EU)"),
        gettext_lazy("moderate (EU)"),
        gettext_lazy("poor (EU)"),
        gettext_lazy("very poor (EU)"),
        gettext_lazy("extremely poor (EU)"),
    ),
}


def profile_levels(code: str) -> tuple[str, ...]:
    """Name the six levels of an edition."""
    return tuple(map(str, PROFILE_LEVELS.get(code, LEVELS)))


def word_gas_state(period: Period) -> str:
    """Warn of a change that compares gases at two reference states; "" of any other."""
    changed = gas_state_changed_on()
    if not reaches_across(period, changed):
        return ""
    return _(
        "Until %(day)s gases were stated at 273 K, since then at 298 K, which makes the same air some "
        "8%% less [unverified]. The figures are taken as they were stated: a change across that day of "
        "SO2, NO2, CO, O3 and of what they are part of may come from it."
    ) % {"day": changed - timedelta(days=1)}


def word_state_of_gases(whole: "CityPeriod") -> str:
    """Warn if the changes of a period may come from the way in which gases are stated; "" if not."""
    figures = whole.figures
    if not figures["composite_index"]["changes"] and not figures["good_rate_changes"]:
        return ""
    kind = PeriodKind(whole.kind)
    return word_gas_state(Period(first_day=whole.first_day, last_day=whole.last_day, kind=kind))


def short_edition(code: str) -> str:
    """Name an edition of the index or of the limits in a few words."""
    names: dict[str, Words] = {
        "cn_hj633_2012": "HJ 633-2012",
        "cn_hj633_2026": "HJ 633-2026",
        "us_epa_2024": _("US EPA 2024"),
        "eu_eaqi_2025": _("EU EAQI 2025"),
        "gb3095_2012": "GB 3095-2012",
        "gb3095_2026_transition": _("GB 3095-2026, transition"),
        "gb3095_2026_final": _("GB 3095-2026, from 2031"),
    }
    return str(names.get(code, code))
