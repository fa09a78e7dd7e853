"""A chart for static/civicloop/charts.js, with the table and the sentence that stand beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from civicloop.web.templatetags.wording import day as full_day
from civicloop.web.templatetags.wording import short_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line or row of bars, a value per day."""

    name: str
    values: Sequence[float]
    is_earlier: bool = False  # the period before, drawn dashed
    is_bars: bool = False  # bars although there are other series


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Counts per day."""

    days: Sequence[date]
    series: Sequence[Series]
    summary: str  # one sentence that says what the chart shows
    marks: Sequence[date] = ()  # days to be marked; the sentence says what they are

    @property
    def plain(self) -> dict[str, object]:
        """As JSON for the script."""
        is_one_year = len({day.year for day in self.days}) == 1
        return {
            "days": [short_day(day) if is_one_year else full_day(day) for day in self.days],
            "series": [
                {
                    "name": line.name,
                    "values": list(line.values),
                    "isEarlier": line.is_earlier,
                    "isBars": line.is_bars,
                }
                for line in self.series
            ],
            "marks": [index for index, day in enumerate(self.days) if day in self.marks],
            "summary": self.summary,
        }

    @property
    def rows(self) -> Iterator[tuple[date, list[float]]]:
        """As rows of a table, newest day first."""
        for index in reversed(range(len(self.days))):
            yield self.days[index], [line.values[index] for line in self.series]


def chart(
    days: Sequence[date], series: Sequence[Series], summary: str, *, marks: Sequence[date] = ()
) -> Chart:
    """A chart; every series has a value for each day."""
    if any(len(line.values) != len(days) for line in series):
        raise ValueError("a series has not one value per day")
    return Chart(days=days, series=series, summary=summary, marks=marks)
