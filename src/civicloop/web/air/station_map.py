"""Stations on a plain sheet, north up: no tiles, nothing is asked of anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from civicloop.apps.air.models import AirStation

WIDTH, MARGIN = 400.0, 30.0
LOWEST, HIGHEST, FOOT = 140.0, 320.0, 28.0  # of the sheet's height; the scale stands in its foot
KM_PER_DEGREE = 111.32
SCALES_KM = (200, 100, 50, 20, 10, 5, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A station; x and y are None where its place is not known."""

    number: int
    station: AirStation
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationMap:
    """The sheet in its own units; without a place of any station only the list is shown."""

    spots: Sequence[Spot]
    width: float
    height: float
    scale_km: int
    scale_width: float

    @property
    def placed(self) -> list[Spot]:
        """Those that can be drawn."""
        return [spot for spot in self.spots if spot.x is not None]


def station_map(stations: Sequence[AirStation]) -> StationMap:
    """Draw the stations as large as the sheet allows."""
    places = [
        (float(each.longitude), float(each.latitude))
        if each.longitude is not None and each.latitude is not None
        else None
        for each in stations
    ]
    known = [place for place in places if place]
    if not known:
        return _sheet(stations, [None for _ in places], LOWEST, WIDTH)
    west, east = min(x for x, _ in known), max(x for x, _ in known)
    south, north = min(y for _, y in known), max(y for _, y in known)
    shrink = cos(radians((south + north) / 2))
    room = WIDTH - 2 * MARGIN
    across, down = max((east - west) * shrink, 0.01), max(north - south, 0.01)
    per_degree = min(room / across, (HIGHEST - 2 * MARGIN) / down)
    height = max(down * per_degree + 2 * MARGIN, LOWEST) + FOOT
    spots = [
        place
        and (
            round(MARGIN + (place[0] - west) * shrink * per_degree, 1),
            round(MARGIN + (north - place[1]) * per_degree, 1),
        )
        for place in places
    ]
    return _sheet(stations, spots, height, per_degree / KM_PER_DEGREE)


def _sheet(
    stations: Sequence[AirStation],
    spots: Sequence[tuple[float, float] | None],
    height: float,
    per_km: float,
) -> StationMap:
    scale = next((km for km in SCALES_KM if km * per_km <= WIDTH / 3), SCALES_KM[-1])
    return StationMap(
        spots=[
            Spot(number=number, station=station, x=spot and spot[0], y=spot and spot[1])
            for number, (station, spot) in enumerate(zip(stations, spots, strict=True), start=1)
        ],
        width=WIDTH,
        height=round(height, 1),
        scale_km=scale,
        scale_width=round(scale * per_km, 1),
    )
