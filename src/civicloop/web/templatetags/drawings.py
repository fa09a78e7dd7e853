"""Small drawings as inline SVG; the content policy forbids style attributes."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from django import template

register = template.Library()

WIDTH, HEIGHT = 120.0, 28.0
MOST_BARS = 63
RECENT_DAYS = 7


class Bar(NamedTuple):
    """One bar of a sparkline, in the drawing's own units."""

    x: float
    y: float
    width: float
    height: float
    is_recent: bool


class Segment(NamedTuple):
    """One factor's part of the heat bar."""

    code: str
    x: float
    width: float


class Sparkline(TypedDict):
    """What _sparkline.html needs."""

    bars: list[Bar]
    days: int
    most: int
    total: int


@register.inclusion_tag("_sparkline.html")
def sparkline(daily_counts: Sequence[int]) -> Sparkline:
    """Bars of the appeals per day; the last week stands out."""
    days = daily_counts[-MOST_BARS:]
    most = max(days, default=0)
    step = WIDTH / max(len(days), 1)
    bars = [
        Bar(
            x=round(index * step, 2),
            y=round(HEIGHT - HEIGHT * count / most, 2),
            width=round(step * 0.8, 2),
            height=round(HEIGHT * count / most, 2),
            is_recent=index >= len(days) - RECENT_DAYS,
        )
        for index, count in enumerate(days)
        if count
    ]
    return {"bars": bars, "days": len(days), "most": most, "total": sum(days)}


class Trend(TypedDict):
    """What _trend.html needs."""

    lines: list[str]  # points of each run without a gap
    last: tuple[float, float] | None
    count: int


@register.inclusion_tag("_trend.html")
def trend(values: Sequence[float | None]) -> Trend:
    """A small line from the lowest to the highest value; where one is missing it is broken."""
    known = [value for value in values if value is not None]
    low, span = min(known, default=0.0), max(known, default=0.0) - min(known, default=0.0)
    step = (WIDTH - 4) / max(len(values) - 1, 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        height = (value - low) / span if span else 0.5
        runs[-1].append((round(2 + index * step, 2), round(HEIGHT - 3 - (HEIGHT - 6) * height, 2)))
    drawn = [run for run in runs if run]
    return {
        "lines": [" ".join(f"{x},{y}" for x, y in run) for run in drawn],
        "last": drawn[-1][-1] if drawn else None,
        "count": len(known),
    }


@register.inclusion_tag("_heat_bar.html")
def heat_bar(factors: Sequence[dict[str, float | str]]) -> dict[str, list[Segment]]:
    """The heat, 0 to 100, as a bar with one segment per factor."""
    segments: list[Segment] = []
    end = 0.0
    for factor in factors:
        points = float(factor["points"])
        segments.append(Segment(code=str(factor["code"]), x=round(end, 3), width=round(points, 3)))
        end += points
    return {"segments": segments}
