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
