"""Air of the sample city: hours of six stations, and days of three neighbouring cities.

Made from one weather per day and the hour's rhythm; not a model of any city's air.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from civicloop.connectors.sample_city.geography import geography, peer_code
from civicloop.connectors.sample_city.plan import CityPlan

Grid = NDArray[np.float64]

HOURS_HEADER = ("城市", "站点", "时间", "SO2", "NO2", "PM10", "PM2.5", "CO", "O3")
DAYS_HEADER = ("城市", "日期", "SO2", "NO2", "PM10", "PM2.5", "CO", "O3_8h")
EVENTS_HEADER = ("code", "city", "first_day", "last_day", "source", "evidence")
STATION_COUNT = 6  # the last is the control site
NEIGHBOURS = (("云泽市", 0.86), ("青岭市", 0.86), ("白岩市", 1.18))  # the first two are alike
MISSING_RATIO = 0.012
CENTRE = (111.2, 37.5)
SPREAD = ((-0.06, 0.02), (0.05, 0.05), (0.02, -0.06), (0.14, -0.03), (-0.15, -0.08), (0.24, 0.21))


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAirFiles:
    """The files, and which station shows the clean background."""

    hours: Path
    days: Path
    stations: Path
    control_site: str
    areas: dict[str, str]  # codes by name
    events: Path  # of sand-dust


def write_sample_air(plan: CityPlan, folder: Path, *, first_day: date) -> SampleAirFiles:
    """Write the hours from a day to the plan's last; the same plan gives the same bytes."""
    source = np.random.default_rng([plan.seed, plan.last_day.toordinal()])
    city = geography(plan)
    names = [f"{county.name}监测站" for county in city.counties[: STATION_COUNT - 1]]
    names.append(f"{city.counties[-1].name}对照站")
    days = [first_day + timedelta(days=i) for i in range((plan.last_day - first_day).days + 1)]
    weather = _weather(days, source)
    hours = _hour_rows(city.city.name, names, days, weather, source)
    files = SampleAirFiles(
        hours=folder / "station_hours.csv",
        days=folder / "neighbour_days.csv",
        stations=folder / "station_places.csv",
        control_site=names[-1],
        events=folder / "air_events.csv",
        areas={city.city.name: city.city.code} | _areas_of_neighbours(city.city.code),
    )
    _write(files.hours, HOURS_HEADER, hours)
    cities = [city.city.name, *(name for name, _ in NEIGHBOURS)]
    _write(files.events, EVENTS_HEADER, _event_rows(cities, days, weather))
    _write(files.days, DAYS_HEADER, _day_rows(days, weather))
    _write(files.stations, ("station", "longitude", "latitude"), _places(names))
    return files


def _areas_of_neighbours(city: str) -> dict[str, str]:
    """Give the neighbours the codes of the first peers that the sample city is ranked with."""
    return {name: peer_code(city, number) for number, (name, _) in enumerate(NEIGHBOURS, start=1)}


def _weather(days: list[date], source: np.random.Generator) -> Grid:
    """Return day by day: how still the air is, how strong the sun; then sand-dust."""
    season = np.array([np.cos(2 * np.pi * (day.timetuple().tm_yday - 15) / 365) for day in days])
    still = np.zeros(len(days))
    push = source.normal(0, 0.34, len(days))
    for i in range(1, len(days)):
        still[i] = 0.72 * still[i - 1] + push[i]
    sun = np.exp(-0.55 * season - 0.25 * np.abs(source.normal(0, 1, len(days))))
    spring = np.array([3 <= day.month <= 5 for day in days])
    dust = np.where(spring & (source.random(len(days)) < 0.03), 3.2, 1.0)
    years = np.array([0.95 ** (day.year - days[0].year) for day in days])
    return np.stack([np.exp(still + 0.45 * season) * years, sun, dust])


def _concentrations(weather: Grid) -> dict[str, Grid]:
    """Return a typical level of each pollutant by day."""
    still, sun, dust = weather
    return {
        "SO2": 9 * still**0.7,
        "NO2": 27 * still**0.7,
        "PM10": 58 * still**0.8 * dust,
        "PM2.5": 33 * still * dust**0.4,
        "CO": 0.7 * still**0.6,
        "O3": 92 * sun * still**0.15,
    }


_TRAFFIC = 1 + 0.25 * np.cos(2 * np.pi * (np.arange(24) - 8) / 12)
_NOON = 0.35 + 0.95 * np.clip(np.sin(np.pi * (np.arange(24) - 6) / 16), 0, None) ** 1.5
_RHYTHMS = {"O3": _NOON, "NO2": _TRAFFIC, "CO": _TRAFFIC}


def _hour_rows(
    city: str, names: list[str], days: list[date], weather: Grid, source: np.random.Generator
) -> Iterator[list[str]]:
    """A stamp ends its hour: 01:00 to 00:00 of the next day."""
    stamps = [f"{day} {hour:02}:00" for day in days for hour in range(24)]
    stamps = [*stamps[1:], f"{days[-1] + timedelta(days=1)} 00:00"]
    levels = _concentrations(weather)
    for name in names:
        share = 0.55 if name == names[-1] else source.uniform(0.88, 1.12)
        columns = [_column(each, levels[each], share, source) for each in HOURS_HEADER[3:]]
        for stamp, *cells in zip(stamps, *columns, strict=True):
            yield [city, name, stamp, *cells]


def _column(name: str, levels: Grid, share: float, source: np.random.Generator) -> list[str]:
    rhythm = _RHYTHMS.get(name, np.ones(24))
    own = 1 / share if name == "O3" else share  # cleaner air keeps more ozone
    values = (levels[:, None] * rhythm * own).ravel()
    values *= np.exp(source.normal(0, 0.16, len(values)))
    is_missing = source.random(len(values)) < MISSING_RATIO
    if name == "CO":
        texts = [f"{value:.1f}" for value in values.tolist()]
    else:
        texts = [str(max(round(value), 1)) for value in values.tolist()]
    return ["" if gone else text for gone, text in zip(is_missing.tolist(), texts, strict=True)]


def _day_rows(days: list[date], weather: Grid) -> Iterator[list[str]]:
    levels = _concentrations(weather)
    for city, share in NEIGHBOURS:
        columns = [levels[name] * share for name in HOURS_HEADER[3:8]]
        ozone = levels["O3"] * 1.25 / share**0.3
        for day, *means, o3 in zip(days, *columns, ozone, strict=True):
            *whole, co = (float(value) for value in means)
            yield [
                city,
                str(day),
                *(str(round(value)) for value in whole),
                f"{co:.1f}",
                f"{o3:.0f}",
            ]


def _event_rows(cities: list[str], days: list[date], weather: Grid) -> Iterator[list[str]]:
    """Each day of sand-dust is an event of all cities."""
    dusty = [day for day, dust in zip(days, weather[2].tolist(), strict=True) if dust > 1]
    for city in cities:
        for day in dusty:
            code = f"{day:%Y%m%d}"
            yield [code, city, str(day), str(day), "样例省监测中心", f"样例沙尘通报{code}"]


def _places(names: list[str]) -> Iterator[list[str]]:
    for name, offsets in zip(names, SPREAD, strict=True):
        yield [name, *(f"{at + by:.4f}" for at, by in zip(CENTRE, offsets, strict=True))]


def _write(file: Path, header: tuple[str, ...], rows: Iterator[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(header)
        writer.writerows(rows)
